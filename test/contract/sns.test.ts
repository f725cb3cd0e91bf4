import {
  CreateTopicCommand,
  DeleteTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  InvalidParameterException,
  ListSubscriptionsByTopicCommand,
  ListTagsForResourceCommand,
  NotFoundException,
  PublishBatchCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from "@aws-sdk/client-sns";
import { DeleteQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeQueueForService } from "../support/queue-for-service.ts";
import { type StartedCloud, startCloud } from "../support/start-cloud.ts";

let cloud: StartedCloud;
let sns: SNSClient;
let sqs: SQSClient;
let TopicArn: string;
let QueueUrl: string;
let queueArn: string;

beforeAll(async () => {
  cloud = await startCloud();
  sns = new SNSClient(cloud.clientConfig);
  sqs = new SQSClient(cloud.clientConfig);
  const name = `contract-${Date.now()}`;
  const topic = await sns.send(new CreateTopicCommand({ Name: name, Tags: [{ Key: "k", Value: "v" }] }));
  TopicArn = topic.TopicArn ?? "";
  ({ QueueUrl, queueArn } = await makeQueueForService(sqs, name, "sns.amazonaws.com"));
});

afterAll(async () => {
  await sns.send(new DeleteTopicCommand({ TopicArn }));
  await sqs.send(new DeleteQueueCommand({ QueueUrl }));
  sns.destroy();
  sqs.destroy();
  await cloud.stop();
});

describe("SNS through the SDK", () => {
  it("delivers filtered, raw messages with attributes to a queue", async () => {
    const { SubscriptionArn } = await sns.send(
      new SubscribeCommand({
        TopicArn,
        Protocol: "sqs",
        Endpoint: queueArn,
        Attributes: { RawMessageDelivery: "true", FilterPolicy: JSON.stringify({ level: ["high"] }) },
        ReturnSubscriptionArn: true,
      }),
    );
    const { Attributes } = await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
    expect(Attributes).toMatchObject({ RawMessageDelivery: "true", Protocol: "sqs", Endpoint: queueArn });
    const entry = (Id: string, level: string) => ({
      Id,
      Message: Id,
      MessageAttributes: { level: { DataType: "String", StringValue: level } },
    });
    const published = await sns.send(
      new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: [entry("no", "low"), entry("yes", "high")] }),
    );
    expect(published.Successful).toHaveLength(2);
    const { Messages } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 10, MessageAttributeNames: ["All"] }),
    );
    expect(Messages?.map((message) => message.Body)).toEqual(["yes"]);
    expect(Messages?.[0]?.MessageAttributes?.["level"]?.StringValue).toBe("high");
  });

  it("describes topics, subscriptions and tags", async () => {
    const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn }));
    expect(Attributes?.["TopicArn"]).toBe(TopicArn);
    const { Subscriptions } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
    expect(Subscriptions).toHaveLength(1);
    const { Tags } = await sns.send(new ListTagsForResourceCommand({ ResourceArn: TopicArn }));
    expect(Tags).toEqual([{ Key: "k", Value: "v" }]);
  });

  it("raises the SDK's error classes", async () => {
    await expect(
      sns.send(new PublishCommand({ TopicArn: `${TopicArn}-missing`, Message: "x" })),
    ).rejects.toBeInstanceOf(NotFoundException);
    await expect(sns.send(new PublishCommand({ TopicArn, Message: "" }))).rejects.toBeInstanceOf(
      InvalidParameterException,
    );
  });
});
