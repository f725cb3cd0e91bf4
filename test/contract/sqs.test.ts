import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type StartedCloud, startCloud } from "../support/start-cloud.ts";

let cloud: StartedCloud;
let client: SQSClient;
const urls: string[] = [];

beforeAll(async () => {
  cloud = await startCloud();
  client = new SQSClient(cloud.clientConfig);
});

afterAll(async () => {
  for (const QueueUrl of urls) await client.send(new DeleteQueueCommand({ QueueUrl }));
  client.destroy();
  await cloud.stop();
});

async function queue(name: string, Attributes?: Record<string, string>): Promise<string> {
  const { QueueUrl = "" } = await client.send(
    new CreateQueueCommand({
      QueueName: `${name}-${Date.now()}${Attributes?.["FifoQueue"] ? ".fifo" : ""}`,
      ...(Attributes ? { Attributes } : {}),
    }),
  );
  urls.push(QueueUrl);
  return QueueUrl;
}

describe("SQS through the SDK, which verifies the digests", () => {
  it("sends, receives with attributes, and deletes", async () => {
    const QueueUrl = await queue("plain");
    const sent = await client.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody: "hello ✓",
        MessageAttributes: {
          text: { DataType: "String", StringValue: "x" },
          bytes: { DataType: "Binary", BinaryValue: new Uint8Array([0, 1, 255]) },
        },
      }),
    );
    const { Messages } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl,
        WaitTimeSeconds: 5,
        MessageAttributeNames: ["All"],
        MessageSystemAttributeNames: ["ApproximateReceiveCount", "SentTimestamp"],
      }),
    );
    const [message] = Messages ?? [];
    expect(message).toMatchObject({ MessageId: sent.MessageId, Body: "hello ✓" });
    expect(message?.Attributes?.["ApproximateReceiveCount"]).toBe("1");
    expect(message?.MessageAttributes?.["bytes"]?.BinaryValue).toEqual(new Uint8Array([0, 1, 255]));
    await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle }));
  });

  it("wakes a long poll when a message arrives", async () => {
    const QueueUrl = await queue("poll");
    const waiting = client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 10 }));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const started = Date.now();
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "now" }));
    expect((await waiting).Messages?.[0]?.Body).toBe("now");
    expect(Date.now() - started).toBeLessThan(3_000);
  });

  it("loses no message to a client that went away while it waited", async () => {
    const QueueUrl = await queue("gone");
    const abort = new AbortController();
    const waiting = client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }), {
      abortSignal: abort.signal,
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    abort.abort();
    await expect(waiting).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 200));
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "for the living" }));
    const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }));
    expect(Messages?.[0]?.Body).toBe("for the living");
  });

  it("keeps the order of a FIFO group in batches", async () => {
    const QueueUrl = await queue("order", { FifoQueue: "true", ContentBasedDeduplication: "true" });
    await client.send(
      new SendMessageBatchCommand({
        QueueUrl,
        Entries: ["1", "2", "3", "3"].map((MessageBody, index) => ({
          Id: `i${index}`,
          MessageBody,
          MessageGroupId: "g",
        })),
      }),
    );
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 5 }),
    );
    expect(Messages.map((message) => message.Body)).toEqual(["1", "2", "3"]);
    const deleted = await client.send(
      new DeleteMessageBatchCommand({
        QueueUrl,
        Entries: Messages.map((message, index) => ({ Id: `i${index}`, ReceiptHandle: message.ReceiptHandle })),
      }),
    );
    expect(deleted.Successful).toHaveLength(3);
  });

  it("raises the SDK's error class for a queue that does not exist", async () => {
    const error = await client.send(new GetQueueUrlCommand({ QueueName: "nobody" })).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(QueueDoesNotExist);
    // The code of the former Query protocol, which older clients match on.
    expect(error).toMatchObject({ Code: "AWS.SimpleQueueService.NonExistentQueue" });
  });

  it("moves poison messages to the dead-letter queue", async () => {
    const dead = await queue("dead");
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: dead, AttributeNames: ["QueueArn"] }),
    );
    const QueueUrl = await queue("source", {
      VisibilityTimeout: "0",
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: Attributes?.["QueueArn"], maxReceiveCount: 1 }),
    });
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "poison" }));
    await client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 2 }));
    await client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
    const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl: dead, WaitTimeSeconds: 5 }));
    expect(Messages?.[0]?.Body).toBe("poison");
  });
});
