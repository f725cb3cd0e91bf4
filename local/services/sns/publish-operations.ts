import { randomUUID } from "node:crypto";
import { AwsError } from "../../kernel/aws-error.ts";
import type { Cloud, Operation } from "../../kernel/cloud.ts";
import type { Outbox } from "../../shared/durable-outbox.ts";
import { messageSizeBytes } from "../../shared/message-digest.ts";
import type { MessageAttribute } from "../sqs/types.ts";
import { invalidParameter } from "./errors.ts";
import { passesFilter } from "./filter-policy.ts";
import type { PublishedLog } from "./published-log.ts";
import type { PendingNotification } from "./sns-delivery.ts";
import type { TopicStore } from "./topic-store.ts";
import type { PublishedAttribute, PublishedMessage } from "./types.ts";

/** https://docs.aws.amazon.com/general/latest/gr/sns.html */
const MAX_MESSAGE_BYTES = 262_144;
const MAX_BATCH = 10;

interface PublishRequest {
  readonly Message: string;
  readonly Subject?: string;
  readonly MessageStructure?: string;
  readonly MessageAttributes?: Readonly<Record<string, MessageAttribute>>;
  readonly MessageDeduplicationId?: string;
}

/** Publish and PublishBatch. */
export function publishOperations(
  cloud: Cloud,
  store: TopicStore,
  log: PublishedLog,
  outbox: Outbox<PendingNotification>,
): Record<string, Operation> {
  function publish(topicArn: string, request: PublishRequest): { MessageId: string } {
    const message = messageOf(topicArn, request, cloud.now());
    log.append(message);
    for (const subscription of store.subscriptionsOf(topicArn)) {
      // Nobody confirms an e-mail here, so these are told apart only in the log.
      const isHttpPending = subscription.confirmationToken !== undefined && subscription.protocol.startsWith("http");
      if (!isHttpPending && passesFilter(subscription, message)) outbox.add({ subscription, message });
    }
    return { MessageId: message.messageId };
  }

  return {
    Publish(input) {
      const topicArn: string | undefined = input.TopicArn ?? input.TargetArn;
      if (topicArn !== undefined) return publish(store.topic(topicArn).arn, input);
      if (input.PhoneNumber === undefined) {
        throw invalidParameter("TopicArn or TargetArn Reason: no value for required parameter");
      }
      const message = messageOf(`sms:${input.PhoneNumber}`, input, cloud.now());
      log.append(message);
      cloud.log("sns", "SMS is not sent by the local cloud; the message is kept in its log", {
        messageId: message.messageId,
      });
      return { MessageId: message.messageId };
    },
    PublishBatch(input) {
      const { arn } = store.topic(input.TopicArn);
      const entries: (PublishRequest & { Id: string })[] = input.PublishBatchRequestEntries;
      if (entries.length === 0) {
        throw new AwsError("EmptyBatchRequest", 400, "The batch request doesn't contain any entries.");
      }
      if (entries.length > MAX_BATCH) {
        throw new AwsError(
          "TooManyEntriesInBatchRequest",
          400,
          "The batch request contains more entries than permissible (more than 10).",
        );
      }
      if (new Set(entries.map((entry) => entry.Id)).size < entries.length) {
        throw new AwsError(
          "BatchEntryIdsNotDistinct",
          400,
          "Two or more batch entries in the request have the same Id.",
        );
      }
      const Successful: object[] = [];
      const Failed: object[] = [];
      for (const { Id, ...request } of entries) {
        try {
          Successful.push({ Id, ...publish(arn, request) });
        } catch (error) {
          if (!(error instanceof AwsError)) throw error;
          Failed.push({ Id, Code: error.code, Message: error.message, SenderFault: true });
        }
      }
      return { Successful, Failed };
    },
  };
}

function messageOf(topicArn: string, request: PublishRequest, now: number): PublishedMessage {
  const { Message: text, Subject: subject } = request;
  const attributes = request.MessageAttributes ?? {};
  if (text === "") throw invalidParameter("Empty message");
  if (subject !== undefined && !/^(?![\s])[\x20-\x7e]{1,100}$/.test(subject)) throw invalidParameter("Subject");
  if (messageSizeBytes(text, attributes) > MAX_MESSAGE_BYTES) throw invalidParameter("Message too long");
  if (request.MessageDeduplicationId !== undefined) {
    throw invalidParameter(
      "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type",
    );
  }
  const structured = structureOf(request);
  return {
    messageId: randomUUID(),
    topicArn,
    ...(subject === undefined ? {} : { subject }),
    message: structured?.["default"] ?? text,
    ...(structured === undefined ? {} : { perProtocol: structured }),
    attributes: Object.fromEntries(Object.entries(attributes).map(storeAttribute)),
    publishedAtMillis: now,
  };
}

/** The texts by protocol of a message with structure `json`. */
function structureOf(request: PublishRequest): Record<string, string> | undefined {
  if (request.MessageStructure === undefined) return undefined;
  if (request.MessageStructure !== "json") throw invalidParameter("MessageStructure");
  let parsed: unknown;
  try {
    parsed = JSON.parse(request.Message);
  } catch {
    throw invalidParameter("Message Structure - JSON message body failed to parse");
  }
  if (typeof parsed !== "object" || parsed === null || !("default" in parsed)) {
    throw invalidParameter("Message Structure - No default entry in JSON message body");
  }
  const texts = Object.entries(parsed).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return Object.fromEntries(texts);
}

function storeAttribute([name, attribute]: [string, MessageAttribute]): [string, PublishedAttribute] {
  const { DataType, StringValue, BinaryValue } = attribute;
  const type = DataType.split(".")[0] ?? "";
  if (!["String", "Number", "Binary"].includes(type)) {
    throw new AwsError(
      "ParameterValueInvalid",
      400,
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    );
  }
  if ((type === "Binary" ? BinaryValue : StringValue) === undefined) {
    throw new AwsError(
      "ParameterValueInvalid",
      400,
      `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${DataType}'.`,
    );
  }
  return [
    name,
    BinaryValue === undefined
      ? { DataType, StringValue: StringValue ?? "" }
      : { DataType, BinaryBase64: Buffer.from(BinaryValue).toString("base64") },
  ];
}
