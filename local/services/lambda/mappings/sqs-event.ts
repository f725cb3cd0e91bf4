import type { Filter } from "./filter.ts";

/** A message as SQS's ReceiveMessage gives it. */
export interface SqsMessage {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly MD5OfBody: string;
  readonly MD5OfMessageAttributes?: string;
  readonly Attributes?: Readonly<Record<string, string>>;
  readonly MessageAttributes?: Readonly<
    Record<string, { StringValue?: string; BinaryValue?: Uint8Array; DataType: string }>
  >;
}

/** A record of the event that a function gets from SQS. */
export function sqsRecord(message: SqsMessage, queueArn: string, region: string): Record<string, unknown> {
  const attributes = Object.entries(message.MessageAttributes ?? {}).map(([name, attribute]) => [
    name,
    {
      stringValue: attribute.StringValue,
      binaryValue:
        attribute.BinaryValue === undefined ? undefined : Buffer.from(attribute.BinaryValue).toString("base64"),
      stringListValues: [],
      binaryListValues: [],
      dataType: attribute.DataType,
    },
  ]);
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes ?? {},
    messageAttributes: Object.fromEntries(attributes),
    md5OfMessageAttributes: message.MD5OfMessageAttributes,
    md5OfBody: message.MD5OfBody,
    eventSource: "aws:sqs",
    eventSourceARN: queueArn,
    awsRegion: region,
  };
}

/** Whether a message fits one of the filters; a body that is JSON is matched by its content, any other as text. */
export function passes(filters: readonly Filter[], record: Readonly<Record<string, unknown>>): boolean {
  if (filters.length === 0) return true;
  let body = record["body"];
  try {
    body = JSON.parse(String(body));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return filters.some((filter) => filter({ ...record, body }));
}

/**
 * The ids of the messages that a function reports as failed. All of them when the answer cannot be understood or names a
 * message that was not in the batch. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function failedIds(response: Uint8Array, messageIds: readonly string[]): ReadonlySet<string> {
  const everything = new Set(messageIds);
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(response).toString("utf8"));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return everything;
  }
  if (typeof parsed !== "object" || parsed === null) return new Set();
  const failures = (parsed as { batchItemFailures?: unknown }).batchItemFailures;
  if (failures === undefined || failures === null) return new Set();
  if (!Array.isArray(failures)) return everything;
  const ids = failures.map((failure: { itemIdentifier?: unknown } | null) => failure?.itemIdentifier);
  return ids.every((id): id is string => typeof id === "string" && everything.has(id)) ? new Set(ids) : everything;
}
