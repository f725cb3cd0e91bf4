import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AwsError } from "../../../local/kernel/aws-error.ts";
import type { LocalService } from "../../../local/kernel/cloud.ts";
import { createSns } from "../../../local/services/sns/index.ts";
import type { SnsService } from "../../../local/services/sns/types.ts";
import { createSqs } from "../../../local/services/sqs/index.ts";
import { copyOfState } from "../../support/state-copy.ts";
import { createTestCloud, type TestCloud } from "../../support/test-cloud.ts";

let test: TestCloud;
let sns: SnsService;
let topicArn: string;
let invocations: { FunctionName: string; InvocationType: string; Payload: Uint8Array }[];
let lambdaFails: boolean;

async function start(stateDirectory?: string): Promise<void> {
  const lambda: LocalService = {
    id: "lambda",
    operations: {
      Invoke(input) {
        invocations.push(input);
        if (lambdaFails) throw new AwsError("ServiceException", 500, "down");
        return {};
      },
    },
  };
  test = await createTestCloud({
    services: [createSns, createSqs, lambda],
    ...(stateDirectory ? { stateDirectory } : {}),
  });
  sns = test.cloud.service<SnsService>("sns");
}

beforeEach(async () => {
  invocations = [];
  lambdaFails = false;
  await start();
  topicArn = (await call("CreateTopic", { Name: "alerts" })).TopicArn;
  await test.cloud.call("sqs", "CreateQueue", { QueueName: "q" });
});

afterEach(() => test.stop());

const call = (operation: string, input: object) => test.cloud.call("sns", operation, input);
const queueArn = "arn:aws:sqs:us-east-1:000000000000:q";
const functionArn = "arn:aws:lambda:us-east-1:000000000000:function:f";
const subscribe = async (Protocol: string, Endpoint: string, Attributes?: object): Promise<string> =>
  (
    await call("Subscribe", {
      TopicArn: topicArn,
      Protocol,
      Endpoint,
      ReturnSubscriptionArn: true,
      ...(Attributes ? { Attributes } : {}),
    })
  ).SubscriptionArn;

async function received(): Promise<{ Body: string; MessageAttributes?: object }[]> {
  await sns.drained();
  const { Messages = [] } = await test.cloud.call("sqs", "ReceiveMessage", {
    QueueUrl: "http://127.0.0.1:4566/000000000000/q",
    MaxNumberOfMessages: 10,
    MessageAttributeNames: ["All"],
  });
  return Messages;
}

describe("topics and subscriptions", () => {
  it("are made once, described, listed and deleted", async () => {
    expect(topicArn).toBe("arn:aws:sns:us-east-1:000000000000:alerts");
    expect((await call("CreateTopic", { Name: "alerts" })).TopicArn).toBe(topicArn);
    await call("SetTopicAttributes", { TopicArn: topicArn, AttributeName: "DisplayName", AttributeValue: "Alerts" });
    const subscription = await subscribe("sqs", queueArn);
    expect(await subscribe("sqs", queueArn)).toBe(subscription);
    const { Attributes } = await call("GetTopicAttributes", { TopicArn: topicArn });
    expect(Attributes).toMatchObject({ DisplayName: "Alerts", SubscriptionsConfirmed: "1", SubscriptionsPending: "0" });
    const listed = await call("ListSubscriptionsByTopic", { TopicArn: topicArn });
    expect(listed.Subscriptions).toMatchObject([
      { SubscriptionArn: subscription, Protocol: "sqs", Endpoint: queueArn },
    ]);
    await call("Unsubscribe", { SubscriptionArn: subscription });
    expect((await call("ListSubscriptions", {})).Subscriptions).toEqual([]);
    await call("DeleteTopic", { TopicArn: topicArn });
    await expect(call("GetTopicAttributes", { TopicArn: topicArn })).rejects.toMatchObject({
      code: "NotFound",
      statusCode: 404,
    });
  });

  it("leave e-mail pending and say that it is not sent", async () => {
    const answer = await call("Subscribe", { TopicArn: topicArn, Protocol: "email", Endpoint: "me@example.com" });
    expect(answer.SubscriptionArn).toBe("pending confirmation");
    const { Subscriptions } = await call("ListSubscriptions", {});
    expect(Subscriptions[0].SubscriptionArn).toBe("PendingConfirmation");
    expect(test.logged().some((line) => line.message.includes("sends no email"))).toBe(true);
  });

  it.each([
    [{ Protocol: "https", Endpoint: "https://example.com/hook" }, /this machine only/],
    [{ Protocol: "firehose", Endpoint: "arn:x" }, /protocol/],
    [{ Protocol: "sqs", Endpoint: "nonsense" }, /SQS endpoint ARN/],
    [{ Protocol: "lambda", Endpoint: functionArn, Attributes: { RawMessageDelivery: "true" } }, /raw message delivery/],
    [{ Protocol: "sqs", Endpoint: queueArn, Attributes: { FilterPolicy: '{"a":"b"}' } }, /FilterPolicy/],
    [{ Protocol: "sqs", Endpoint: queueArn, Attributes: { Unknown: "1" } }, /Unknown/],
  ])("refuse %j", async (input, message) => {
    await expect(call("Subscribe", { TopicArn: topicArn, ...input })).rejects.toThrow(message);
  });

  it("refuse FIFO topics by name", async () => {
    await expect(call("CreateTopic", { Name: "t.fifo", Attributes: { FifoTopic: "true" } })).rejects.toThrow(/FIFO/);
  });
});

