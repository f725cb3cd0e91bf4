import { AwsError } from "../../kernel/aws-error.ts";
import type { Cloud, Operation, RequestContext } from "../../kernel/cloud.ts";
import { scaledMillis } from "../../kernel/time-scale.ts";
import { md5OfAttributes, md5OfBody, messageSizeBytes } from "../../shared/message-digest.ts";
import { integerAttribute, MAX_MESSAGE_BYTES } from "./attributes.ts";
import { invalidParameter, missingParameter, sqsError } from "./errors.ts";
import { presentMessage, sequenceNumber, systemAttributeMd5 } from "./message-view.ts";
import type { Queue } from "./queue.ts";
import type { QueueStore } from "./queue-store.ts";
import { decodeReceiptHandle } from "./receipt-handle.ts";
import type { MessageAttribute, StoredAttribute } from "./types.ts";

/** Told of every message that was sent, received or deleted, for the queue's metrics. */
export type CountMessages = (queue: Queue, metric: "Sent" | "Received" | "Deleted", count: number) => void;

interface SendInput {
  readonly MessageBody: string;
  readonly DelaySeconds?: number;
  readonly MessageAttributes?: Record<string, MessageAttribute>;
  readonly MessageSystemAttributes?: Record<string, MessageAttribute>;
  readonly MessageGroupId?: string;
  readonly MessageDeduplicationId?: string;
}

