import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { copyOfState } from "../../support/state-copy.ts";
import { type SqsTest, startSqs } from "./queues.ts";

let sqs: SqsTest;

beforeEach(async () => {
  sqs = await startSqs();
});

afterEach(() => sqs.test.stop());

const send = (QueueUrl: string, MessageBody: string, extra: object = {}) =>
  sqs.call("SendMessage", { QueueUrl, MessageBody, ...extra });
const receive = async (QueueUrl: string, extra: object = {}) =>
  (await sqs.call("ReceiveMessage", { QueueUrl, MaxNumberOfMessages: 10, ...extra })).Messages ?? [];
const bodies = (messages: { Body: string }[]) => messages.map((message) => message.Body);

describe("standard queues", () => {
  it("hide a received message until its visibility timeout is over, and count receives", async () => {
    const url = await sqs.queue("q", { VisibilityTimeout: "30" });
    await send(url, "hello");
    const [first] = await receive(url, { MessageSystemAttributeNames: ["All"] });
    expect(first.Attributes.ApproximateReceiveCount).toBe("1");
    expect(await receive(url)).toEqual([]);
    sqs.pass(30_001);
    const [second] = await receive(url, { AttributeNames: ["ApproximateReceiveCount"] });
    expect(second.Attributes).toEqual({ ApproximateReceiveCount: "2" });
    // The first handle is outdated: it deletes nothing.
    await sqs.call("DeleteMessage", { QueueUrl: url, ReceiptHandle: first.ReceiptHandle });
    sqs.pass(30_001);
    const [third] = await receive(url);
    await sqs.call("DeleteMessage", { QueueUrl: url, ReceiptHandle: third.ReceiptHandle });
    sqs.pass(30_001);
    expect(await receive(url)).toEqual([]);
  });

  it("make a message visible again at once when its visibility is set to 0", async () => {
    const url = await sqs.queue("q");
    await send(url, "again");
    const [message] = await receive(url);
    const change = { QueueUrl: url, ReceiptHandle: message.ReceiptHandle, VisibilityTimeout: 0 };
    await sqs.call("ChangeMessageVisibility", change);
    await expect(sqs.call("ChangeMessageVisibility", change)).rejects.toMatchObject({ code: "MessageNotInflight" });
    expect(bodies(await receive(url))).toEqual(["again"]);
  });

  it("delay messages, by queue and by message", async () => {
    const url = await sqs.queue("q", { DelaySeconds: "10" });
    await send(url, "queue's delay");
    await send(url, "own delay", { DelaySeconds: 0 });
    expect(bodies(await receive(url))).toEqual(["own delay"]);
    const { Attributes } = await sqs.call("GetQueueAttributes", { QueueUrl: url, AttributeNames: ["All"] });
    expect(Attributes).toMatchObject({
      ApproximateNumberOfMessages: "0",
      ApproximateNumberOfMessagesDelayed: "1",
      ApproximateNumberOfMessagesNotVisible: "1",
    });
    sqs.pass(10_001);
    expect(bodies(await receive(url))).toEqual(["queue's delay"]);
  });

  it("forget messages after their retention", async () => {
    const url = await sqs.queue("q", { MessageRetentionPeriod: "60" });
    await send(url, "old");
    sqs.pass(60_001);
    expect(await receive(url)).toEqual([]);
  });

  it("digest bodies and attributes as the SDKs verify them", async () => {
    const url = await sqs.queue("q");
    const MessageAttributes = {
      number: { DataType: "Number", StringValue: "1" },
      bytes: { DataType: "Binary", BinaryValue: Buffer.from("binary value") },
      text: { DataType: "String.custom", StringValue: "été" },
    };
    const sent = await send(url, "This is a test message", { MessageAttributes });
    expect(sent.MD5OfMessageBody).toBe("fafb00f5732ab283681e124bf8747ed1");
    const [message] = await receive(url, { MessageAttributeNames: ["All"] });
    expect(message.MessageAttributes).toEqual(MessageAttributes);
    expect(message.MD5OfMessageAttributes).toBe(sent.MD5OfMessageAttributes);
  });

  it("move a message to the dead-letter queue after too many receives, and back on request", async () => {
    const dead = await sqs.queue("dead");
    const arn = "arn:aws:sqs:us-east-1:000000000000:dead";
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn, maxReceiveCount: 2 });
    const url = await sqs.queue("q", { RedrivePolicy, VisibilityTimeout: "1" });
    const { MessageId } = await send(url, "poison");
    for (let attempt = 0; attempt < 2; attempt += 1) {
      expect(await receive(url)).toHaveLength(1);
      sqs.pass(1_001);
    }
    expect(await receive(url)).toEqual([]);
    const [moved] = await receive(dead, { MessageSystemAttributeNames: ["All"], VisibilityTimeout: 0 });
    expect(moved).toMatchObject({
      MessageId,
      Body: "poison",
      Attributes: { DeadLetterQueueSourceArn: "arn:aws:sqs:us-east-1:000000000000:q" },
    });
    expect(await sqs.call("ListDeadLetterSourceQueues", { QueueUrl: dead })).toEqual({ queueUrls: [url] });
    await sqs.call("StartMessageMoveTask", { SourceArn: arn });
    expect(bodies(await receive(url))).toEqual(["poison"]);
    const { Results } = await sqs.call("ListMessageMoveTasks", { SourceArn: arn });
    expect(Results).toMatchObject([{ Status: "COMPLETED", ApproximateNumberOfMessagesMoved: 1 }]);
  });
});

