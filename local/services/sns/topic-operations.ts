import { AwsError } from "../../kernel/aws-error.ts";
import type { Cloud, Operation } from "../../kernel/cloud.ts";
import { invalidParameter } from "./errors.ts";
import { pageOf } from "./page.ts";
import type { TopicStore } from "./topic-store.ts";
import type { TopicRecord } from "./types.ts";

const KEPT_ATTRIBUTES = [
  "DisplayName",
  "Policy",
  "DeliveryPolicy",
  "KmsMasterKeyId",
  "SignatureVersion",
  "TracingConfig",
  "LambdaSuccessFeedbackRoleArn",
  "LambdaFailureFeedbackRoleArn",
  "LambdaSuccessFeedbackSampleRate",
  "SQSSuccessFeedbackRoleArn",
  "SQSFailureFeedbackRoleArn",
  "SQSSuccessFeedbackSampleRate",
];

interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** The operations on topics and their tags. */
export function topicOperations(cloud: Cloud, store: TopicStore): Record<string, Operation> {
  const resource = (arn: string): TopicRecord => {
    const topic = store.topics.get(arn);
    if (topic === undefined) throw new AwsError("ResourceNotFound", 404, "Resource does not exist");
    return topic;
  };
  return {
    CreateTopic(input) {
      const name: string = input.Name;
      if (!/^[A-Za-z0-9_-]{1,256}(\.fifo)?$/.test(name)) throw invalidParameter("Topic Name");
      const attributes: Record<string, string> = { ...input.Attributes };
      if (name.endsWith(".fifo") || attributes["FifoTopic"] === "true") {
        throw invalidParameter("FifoTopic Reason: the local cloud does not support FIFO topics");
      }
      delete attributes["FifoTopic"];
      if (input.DataProtectionPolicy !== undefined) {
        throw invalidParameter("DataProtectionPolicy Reason: not supported by the local cloud");
      }
      for (const attribute of Object.keys(attributes)) checkAttributeName(attribute);
      const arn = store.topicArn(name);
      const tags = Object.fromEntries(((input.Tags ?? []) as Tag[]).map((tag) => [tag.Key, tag.Value]));
      const existing = store.topics.get(arn);
      if (existing === undefined) store.topics.set(arn, { arn, name, attributes, tags });
      else {
        const different = Object.entries(attributes).some(([key, value]) => existing.attributes[key] !== value);
        if (different) {
          throw invalidParameter("Attributes Reason: Topic already exists with different attributes");
        }
        if (Object.entries(tags).some(([key, value]) => existing.tags[key] !== value)) {
          throw invalidParameter("Tags Reason: Topic already exists with different tags");
        }
      }
      return { TopicArn: arn };
    },
    DeleteTopic(input) {
      for (const subscription of store.subscriptionsOf(input.TopicArn)) store.subscriptions.delete(subscription.arn);
      store.topics.delete(input.TopicArn);
      return {};
    },
    ListTopics(input) {
      const { page, members } = pageOf([...store.topics.keys()].sort(), input.NextToken);
      return { Topics: page.map((TopicArn) => ({ TopicArn })), ...members };
    },
    GetTopicAttributes(input) {
      const topic = store.topic(input.TopicArn);
      const subscriptions = store.subscriptionsOf(topic.arn);
      const pending = subscriptions.filter((subscription) => subscription.confirmationToken !== undefined).length;
      return {
        Attributes: {
          TopicArn: topic.arn,
          Owner: cloud.accountId,
          DisplayName: "",
          SubscriptionsConfirmed: String(subscriptions.length - pending),
          SubscriptionsPending: String(pending),
          SubscriptionsDeleted: "0",
          ...topic.attributes,
        },
      };
    },
    SetTopicAttributes(input) {
      const topic = store.topic(input.TopicArn);
      checkAttributeName(input.AttributeName);
      store.topics.set(topic.arn, {
        ...topic,
        attributes: { ...topic.attributes, [input.AttributeName]: input.AttributeValue ?? "" },
      });
      return {};
    },
    TagResource(input) {
      const topic = resource(input.ResourceArn);
      const added = Object.fromEntries((input.Tags as Tag[]).map((tag) => [tag.Key, tag.Value]));
      store.topics.set(topic.arn, { ...topic, tags: { ...topic.tags, ...added } });
      return {};
    },
    UntagResource(input) {
      const topic = resource(input.ResourceArn);
      const kept = Object.entries(topic.tags).filter(([key]) => !input.TagKeys.includes(key));
      store.topics.set(topic.arn, { ...topic, tags: Object.fromEntries(kept) });
      return {};
    },
    ListTagsForResource(input) {
      return { Tags: Object.entries(resource(input.ResourceArn).tags).map(([Key, Value]) => ({ Key, Value })) };
    },
  };
}

function checkAttributeName(name: string): void {
  if (!KEPT_ATTRIBUTES.includes(name)) {
    throw invalidParameter(`AttributeName Reason: the local cloud does not support the topic attribute ${name}`);
  }
}
