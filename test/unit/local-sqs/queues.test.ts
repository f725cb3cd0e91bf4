import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSqs } from "../../../local/services/sqs/index.ts";
import { createTestCloud } from "../../support/test-cloud.ts";
import { type SqsTest, startSqs } from "./queues.ts";

let sqs: SqsTest;

beforeEach(async () => {
  sqs = await startSqs();
});

afterEach(() => sqs.test.stop());

describe("queues", () => {
  it("are found by name, listed by prefix in pages, and gone after deletion", async () => {
    const url = await sqs.queue("jobs");
    expect(url).toBe("http://127.0.0.1:4566/000000000000/jobs");
    await sqs.queue("jobs-dead");
    await sqs.queue("other");
    expect((await sqs.call("GetQueueUrl", { QueueName: "jobs" })).QueueUrl).toBe(url);
    const page = await sqs.call("ListQueues", { QueueNamePrefix: "jobs", MaxResults: 1 });
    expect(page.QueueUrls).toEqual([url]);
    const rest = await sqs.call("ListQueues", { QueueNamePrefix: "jobs", MaxResults: 1, NextToken: page.NextToken });
    expect(rest).toEqual({ QueueUrls: [`${url}-dead`] });
    await sqs.call("DeleteQueue", { QueueUrl: url });
    await expect(sqs.call("GetQueueUrl", { QueueName: "jobs" })).rejects.toMatchObject({ code: "QueueDoesNotExist" });
  });

  it("can be created again with the same attributes only", async () => {
    const url = await sqs.queue("q", { VisibilityTimeout: "10" });
    expect(await sqs.queue("q", { VisibilityTimeout: "10" })).toBe(url);
    await expect(sqs.queue("q", { VisibilityTimeout: "11" })).rejects.toMatchObject({ code: "QueueNameExists" });
  });

  it("have defaults, change, and keep tags", async () => {
    const url = await sqs.queue("q");
    const all = await sqs.call("GetQueueAttributes", { QueueUrl: url, AttributeNames: ["All"] });
    expect(all.Attributes).toMatchObject({
      QueueArn: "arn:aws:sqs:us-east-1:000000000000:q",
      VisibilityTimeout: "30",
      MaximumMessageSize: "1048576",
      MessageRetentionPeriod: "345600",
    });
    await sqs.call("SetQueueAttributes", { QueueUrl: url, Attributes: { VisibilityTimeout: "5" } });
    const one = await sqs.call("GetQueueAttributes", { QueueUrl: url, AttributeNames: ["VisibilityTimeout"] });
    expect(one.Attributes).toEqual({ VisibilityTimeout: "5" });
    await sqs.call("TagQueue", { QueueUrl: url, Tags: { a: "1", b: "2" } });
    await sqs.call("UntagQueue", { QueueUrl: url, TagKeys: ["a"] });
    expect((await sqs.call("ListQueueTags", { QueueUrl: url })).Tags).toEqual({ b: "2" });
  });

  it.each([
    [{ Unknown: "1" }, "InvalidAttributeName"],
    [{ VisibilityTimeout: "43201" }, "InvalidAttributeValue"],
    [{ ContentBasedDeduplication: "true" }, "InvalidAttributeName"],
    [{ RedrivePolicy: "nonsense" }, "InvalidParameterValue"],
    [
      { RedrivePolicy: '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:none","maxReceiveCount":3}' },
      "InvalidParameterValue",
    ],
  ])("refuse the attributes %j", async (attributes, code) => {
    await expect(sqs.queue("q", attributes as unknown as Record<string, string>)).rejects.toMatchObject({ code });
  });

  it("are emptied by PurgeQueue, once a minute", async () => {
    const url = await sqs.queue("q");
    await sqs.call("SendMessage", { QueueUrl: url, MessageBody: "x" });
    await sqs.call("PurgeQueue", { QueueUrl: url });
    expect(await sqs.call("ReceiveMessage", { QueueUrl: url })).toEqual({});
    await expect(sqs.call("PurgeQueue", { QueueUrl: url })).rejects.toMatchObject({ code: "PurgeQueueInProgress" });
  });
});

