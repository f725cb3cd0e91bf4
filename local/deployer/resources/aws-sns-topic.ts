import { isDeepStrictEqual } from "node:util";
import { callAws, callUnless } from "../call-aws.ts";
import {
  listOf,
  type Properties,
  type ResourceContext,
  type ResourceProvider,
  tagMap,
  textOf,
} from "../resource-provider.ts";

const ATTRIBUTES = ["DisplayName", "KmsMasterKeyId", "TracingConfig", "ContentBasedDeduplication", "SignatureVersion"];

/** AWS::SNS::Topic: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-sns-topic.html */
export const snsTopic: ResourceProvider = {
  type: "AWS::SNS::Topic",
  properties: new Set([...ATTRIBUTES, "FifoTopic", "Subscription", "Tags", "TopicName"]),
  replaceOn: ["FifoTopic", "TopicName"],
  async create(context, properties) {
    const fifo = String(properties["FifoTopic"]) === "true";
    const name = textOf(properties, "TopicName") ?? context.physicalName(fifo ? 251 : 256) + (fifo ? ".fifo" : "");
    const { TopicArn: arn } = await callAws<{ TopicArn: string }>(context.cloud, "sns", "CreateTopic", {
      Name: name,
      Attributes: { ...attributesOf(properties), ...(fifo ? { FifoTopic: "true" } : {}) },
      Tags: tagsOf(properties),
    });
    context.claim(arn);
    await subscribe(context, arn, listOf<Properties>(properties, "Subscription"));
    return stateOf(arn);
  },
  async update(context, properties, current) {
    const { cloud } = context;
    const arn = current.physicalId;
    const wanted = attributesOf(properties);
    for (const name of ATTRIBUTES) {
      const before = attributesOf(current.properties)[name];
      if (wanted[name] === before) continue;
      await callAws(cloud, "sns", "SetTopicAttributes", {
        TopicArn: arn,
        AttributeName: name,
        AttributeValue: wanted[name] ?? "",
      });
    }
    const known = listOf<Properties>(current.properties, "Subscription");
    const added = listOf<Properties>(properties, "Subscription").filter(
      (one) => !known.some((old) => isDeepStrictEqual(old, one)),
    );
    await subscribe(context, arn, added);
    const gone = Object.keys(tagMap(current.properties)).filter((key) => !(key in tagMap(properties)));
    if (gone.length > 0) await callAws(cloud, "sns", "UntagResource", { ResourceArn: arn, TagKeys: gone });
    const tags = tagsOf(properties);
    if (tags.length > 0) await callAws(cloud, "sns", "TagResource", { ResourceArn: arn, Tags: tags });
    return stateOf(arn);
  },
  async delete({ cloud }, current) {
    await callUnless(["NotFoundException", "NotFound"], cloud, "sns", "DeleteTopic", { TopicArn: current.physicalId });
  },
};

function attributesOf(properties: Properties): Record<string, string> {
  const given = ATTRIBUTES.filter((name) => properties[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, String(properties[name])]));
}

function tagsOf(properties: Properties) {
  return Object.entries(tagMap(properties)).map(([Key, Value]) => ({ Key, Value }));
}

async function subscribe({ cloud }: ResourceContext, arn: string, subscriptions: readonly Properties[]): Promise<void> {
  for (const { Protocol, Endpoint } of subscriptions) {
    await callAws(cloud, "sns", "Subscribe", { TopicArn: arn, Protocol, Endpoint });
  }
}

function stateOf(arn: string) {
  return { physicalId: arn, attributes: { TopicArn: arn, TopicName: arn.slice(arn.lastIndexOf(":") + 1) } };
}