const FORBIDDEN_CHARACTER =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that SQS refuses.
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** The operations on messages. */
export function messageOperations(cloud: Cloud, store: QueueStore, count: CountMessages): Record<string, Operation> {
  function send(queue: Queue, input: SendInput, context: RequestContext): Record<string, unknown> {
    const attributes = input.MessageAttributes ?? {};
    checkMessage(queue, input, attributes);
    const trace = input.MessageSystemAttributes?.["AWSTraceHeader"]?.StringValue;
    const sent = queue.send({
      body: input.MessageBody,
      attributes: storeAttributes(attributes),
      senderId: context.principal.arn,
      ...(input.DelaySeconds === undefined ? {} : { delaySeconds: input.DelaySeconds }),
      ...(input.MessageGroupId === undefined ? {} : { groupId: input.MessageGroupId }),
      ...(input.MessageDeduplicationId === undefined ? {} : { deduplicationId: input.MessageDeduplicationId }),
      ...(trace === undefined ? {} : { traceHeader: trace }),
    });
    count(queue, "Sent", 1);
    return {
      MessageId: sent.id,
      MD5OfMessageBody: md5OfBody(input.MessageBody),
      ...(Object.keys(attributes).length === 0 ? {} : { MD5OfMessageAttributes: md5OfAttributes(attributes) }),
      ...systemAttributeMd5(input.MessageSystemAttributes),
      ...(queue.isFifo ? { SequenceNumber: sequenceNumber(sent.sequence) } : {}),
    };
  }

  function remove(queue: Queue, handle: string): void {
    const receipt = decodeReceiptHandle(handle);
    const message = queue.find(receipt);
    // Deleting twice, or with an outdated handle of a standard queue, succeeds and does nothing.
    if (message === undefined) return;
    if (message.receipt !== receipt.nonce) {
      if (!queue.isFifo) return;
      throw expiredHandle(handle);
    }
    if (queue.isFifo && message.visibleAtMillis <= cloud.now()) throw expiredHandle(handle);
    queue.remove(message);
    count(queue, "Deleted", 1);
  }

  function changeVisibility(queue: Queue, handle: string, seconds: number | undefined): void {
    if (seconds === undefined) throw missingParameter("VisibilityTimeout");
    if (seconds < 0 || seconds > 43_200) {
      throw invalidParameter(
        `Value ${seconds} for parameter VisibilityTimeout is invalid. Reason: VisibilityTimeout must be an integer between 0 and 43200.`,
      );
    }
    const receipt = decodeReceiptHandle(handle);
    const message = queue.find(receipt);
    if (message === undefined || message.receipt !== receipt.nonce) {
      throw invalidParameter(
        `Value ${handle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
      );
    }
    if (message.visibleAtMillis <= cloud.now()) throw sqsError("MessageNotInflight", "The message is not in flight.");
    queue.changeVisibility(message, seconds);
  }

  return {
    SendMessage: (input, context) => send(store.byUrl(input.QueueUrl), input, context),
    SendMessageBatch(input, context) {
      const queue = store.byUrl(input.QueueUrl);
      const entries: (SendInput & { Id: string })[] = input.Entries;
      checkBatch(entries);
      const size = entries.reduce(
        (sum, entry) => sum + messageSizeBytes(entry.MessageBody, entry.MessageAttributes ?? {}),
        0,
      );
      if (size > MAX_MESSAGE_BYTES) {
        throw sqsError(
          "BatchRequestTooLong",
          `Batch requests cannot be longer than ${MAX_MESSAGE_BYTES} bytes. You have sent ${size} bytes.`,
        );
      }
      return batch(entries, (entry) => send(queue, entry, context));
    },
    async ReceiveMessage(input, context) {
      const queue = store.byUrl(input.QueueUrl);
      const { attributes } = queue.record;
      const max = rangeOf("MaxNumberOfMessages", input.MaxNumberOfMessages ?? 1, 1, 10);
      const waitSeconds = rangeOf(
        "WaitTimeSeconds",
        input.WaitTimeSeconds ?? integerAttribute(attributes, "ReceiveMessageWaitTimeSeconds"),
        0,
        20,
      );
      const visibilitySeconds = rangeOf(
        "VisibilityTimeout",
        input.VisibilityTimeout ?? integerAttribute(attributes, "VisibilityTimeout"),
        0,
        43_200,
      );
      if (input.ReceiveRequestAttemptId !== undefined) {
        throw sqsError("UnsupportedOperation", "The local cloud does not support ReceiveRequestAttemptId.");
      }
      const messages = await queue.receiveWaiting(
        max,
        scaledMillis(visibilitySeconds * 1_000) / 1_000,
        waitSeconds * 1_000,
        context.signal,
      );
      if (messages.length === 0) return {};
      count(queue, "Received", messages.length);
      const systemNames = [...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])];
      return {
        Messages: messages.map((message) => presentMessage(message, systemNames, input.MessageAttributeNames ?? [])),
      };
    },
    DeleteMessage(input) {
      remove(store.byUrl(input.QueueUrl), input.ReceiptHandle);
      return {};
    },
    DeleteMessageBatch(input) {
      const queue = store.byUrl(input.QueueUrl);
      checkBatch(input.Entries);
      return batch(input.Entries as { Id: string; ReceiptHandle: string }[], (entry) => {
        remove(queue, entry.ReceiptHandle);
        return {};
      });
    },
    ChangeMessageVisibility(input) {
      changeVisibility(store.byUrl(input.QueueUrl), input.ReceiptHandle, input.VisibilityTimeout);
      return {};
    },
    ChangeMessageVisibilityBatch(input) {
      const queue = store.byUrl(input.QueueUrl);
      checkBatch(input.Entries);
      return batch(input.Entries as { Id: string; ReceiptHandle: string; VisibilityTimeout?: number }[], (entry) => {
        changeVisibility(queue, entry.ReceiptHandle, entry.VisibilityTimeout);
        return {};
      });
    },
  };
}

function checkMessage(queue: Queue, input: SendInput, attributes: Readonly<Record<string, MessageAttribute>>): void {
  const body = input.MessageBody;
  if (body.length === 0) throw missingParameter("MessageBody");
  if (FORBIDDEN_CHARACTER.test(body)) {
    throw sqsError(
      "InvalidMessageContents",
      "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF.",
    );
  }
  checkMessageAttributes(attributes);
  const limit = integerAttribute(queue.record.attributes, "MaximumMessageSize");
  if (messageSizeBytes(body, attributes) > limit) {
    throw invalidParameter(`One or more parameters are invalid. Reason: Message must be shorter than ${limit} bytes.`);
  }
  if (input.DelaySeconds !== undefined) rangeOf("DelaySeconds", input.DelaySeconds, 0, 900);
  if (!queue.isFifo) {
    if (input.MessageDeduplicationId !== undefined) {
      throw invalidParameter(
        "Value for parameter MessageDeduplicationId is invalid. Reason: The request includes a parameter that is not valid for this queue type.",
      );
    }
    return;
  }
  if (input.DelaySeconds !== undefined && input.DelaySeconds > 0) {
    throw invalidParameter(
      `Value ${input.DelaySeconds} for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.`,
    );
  }
  if (input.MessageGroupId === undefined) throw missingParameter("MessageGroupId");
  const contentBased = queue.record.attributes["ContentBasedDeduplication"] === "true";
  if (input.MessageDeduplicationId === undefined && !contentBased) {
    throw invalidParameter(
      "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
    );
  }
}

function checkMessageAttributes(attributes: Readonly<Record<string, MessageAttribute>>): void {
  const entries = Object.entries(attributes);
  if (entries.length > 10) {
    throw invalidParameter(`Number of message attributes [${entries.length}] exceeds the allowed maximum [10].`);
  }
  for (const [name, attribute] of entries) {
    if (!/^(?!(aws|amazon)\.)(?!\.)(?!.*\.\.)[A-Za-z0-9_.-]{1,256}(?<!\.)$/i.test(name)) {
      throw invalidParameter(`Message attribute name '${name}' is invalid.`);
    }
    const type = attribute.DataType.split(".")[0];
    const value = type === "Binary" ? attribute.BinaryValue : attribute.StringValue;
    if (type !== "String" && type !== "Number" && type !== "Binary") {
      throw invalidParameter(
        `The type of message (user) attribute '${name}' is invalid. You must use only the following supported type prefixes: Binary, Number, String.`,
      );
    }
    if (value === undefined || value.length === 0) {
      throw invalidParameter(
        `The message (user) attribute '${name}' must contain a non-empty message attribute value for message attribute type '${type}'.`,
      );
    }
    if (type === "Number" && !Number.isFinite(Number(value))) {
      throw invalidParameter(`Can't cast the value of message (user) attribute '${name}' to a number.`);
    }
  }
}

function storeAttributes(attributes: Readonly<Record<string, MessageAttribute>>): Record<string, StoredAttribute> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      BinaryValue === undefined
        ? { DataType, StringValue: StringValue ?? "" }
        : { DataType, BinaryBase64: Buffer.from(BinaryValue).toString("base64") },
    ]),
  );
}

