import type { Cloud } from "../../kernel/cloud.ts";
import type { DurableMap } from "../../kernel/durable-map.ts";
import { invalidParameter, notFound } from "./errors.ts";
import type { SubscriptionRecord, TopicRecord } from "./types.ts";

/** The topics and subscriptions of the account. */
export interface TopicStore {
  readonly topics: DurableMap<TopicRecord>;
  readonly subscriptions: DurableMap<SubscriptionRecord>;
  topicArn(name: string): string;
  /** Throws NotFound, or InvalidParameter when the ARN is none. */
  topic(arn: string): TopicRecord;
  /** Throws NotFound, or InvalidParameter when the ARN is none. */
  subscription(arn: string): SubscriptionRecord;
  subscriptionsOf(topicArn: string): SubscriptionRecord[];
}

/** Opens the topics and subscriptions of the state directory; each is kept under its ARN. */
export function openTopicStore(cloud: Cloud): TopicStore {
  const topics = cloud.table<TopicRecord>("sns", "topics");
  const subscriptions = cloud.table<SubscriptionRecord>("sns", "subscriptions");
  return {
    topics,
    subscriptions,
    topicArn: (name) => `arn:${cloud.partition}:sns:${cloud.region}:${cloud.accountId}:${name}`,
    topic(arn) {
      if (arn.split(":").length !== 6) throw invalidParameter("TopicArn Reason: An ARN must have at least 6 elements");
      const topic = topics.get(arn);
      if (topic === undefined) throw notFound("Topic");
      return topic;
    },
    subscription(arn) {
      if (arn.split(":").length !== 7)
        throw invalidParameter("SubscriptionArn Reason: Wrong number of slashes in relative portion of the ARN.");
      const subscription = subscriptions.get(arn);
      if (subscription === undefined) throw notFound("Subscription");
      return subscription;
    },
    subscriptionsOf: (topicArn) =>
      [...subscriptions.values()].filter((subscription) => subscription.topicArn === topicArn),
  };
}
