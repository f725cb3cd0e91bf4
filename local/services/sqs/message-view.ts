import { md5OfAttributes } from "../../shared/message-digest.ts";
import { encodeReceiptHandle } from "./receipt-handle.ts";
import type { MessageAttribute, ReceivedMessage, StoredAttribute, StoredMessage } from "./types.ts";

/** A stored message as ReceiveMessage gives it, with the attributes that were asked for. */
export function presentMessage(
  message: StoredMessage,
  systemNames: readonly string[],
  attributeNames: readonly string[],
): ReceivedMessage {
  const system = systemAttributes(message);
  const wanted = systemNames.includes("All") ? Object.keys(system) : systemNames;
  const picked = Object.fromEntries(
    wanted.flatMap((name) => (system[name] === undefined ? [] : [[name, system[name]]])),
  );
  const attributes = Object.fromEntries(
    Object.entries(message.attributes)
      .filter(([name]) => attributeNames.some((pattern) => isWanted(name, pattern)))
      .map(([name, attribute]) => [name, present(attribute)]),
  );
  return {
    MessageId: message.id,
    ReceiptHandle: encodeReceiptHandle({ messageId: message.id, nonce: message.receipt ?? "" }),
    MD5OfBody: message.bodyMd5,
    Body: message.body,
    ...(Object.keys(picked).length === 0 ? {} : { Attributes: picked }),
    ...(Object.keys(attributes).length === 0
      ? {}
      : { MessageAttributes: attributes, MD5OfMessageAttributes: md5OfAttributes(attributes) }),
  };
}

/** The digest of the system attributes of a send, as a member to spread into its answer. */
export function systemAttributeMd5(attributes: Readonly<Record<string, MessageAttribute>> | undefined): object {
  if (attributes === undefined || Object.keys(attributes).length === 0) return {};
  return { MD5OfMessageSystemAttributes: md5OfAttributes(attributes) };
}

/** A FIFO sequence number as AWS prints it: 20 digits. */
export function sequenceNumber(sequence: number): string {
  return String(sequence).padStart(20, "0");
}

function systemAttributes(message: StoredMessage): Record<string, string> {
  return {
    SenderId: message.senderId,
    SentTimestamp: String(message.sentAtMillis),
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAtMillis ?? message.sentAtMillis),
    ...(message.groupId === undefined ? {} : { MessageGroupId: message.groupId }),
    ...(message.deduplicationId === undefined
      ? {}
      : {
          MessageDeduplicationId: message.deduplicationId,
          SequenceNumber: sequenceNumber(message.sequence),
        }),
    ...(message.traceHeader === undefined ? {} : { AWSTraceHeader: message.traceHeader }),
    ...(message.deadLetterSourceArn === undefined ? {} : { DeadLetterQueueSourceArn: message.deadLetterSourceArn }),
  };
}

/** `All` and `.*` want every attribute, `prefix.*` those that start with the prefix. */
function isWanted(name: string, pattern: string): boolean {
  if (pattern === "All" || pattern === ".*") return true;
  return pattern.endsWith(".*") ? name.startsWith(pattern.slice(0, -2)) : name === pattern;
}

function present(attribute: StoredAttribute): MessageAttribute {
  const { DataType, StringValue, BinaryBase64 } = attribute;
  return BinaryBase64 === undefined
    ? { DataType, StringValue: StringValue ?? "" }
    : { DataType, BinaryValue: Buffer.from(BinaryBase64, "base64") };
}