function checkBatch(entries: readonly { Id: string }[]): void {
  if (entries.length === 0) {
    throw sqsError("EmptyBatchRequest", "There should be at least one entry in the batch request.");
  }
  if (entries.length > 10) {
    throw sqsError(
      "TooManyEntriesInBatchRequest",
      `Maximum number of entries per request are 10. You have sent ${entries.length}.`,
    );
  }
  for (const { Id } of entries) {
    if (!/^[A-Za-z0-9_-]{1,80}$/.test(Id)) {
      throw sqsError(
        "InvalidBatchEntryId",
        "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.",
      );
    }
  }
  const ids = entries.map(({ Id }) => Id);
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  if (repeated !== undefined) throw sqsError("BatchEntryIdsNotDistinct", `Id ${repeated} repeated.`);
}

/** Runs each entry; one that fails with an AWS error does not stop the others. */
function batch<E extends { Id: string }>(entries: readonly E[], run: (entry: E) => object): object {
  const Successful: object[] = [];
  const Failed: object[] = [];
  for (const entry of entries) {
    try {
      Successful.push({ Id: entry.Id, ...run(entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      Failed.push({ Id: entry.Id, SenderFault: true, Code: error.code, Message: error.message });
    }
  }
  return { Successful, Failed };
}

function rangeOf(name: string, value: number, min: number, max: number): number {
  if (value < min || value > max) {
    throw invalidParameter(
      `Value ${value} for parameter ${name} is invalid. Reason: Must be between ${min} and ${max}, if provided.`,
    );
  }
  return value;
}

function expiredHandle(handle: string): AwsError {
  return invalidParameter(
    `Value ${handle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.`,
  );
}
