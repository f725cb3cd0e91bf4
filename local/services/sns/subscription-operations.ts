import { randomBytes, randomUUID } from "node:crypto";
import type { Cloud, Operation } from "../../kernel/cloud.ts";
import type { Outbox } from "../../shared/durable-outbox.ts";
import { invalidParameter } from "./errors.ts";
import { checkFilterPolicy } from "./filter-policy.ts";
import { pageOf } from "./page.ts";
import type { PendingNotification } from "./sns-delivery.ts";
import type { TopicStore } from "./topic-store.ts";
import type { SubscriptionRecord } from "./types.ts";

const PROTOCOLS = ["sqs", "lambda", "email", "email-json", "sms", "http", "https"];
const LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "[::1]"];
const PENDING = "PendingConfirmation";

/** The operations on subscriptions. */
export function subscriptionOperations(
  cloud: Cloud,
  store: TopicStore,
  outbox: Outbox<PendingNotification>,
): Record<string, Operation> {
  function present(subscription: SubscriptionRecord): object {
    return {
      SubscriptionArn: subscription.confirmationToken === undefined ? subscription.arn : PENDING,
      Owner: cloud.accountId,
      Protocol: subscription.protocol,
      Endpoint: subscription.endpoint,
      TopicArn: subscription.topicArn,
    };
  }

  function list(subscriptions: readonly SubscriptionRecord[], token: string | undefined): object {
    const byArn = new Map(subscriptions.map((subscription) => [subscription.arn, subscription]));
    const { page, members } = pageOf([...byArn.keys()].sort(), token);
    const Subscriptions = page.flatMap((arn) => {
      const subscription = byArn.get(arn);
      return subscription === undefined ? [] : [present(subscription)];
    });
    return { Subscriptions, ...members };
  }

  return {
    Subscribe(input) {
      const topic = store.topic(input.TopicArn);
      const protocol = checkProtocol(input.Protocol);
      const endpoint: string = input.Endpoint ?? "";
      checkEndpoint(protocol, endpoint);
      const attributes: Record<string, string> = {};
      for (const [name, value] of Object.entries<string>(input.Attributes ?? {})) {
        checkAttribute(protocol, name, value);
        if (value !== "") attributes[name] = value;
      }
      const existing = store
        .subscriptionsOf(topic.arn)
        .find((subscription) => subscription.protocol === protocol && subscription.endpoint === endpoint);
      if (existing !== undefined) {
        if (Object.entries(attributes).some(([name, value]) => existing.attributes[name] !== value)) {
          throw invalidParameter("Attributes Reason: Subscription already exists with different attributes");
        }
        return { SubscriptionArn: shownArn(existing, input.ReturnSubscriptionArn) };
      }
      const needsConfirmation = protocol === "email" || protocol === "email-json" || protocol.startsWith("http");
      const subscription: SubscriptionRecord = {
        arn: `${topic.arn}:${randomUUID()}`,
        topicArn: topic.arn,
        protocol,
        endpoint,
        attributes,
        ...(needsConfirmation ? { confirmationToken: randomBytes(32).toString("hex") } : {}),
      };
      store.subscriptions.set(subscription.arn, subscription);
      if (protocol.startsWith("http")) outbox.add({ subscription });
      else if (protocol !== "sqs" && protocol !== "lambda") {
        cloud.log("sns", `the local cloud sends no ${protocol}; published messages are kept in the topic's log`, {
          topicArn: topic.arn,
        });
      }
      return { SubscriptionArn: shownArn(subscription, input.ReturnSubscriptionArn) };
    },
    ConfirmSubscription(input) {
      const topic = store.topic(input.TopicArn);
      const pending = store
        .subscriptionsOf(topic.arn)
        .find((subscription) => subscription.confirmationToken === input.Token);
      if (pending === undefined) throw invalidParameter("Token");
      const { confirmationToken: _token, ...confirmed } = pending;
      store.subscriptions.set(pending.arn, confirmed);
      return { SubscriptionArn: pending.arn };
    },
    Unsubscribe(input) {
      if (input.SubscriptionArn.split(":").length !== 7) throw invalidParameter("SubscriptionArn");
      // Unsubscribing what is gone succeeds.
      store.subscriptions.delete(input.SubscriptionArn);
      return {};
    },
    ListSubscriptions: (input) => list([...store.subscriptions.values()], input.NextToken),
    ListSubscriptionsByTopic: (input) => list(store.subscriptionsOf(store.topic(input.TopicArn).arn), input.NextToken),
    GetSubscriptionAttributes(input) {
      const subscription = store.subscription(input.SubscriptionArn);
      return {
        Attributes: {
          SubscriptionArn: subscription.arn,
          TopicArn: subscription.topicArn,
          Protocol: subscription.protocol,
          Endpoint: subscription.endpoint,
          Owner: cloud.accountId,
          RawMessageDelivery: "false",
          PendingConfirmation: String(subscription.confirmationToken !== undefined),
          ConfirmationWasAuthenticated: String(subscription.confirmationToken === undefined),
          ...(subscription.attributes["FilterPolicy"] === undefined ? {} : { FilterPolicyScope: "MessageAttributes" }),
          ...subscription.attributes,
        },
      };
    },
    SetSubscriptionAttributes(input) {
      const subscription = store.subscription(input.SubscriptionArn);
      const { AttributeName: name, AttributeValue: value = "" } = input;
      checkAttribute(subscription.protocol, name, value);
      const { [name]: _old, ...others } = subscription.attributes;
      store.subscriptions.set(subscription.arn, {
        ...subscription,
        attributes: value === "" ? others : { ...others, [name]: value },
      });
      return {};
    },
  };
}