describe("delivery", () => {
  it("wraps messages for queues in SNS's envelope", async () => {
    const subscription = await subscribe("sqs", queueArn);
    const { MessageId } = await call("Publish", {
      TopicArn: topicArn,
      Subject: "Drift",
      Message: "speed moved",
      MessageAttributes: { level: { DataType: "String", StringValue: "high" } },
    });
    const [message] = await received();
    expect(JSON.parse(message?.Body ?? "")).toMatchObject({
      Type: "Notification",
      MessageId,
      TopicArn: topicArn,
      Subject: "Drift",
      Message: "speed moved",
      SignatureVersion: "1",
      MessageAttributes: { level: { Type: "String", Value: "high" } },
      UnsubscribeURL: expect.stringContaining(encodeURIComponent(subscription)),
    });
  });

  it("delivers raw with attributes when told to", async () => {
    await subscribe("sqs", queueArn, { RawMessageDelivery: "true" });
    const MessageAttributes = { n: { DataType: "Number", StringValue: "5" } };
    await call("Publish", { TopicArn: topicArn, Message: "raw", MessageAttributes });
    expect(await received()).toMatchObject([{ Body: "raw", MessageAttributes }]);
  });

  it("gives Lambda its event", async () => {
    const subscription = await subscribe("lambda", functionArn);
    await call("Publish", { TopicArn: topicArn, Message: "hi" });
    await sns.drained();
    expect(invocations).toMatchObject([{ FunctionName: functionArn, InvocationType: "Event" }]);
    const event = JSON.parse(Buffer.from(invocations[0]?.Payload ?? []).toString());
    expect(event.Records[0]).toMatchObject({
      EventSource: "aws:sns",
      EventVersion: "1.0",
      EventSubscriptionArn: subscription,
      Sns: { Type: "Notification", TopicArn: topicArn, Message: "hi", Subject: null, MessageAttributes: {} },
    });
  });

  it("filters by attributes and by body", async () => {
    await subscribe("sqs", queueArn, {
      RawMessageDelivery: "true",
      FilterPolicy: JSON.stringify({ level: ["high", { prefix: "crit" }], n: [{ numeric: [">", 3] }], tags: ["b"] }),
    });
    const attributes = (level: string, n: string, tags: string) => ({
      level: { DataType: "String", StringValue: level },
      n: { DataType: "Number", StringValue: n },
      tags: { DataType: "String.Array", StringValue: tags },
    });
    const publish = (Message: string, MessageAttributes?: object) =>
      call("Publish", { TopicArn: topicArn, Message, ...(MessageAttributes ? { MessageAttributes } : {}) });
    await publish("yes", attributes("critical", "4", '["a","b"]'));
    await publish("no: level", attributes("low", "4", '["b"]'));
    await publish("no: number", attributes("high", "3", '["b"]'));
    await publish("no attributes");
    expect((await received()).map((message) => message.Body)).toEqual(["yes"]);
    const { Subscriptions } = await call("ListSubscriptions", {});
    const change = (AttributeName: string, AttributeValue: string) =>
      call("SetSubscriptionAttributes", {
        SubscriptionArn: Subscriptions[0].SubscriptionArn,
        AttributeName,
        AttributeValue,
      });
    await change("FilterPolicyScope", "MessageBody");
    await change("FilterPolicy", JSON.stringify({ model: { name: ["m"] } }));
    await publish('{"model":{"name":"m"}}');
    await publish('{"model":{"name":"x"}}');
    await publish("no json");
    expect((await received()).map((message) => message.Body)).toEqual(['{"model":{"name":"m"}}']);
  });

  it("takes texts by protocol", async () => {
    await subscribe("sqs", queueArn, { RawMessageDelivery: "true" });
    const Message = JSON.stringify({ default: "for all", sqs: "for queues" });
    await call("Publish", { TopicArn: topicArn, Message, MessageStructure: "json" });
    expect((await received())[0]?.Body).toBe("for queues");
    await expect(call("Publish", { TopicArn: topicArn, Message: "{}", MessageStructure: "json" })).rejects.toThrow(
      /No default entry/,
    );
  });

  it("posts to an endpoint on this machine after it confirmed", async () => {
    const posts: { type: string; body: { Token?: string; Message: string } }[] = [];
    const server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on("end", () => {
        posts.push({ type: String(request.headers["x-amz-sns-message-type"]), body: JSON.parse(body) });
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const { port } = server.address() as AddressInfo;
      await subscribe("http", `http://127.0.0.1:${port}/hook`);
      await call("Publish", { TopicArn: topicArn, Message: "too early" });
      await sns.drained();
      expect(posts.map((post) => post.type)).toEqual(["SubscriptionConfirmation"]);
      await call("ConfirmSubscription", { TopicArn: topicArn, Token: posts[0]?.body.Token });
      await call("Publish", { TopicArn: topicArn, Message: "hello" });
      await sns.drained();
      expect(posts[1]).toMatchObject({ type: "Notification", body: { Message: "hello" } });
    } finally {
      server.close();
    }
  });

  it("sends what a queue does not take to the subscription's dead-letter queue", async () => {
    await subscribe("sqs", "arn:aws:sqs:us-east-1:000000000000:missing", {
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: queueArn }),
    });
    await call("Publish", { TopicArn: topicArn, Message: "lost?" });
    const [message] = await received();
    expect(JSON.parse(message?.Body ?? "{}").Message).toBe("lost?");
  });

  it("reports each entry of a batch", async () => {
    const answer = await call("PublishBatch", {
      TopicArn: topicArn,
      PublishBatchRequestEntries: [
        { Id: "a", Message: "x" },
        { Id: "b", Message: "" },
      ],
    });
    expect(answer.Successful).toMatchObject([{ Id: "a" }]);
    expect(answer.Failed).toMatchObject([{ Id: "b", Code: "InvalidParameter", SenderFault: true }]);
  });
});

describe("the log of what was published", () => {
  it("is kept by topic and time, and over a kill, as are deliveries that were not made", async () => {
    lambdaFails = true;
    await subscribe("lambda", functionArn);
    await call("Publish", { TopicArn: topicArn, Subject: "s", Message: "alert" });
    expect(sns.published(topicArn)).toMatchObject([{ subject: "s", message: "alert" }]);
    expect(sns.published(topicArn, Date.now() + 1_000)).toEqual([]);
    expect(sns.published("arn:other")).toEqual([]);
    const copy = copyOfState(test.stateDirectory);
    await test.stop();
    lambdaFails = false;
    invocations = [];
    await start(copy);
    expect(sns.published(topicArn)).toMatchObject([{ message: "alert" }]);
    await sns.drained();
    expect(invocations).toHaveLength(1);
  });
});