describe("long polling", () => {
  it("wakes at once when a message arrives", async () => {
    const url = await sqs.queue("q");
    const started = performance.now();
    const waiting = receive(url, { WaitTimeSeconds: 20 });
    setTimeout(() => void send(url, "now"), 50);
    expect(bodies(await waiting)).toEqual(["now"]);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it("wakes when a message becomes visible again", async () => {
    const url = await sqs.queue("q", { VisibilityTimeout: "1" });
    await send(url, "later");
    await receive(url);
    expect(bodies(await receive(url, { WaitTimeSeconds: 5 }))).toEqual(["later"]);
  });

  it("gives a message to one of several waiters only", async () => {
    const url = await sqs.queue("q");
    const waiting = [1, 2, 3].map(() => receive(url, { WaitTimeSeconds: 1 }));
    await send(url, "one");
    const received = (await Promise.all(waiting)).flat();
    expect(bodies(received)).toEqual(["one"]);
  });

  it("gives nothing after the wait", async () => {
    const url = await sqs.queue("q", { ReceiveMessageWaitTimeSeconds: "1" });
    const started = performance.now();
    expect(await receive(url)).toEqual([]);
    expect(performance.now() - started).toBeGreaterThan(900);
  });
});

describe("FIFO queues", () => {
  const fifo = { FifoQueue: "true" };
  const sendFifo = (url: string, body: string, group: string, id = body) =>
    send(url, body, { MessageGroupId: group, MessageDeduplicationId: id });

  it("keep the order of each group and hold a group while one of its messages is in flight", async () => {
    const url = await sqs.queue("q.fifo", fifo);
    for (const [body, group] of [
      ["a1", "a"],
      ["b1", "b"],
      ["a2", "a"],
      ["a3", "a"],
    ] as const)
      await sendFifo(url, body, group);
    const [first] = await receive(url, { MaxNumberOfMessages: 1 });
    expect(first.Body).toBe("a1");
    expect(bodies(await receive(url))).toEqual(["b1"]);
    expect(await receive(url)).toEqual([]);
    await sqs.call("DeleteMessage", { QueueUrl: url, ReceiptHandle: first.ReceiptHandle });
    expect(bodies(await receive(url))).toEqual(["a2", "a3"]);
  });

  it("give messages back in order when they become visible again", async () => {
    const url = await sqs.queue("q.fifo", fifo);
    for (const body of ["1", "2", "3"]) await sendFifo(url, body, "g");
    await receive(url, { MaxNumberOfMessages: 2 });
    sqs.pass(30_001);
    expect(bodies(await receive(url))).toEqual(["1", "2", "3"]);
  });

  it("hold a group while a later message is in flight, even when an earlier one is visible again", async () => {
    const url = await sqs.queue("q.fifo", fifo);
    for (const body of ["1", "2", "3"]) await sendFifo(url, body, "g");
    const [first, second] = await receive(url, { MaxNumberOfMessages: 2 });
    const { ReceiptHandle } = first;
    await sqs.call("ChangeMessageVisibility", { QueueUrl: url, ReceiptHandle, VisibilityTimeout: 0 });
    expect(await receive(url, { MaxNumberOfMessages: 1 })).toEqual([]);
    await sqs.call("DeleteMessage", { QueueUrl: url, ReceiptHandle: second.ReceiptHandle });
    expect(bodies(await receive(url))).toEqual(["1", "3"]);
  });

  it("take a deduplication id once within five minutes, even after the message was deleted", async () => {
    const url = await sqs.queue("q.fifo", fifo);
    const first = await sendFifo(url, "a", "g", "same");
    const [message] = await receive(url);
    await sqs.call("DeleteMessage", { QueueUrl: url, ReceiptHandle: message.ReceiptHandle });
    const second = await sendFifo(url, "b", "g", "same");
    expect(second.MessageId).toBe(first.MessageId);
    expect(second.SequenceNumber).toBe(first.SequenceNumber);
    expect(await receive(url)).toEqual([]);
    sqs.pass(300_001);
    await sendFifo(url, "c", "g", "same");
    expect(bodies(await receive(url))).toEqual(["c"]);
  });

  it("deduplicate by content when told to, and ask for an id otherwise", async () => {
    const byContent = await sqs.queue("c.fifo", { ...fifo, ContentBasedDeduplication: "true" });
    for (const body of ["x", "x", "y"]) await send(byContent, body, { MessageGroupId: "g" });
    expect(bodies(await receive(byContent))).toEqual(["x", "y"]);
    const url = await sqs.queue("q.fifo", fifo);
    await expect(send(url, "x", { MessageGroupId: "g" })).rejects.toThrow(/ContentBasedDeduplication/);
    await expect(send(url, "x", { MessageDeduplicationId: "1" })).rejects.toMatchObject({ code: "MissingParameter" });
  });
});

describe("durability", () => {
  it("keeps messages, invisibility and deduplication over a kill", async () => {
    const url = await sqs.queue("q");
    const fifo = await sqs.queue("f.fifo", { FifoQueue: "true" });
    await send(url, "in flight");
    await receive(url);
    await send(url, "waiting");
    await send(fifo, "x", { MessageGroupId: "g", MessageDeduplicationId: "d" });
    const stateDirectory = copyOfState(sqs.test.stateDirectory);
    await sqs.test.stop();
    sqs = await startSqs({ stateDirectory });
    expect(bodies(await receive(url))).toEqual(["waiting"]);
    await send(fifo, "x again", { MessageGroupId: "g", MessageDeduplicationId: "d" });
    expect(bodies(await receive(fifo))).toEqual(["x"]);
    sqs.pass(30_001);
    expect(bodies(await receive(url))).toContain("in flight");
  });
});
