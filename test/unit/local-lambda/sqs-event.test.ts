import { describe, expect, test } from "vitest";
import { compileFilter } from "../../../local/services/lambda/mappings/filter.ts";
import { failedIds, passes, sqsRecord } from "../../../local/services/lambda/mappings/sqs-event.ts";

const answer = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
const ids = ["a", "b"];

// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
test.each([
  ["null", null, []],
  ["an empty object", {}, []],
  ["an empty list", { batchItemFailures: [] }, []],
  ["no list", { batchItemFailures: null }, []],
  ["one failure", { batchItemFailures: [{ itemIdentifier: "b" }] }, ["b"]],
  ["an empty identifier", { batchItemFailures: [{ itemIdentifier: "" }] }, ids],
  ["an identifier of another batch", { batchItemFailures: [{ itemIdentifier: "z" }] }, ids],
  ["a wrong key", { batchItemFailures: [{ id: "a" }] }, ids],
  ["a list of null", { batchItemFailures: [null] }, ids],
])("%s in the answer means the right messages failed", (_, value, expected) => {
  expect([...failedIds(answer(value), ids)]).toEqual(expected);
});

test("an answer that is not JSON fails the whole batch", () => {
  expect([...failedIds(Buffer.from("oops"), ids)]).toEqual(ids);
});

describe("records", () => {
  const message = {
    MessageId: "1",
    ReceiptHandle: "r",
    Body: '{"kind":"order"}',
    MD5OfBody: "m",
    Attributes: { ApproximateReceiveCount: "1" },
    MessageAttributes: {
      text: { DataType: "String", StringValue: "ü" },
      bytes: { DataType: "Binary", BinaryValue: Buffer.from("xyz") },
    },
  };
  const record = sqsRecord(message, "arn:aws:sqs:us-east-1:0:q", "us-east-1");

  test("have Lambda's names", () => {
    expect(record).toMatchObject({
      messageId: "1",
      receiptHandle: "r",
      body: '{"kind":"order"}',
      eventSource: "aws:sqs",
      eventSourceARN: "arn:aws:sqs:us-east-1:0:q",
      messageAttributes: {
        text: { stringValue: "ü", dataType: "String" },
        bytes: { binaryValue: "eHl6", dataType: "Binary" },
      },
    });
  });

  test("are filtered by the content of a JSON body, or by its text", () => {
    expect(passes([compileFilter('{"body":{"kind":["order"]}}')], record)).toBe(true);
    expect(passes([compileFilter('{"body":{"kind":["refund"]}}')], record)).toBe(false);
    expect(passes([compileFilter('{"body":["plain"]}')], { ...record, body: "plain" })).toBe(true);
    expect(passes([], record)).toBe(true);
  });
});