function shownArn(subscription: SubscriptionRecord, always: boolean | undefined): string {
  return subscription.confirmationToken === undefined || always === true ? subscription.arn : "pending confirmation";
}

function checkProtocol(protocol: string): SubscriptionRecord["protocol"] {
  if (!PROTOCOLS.includes(protocol)) {
    throw invalidParameter(`Does not support this protocol string: ${protocol} (local cloud: ${PROTOCOLS.join(", ")})`);
  }
  return protocol as SubscriptionRecord["protocol"];
}

function checkEndpoint(protocol: SubscriptionRecord["protocol"], endpoint: string): void {
  if (protocol === "sqs" && !/^arn:[^:]+:sqs:[^:]+:\d{12}:[^:]+$/.test(endpoint)) {
    throw invalidParameter("SQS endpoint ARN");
  }
  if (protocol === "lambda" && !/^arn:[^:]+:lambda:[^:]+:\d{12}:function:.+$/.test(endpoint)) {
    throw invalidParameter("Lambda endpoint ARN");
  }
  if (protocol.startsWith("email") && !/^[^@\s]+@[^@\s]+$/.test(endpoint)) throw invalidParameter("Email address");
  if (protocol === "sms" && !/^\+?[0-9 ().-]{5,}$/.test(endpoint)) throw invalidParameter(`SMS endpoint: ${endpoint}`);
  if (!protocol.startsWith("http")) return;
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined || url.protocol !== `${protocol}:`) {
    throw invalidParameter("Endpoint must match the specified protocol");
  }
  if (!LOOPBACK_HOSTS.includes(url.hostname)) {
    throw invalidParameter(`Endpoint Reason: the local cloud posts to this machine only, not to ${url.hostname}`);
  }
}

function checkAttribute(protocol: string, name: string, value: string): void {
  const refuse = (reason: string): Error => invalidParameter(`Attributes Reason: ${name}: ${reason}`);
  switch (name) {
    case "FilterPolicy":
      if (value !== "") checkFilterPolicy(value);
      return;
    case "FilterPolicyScope":
      if (!["", "MessageAttributes", "MessageBody"].includes(value)) throw refuse(`Invalid value [${value}]`);
      return;
    case "RawMessageDelivery":
      if (!["true", "false"].includes(value)) throw refuse("Invalid value, must be true or false");
      if (value === "true" && !["sqs", "http", "https"].includes(protocol)) {
        throw refuse(`Delivery protocol [${protocol}] does not support raw message delivery.`);
      }
      return;
    case "RedrivePolicy":
      if (value !== "") checkRedrivePolicy(value, refuse);
      return;
    case "DeliveryPolicy":
      return;
    default:
      throw invalidParameter(
        `AttributeName Reason: the local cloud does not support the subscription attribute ${name}`,
      );
  }
}

function checkRedrivePolicy(text: string, refuse: (reason: string) => Error): void {
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch {
    throw refuse("failed to parse JSON.");
  }
  const arn = (policy as { deadLetterTargetArn?: unknown } | null)?.deadLetterTargetArn;
  if (typeof arn !== "string" || !/^arn:[^:]+:sqs:/.test(arn)) throw refuse("deadLetterTargetArn is an invalid ARN.");
}
