import { isDeepStrictEqual } from "node:util";
import { callAws, callUnless } from "../call-aws.ts";
import { type Properties, type ResourceContext, type ResourceProvider, tagMap, textOf } from "../resource-provider.ts";

const ATTRIBUTES = [
  "ContentBasedDeduplication",
  "DeduplicationScope",
  "DelaySeconds",
  "FifoThroughputLimit",
  "KmsDataKeyReusePeriodSeconds",
  "KmsMasterKeyId",
  "MaximumMessageSize",
  "MessageRetentionPeriod",
  "ReceiveMessageWaitTimeSeconds",
  "RedriveAllowPolicy",
  "RedrivePolicy",
  "SqsManagedSseEnabled",
  "VisibilityTimeout",
];

/** What an attribute goes back to when it leaves the template; an empty text removes the others. */
const DEFAULTS: Readonly<Record<string, string>> = {
  DelaySeconds: "0",
  KmsDataKeyReusePeriodSeconds: "300",
  MaximumMessageSize: "262144",
  MessageRetentionPeriod: "345600",
  ReceiveMessageWaitTimeSeconds: "0",
  SqsManagedSseEnabled: "true",
  VisibilityTimeout: "30",
};

/** AWS::SQS::Queue: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-sqs-queue.html */
export const sqsQueue: ResourceProvider = {
  type: "AWS::SQS::Queue",
  properties: new Set([...ATTRIBUTES, "FifoQueue", "QueueName", "Tags"]),
  replaceOn: ["FifoQueue", "QueueName"],
  async create(context, properties) {
    const fifo = String(properties["FifoQueue"]) === "true";
    const name = textOf(properties, "QueueName") ?? context.physicalName(fifo ? 75 : 80) + (fifo ? ".fifo" : "");
    const { QueueUrl: url } = await callAws<{ QueueUrl: string }>(context.cloud, "sqs", "CreateQueue", {
      QueueName: name,
      Attributes: { ...attributesOf(properties), ...(fifo ? { FifoQueue: "true" } : {}) },
      ...(properties["Tags"] === undefined ? {} : { tags: tagMap(properties) }),
    });
    context.claim(url);
    return stateOf(context, url);
  },
  async update(context, properties, current) {
    const wanted = attributesOf(properties);
    const before = attributesOf(current.properties);
    const reset = Object.keys(before).filter((name) => !(name in wanted));
    const Attributes = { ...Object.fromEntries(reset.map((name) => [name, DEFAULTS[name] ?? ""])), ...wanted };
    if (Object.keys(Attributes).length > 0) {
      await callAws(context.cloud, "sqs", "SetQueueAttributes", { QueueUrl: current.physicalId, Attributes });
    }
    await updateTags(context, current.physicalId, tagMap(properties), tagMap(current.properties));
    return stateOf(context, current.physicalId);
  },
  async delete({ cloud }, current) {
    await callUnless(["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"], cloud, "sqs", "DeleteQueue", {
      QueueUrl: current.physicalId,
    });
  },
};

function attributesOf(properties: Properties): Record<string, string> {
  const given = ATTRIBUTES.filter((name) => properties[name] !== undefined);
  return Object.fromEntries(
    given.map((name) => {
      const value = properties[name];
      return [name, typeof value === "object" ? JSON.stringify(value) : String(value)];
    }),
  );
}

function stateOf({ cloud }: ResourceContext, url: string) {
  const name = url.slice(url.lastIndexOf("/") + 1);
  const arn = `arn:${cloud.partition}:sqs:${cloud.region}:${cloud.accountId}:${name}`;
  return { physicalId: url, attributes: { Arn: arn, QueueName: name, QueueUrl: url } };
}

async function updateTags(
  { cloud }: ResourceContext,
  url: string,
  tags: Record<string, string>,
  before: Record<string, string>,
): Promise<void> {
  if (isDeepStrictEqual(tags, before)) return;
  const gone = Object.keys(before).filter((key) => !(key in tags));
  if (gone.length > 0) await callAws(cloud, "sqs", "UntagQueue", { QueueUrl: url, TagKeys: gone });
  if (Object.keys(tags).length > 0) await callAws(cloud, "sqs", "TagQueue", { QueueUrl: url, Tags: tags });
}