describe("batches and limits", () => {
  it("reports each entry of a batch by itself", async () => {
    const url = await sqs.queue("q", { MaximumMessageSize: "1024" });
    const answer = await sqs.call("SendMessageBatch", {
      QueueUrl: url,
      Entries: [
        { Id: "good", MessageBody: "x" },
        { Id: "long", MessageBody: "x".repeat(1025) },
      ],
    });
    expect(answer.Successful).toMatchObject([{ Id: "good" }]);
    expect(answer.Failed).toMatchObject([{ Id: "long", Code: "InvalidParameterValue", SenderFault: true }]);
    const { Messages } = await sqs.call("ReceiveMessage", { QueueUrl: url });
    const deleted = await sqs.call("DeleteMessageBatch", {
      QueueUrl: url,
      Entries: [
        { Id: "1", ReceiptHandle: Messages[0].ReceiptHandle },
        { Id: "2", ReceiptHandle: "nonsense" },
      ],
    });
    expect(deleted).toMatchObject({ Successful: [{ Id: "1" }], Failed: [{ Id: "2", Code: "ReceiptHandleIsInvalid" }] });
  });

  it.each([
    [[], "EmptyBatchRequest"],
    [Array.from({ length: 11 }, (_, index) => ({ Id: `i${index}`, MessageBody: "x" })), "TooManyEntriesInBatchRequest"],
    [
      [
        { Id: "a", MessageBody: "x" },
        { Id: "a", MessageBody: "y" },
      ],
      "BatchEntryIdsNotDistinct",
    ],
    [[{ Id: "a b", MessageBody: "x" }], "InvalidBatchEntryId"],
    [
      [
        { Id: "a", MessageBody: "x".repeat(600_000) },
        { Id: "b", MessageBody: "x".repeat(600_000) },
      ],
      "BatchRequestTooLong",
    ],
  ])("refuses a whole batch: %#", async (Entries, code) => {
    const url = await sqs.queue("q");
    await expect(sqs.call("SendMessageBatch", { QueueUrl: url, Entries })).rejects.toMatchObject({ code });
  });

  it("refuses characters that are not allowed", async () => {
    const url = await sqs.queue("q");
    await expect(sqs.call("SendMessage", { QueueUrl: url, MessageBody: "\u0000" })).rejects.toMatchObject({
      code: "InvalidMessageContents",
    });
  });
});

describe("metrics", () => {
  it("go to CloudWatch for queues that changed or hold messages, and stop when nothing happens", async () => {
    const { queueMetrics } = await import("../../../local/services/sqs/queue-metrics.ts");
    const { openQueueStore } = await import("../../../local/services/sqs/queue-store.ts");
    const sent: { Namespace: string; MetricData: { MetricName: string; Value: number }[] }[] = [];
    const recorder = {
      id: "cloudwatch",
      operations: {
        PutMetricData: (input: (typeof sent)[number]) => {
          sent.push(input);
          return {};
        },
      },
    };
    const test = await createTestCloud({ services: [createSqs, recorder] });
    const store = openQueueStore(test.cloud);
    const queue = store.add({ name: "q", createdAtMillis: 0, modifiedAtMillis: 0, attributes: {}, tags: {} });
    const metrics = queueMetrics(test.cloud, store);
    await metrics.push();
    expect(sent).toEqual([]);
    queue.send({ body: "x", attributes: {}, senderId: "me" });
    metrics.count(queue, "Sent", 1);
    await metrics.push();
    const values = Object.fromEntries(sent[0]?.MetricData.map((datum) => [datum.MetricName, datum.Value]) ?? []);
    expect(sent[0]?.Namespace).toBe("AWS/SQS");
    expect(values).toMatchObject({ ApproximateNumberOfMessagesVisible: 1, NumberOfMessagesSent: 1 });
    queue.purge();
    await metrics.push();
    await metrics.push();
    expect(sent).toHaveLength(2);
    await test.stop();
  });
});
