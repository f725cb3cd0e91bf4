import { invalidParameter, sqsError } from "./errors.ts";
import type { QueueAttributes } from "./types.ts";

/** The largest message that SQS takes, in bytes (1 MiB since August 2025). */
export const MAX_MESSAGE_BYTES = 1_048_576;

interface IntegerRule {
  readonly min: number;
  readonly max: number;
  readonly default: number;
}

const INTEGERS: Readonly<Record<string, IntegerRule>> = {
  DelaySeconds: { min: 0, max: 900, default: 0 },
  MaximumMessageSize: { min: 1_024, max: MAX_MESSAGE_BYTES, default: MAX_MESSAGE_BYTES },
  MessageRetentionPeriod: { min: 60, max: 1_209_600, default: 345_600 },
  ReceiveMessageWaitTimeSeconds: { min: 0, max: 20, default: 0 },
  VisibilityTimeout: { min: 0, max: 43_200, default: 30 },
};
const FIFO_ONLY: Readonly<Record<string, readonly string[]>> = {
  ContentBasedDeduplication: ["true", "false"],
  DeduplicationScope: ["messageGroup", "queue"],
  FifoThroughputLimit: ["perQueue", "perMessageGroupId"],
};
const KEPT = ["Policy", "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds", "SqsManagedSseEnabled"];
const READ_ONLY = [
  "ApproximateNumberOfMessages",
  "ApproximateNumberOfMessagesNotVisible",
  "ApproximateNumberOfMessagesDelayed",
  "CreatedTimestamp",
  "LastModifiedTimestamp",
  "QueueArn",
];

/** Refuses a name that no queue attribute has. Throws InvalidAttributeName. */
export function checkAttributeName(name: string): void {
  const known = ["All", "FifoQueue", "RedrivePolicy", "RedriveAllowPolicy", ...KEPT, ...READ_ONLY];
  if (known.includes(name) || Object.hasOwn(INTEGERS, name) || Object.hasOwn(FIFO_ONLY, name)) return;
  throw sqsError("InvalidAttributeName", `Unknown Attribute ${name}.`);
}

/** Where a queue sends messages that were received too often. */
export interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

/** An integer attribute of a queue, or its default. */
export function integerAttribute(attributes: QueueAttributes, name: string): number {
  const rule = INTEGERS[name];
  if (rule === undefined) throw new Error(`${name} is not an integer attribute of a queue`);
  const text = attributes[name];
  return text === undefined ? rule.default : Number(text);
}

/** The redrive policy of a queue, when it has one. */
export function redrivePolicy(attributes: QueueAttributes): RedrivePolicy | undefined {
  const text = attributes["RedrivePolicy"];
  return text === undefined || text === "" ? undefined : parseRedrivePolicy(text);
}

function parseRedrivePolicy(text: string): RedrivePolicy {
  const parsed = parseJsonObject("RedrivePolicy", text);
  const deadLetterTargetArn = parsed["deadLetterTargetArn"];
  if (typeof deadLetterTargetArn !== "string" || !deadLetterTargetArn.startsWith("arn:")) {
    throw invalidValue("RedrivePolicy", text, "Redrive policy is not a valid JSON map.");
  }
  const maxReceiveCount = Number(parsed["maxReceiveCount"] ?? 10);
  if (!Number.isInteger(maxReceiveCount) || maxReceiveCount < 1 || maxReceiveCount > 1_000) {
    throw invalidValue("RedrivePolicy", text, "Invalid value for maxReceiveCount: it must be 1 to 1000.");
  }
  return { deadLetterTargetArn, maxReceiveCount };
}

function parseJsonObject(name: string, text: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw invalidValue(name, text, "It is not valid JSON.");
  }
  if (typeof parsed !== "object" || parsed === null) throw invalidValue(name, text, "It is not a JSON object.");
  return parsed as Record<string, unknown>;
}

function invalidValue(name: string, value: string, reason: string): Error {
  return invalidParameter(`Value ${value} for parameter ${name} is invalid. Reason: ${reason}`);
}

/**
 * Checks the attributes of CreateQueue and SetQueueAttributes, and gives them back without those set to the empty
 * string, which removes them.
 * Throws InvalidAttributeName and InvalidAttributeValue / InvalidParameterValue as SQS does.
 */
export function checkAttributes(
  input: Readonly<Record<string, string>>,
  queue: { readonly fifo: boolean; readonly creating: boolean },
): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(input)) {
    const integer = INTEGERS[name];
    const choices = FIFO_ONLY[name];
    if (integer !== undefined) {
      const number = Number(value);
      if (!/^\d+$/.test(value) || number < integer.min || number > integer.max) {
        throw sqsError("InvalidAttributeValue", `Invalid value for the parameter ${name}.`);
      }
    } else if (choices !== undefined) {
      if (!queue.fifo) throw sqsError("InvalidAttributeName", `Unknown Attribute ${name}.`);
      if (!choices.includes(value)) {
        throw sqsError("InvalidAttributeValue", `Invalid value for the parameter ${name}.`);
      }
    } else if (name === "FifoQueue") {
      if (!queue.creating) throw sqsError("InvalidAttributeName", "The attribute FifoQueue cannot be changed.");
      if (value !== "true" || !queue.fifo) throw sqsError("InvalidAttributeName", "Unknown Attribute FifoQueue.");
    } else if (name === "RedrivePolicy") {
      if (value !== "") parseRedrivePolicy(value);
    } else if (name === "RedriveAllowPolicy") {
      if (value !== "") parseJsonObject(name, value);
    } else if (READ_ONLY.includes(name) || !KEPT.includes(name)) {
      throw sqsError("InvalidAttributeName", `Unknown Attribute ${name}.`);
    }
    result[name] = value;
  }
  return result;
}

/** Whether the queue allows `sourceArn` to use it as its dead-letter queue. */
export function allowsDeadLettersFrom(attributes: QueueAttributes, sourceArn: string): boolean {
  const text = attributes["RedriveAllowPolicy"];
  if (text === undefined || text === "") return true;
  const policy = parseJsonObject("RedriveAllowPolicy", text);
  if (policy["redrivePermission"] === "denyAll") return false;
  if (policy["redrivePermission"] !== "byQueue") return true;
  const sources = policy["sourceQueueArns"];
  return Array.isArray(sources) && sources.includes(sourceArn);
}
