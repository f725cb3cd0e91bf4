import { AwsError } from "../../kernel/aws-error.ts";
import type { Cloud, Principal } from "../../kernel/cloud.ts";
import type { OutboxEntry } from "../../shared/durable-outbox.ts";
import { lambdaEvent, notification, queueAttributes, textFor } from "./envelope.ts";
import type { PublishedMessage, SubscriptionRecord } from "./types.ts";

/** SNS as it acts for a topic. */
const forTopic = (topicArn: string): Principal => ({ arn: "sns.amazonaws.com", sourceArn: topicArn });
const FIRST_RETRY_MILLIS = 500;
const LAST_RETRY_MILLIS = 60_000;
/** SNS gives up on queues and functions after 23 days; here the laptop is the limit. */
const MAX_FAILURES = 50;
const NOT_RETRIED =
  /NotFound|DoesNotExist|NonExistentQueue|AccessDenied|Validation|InvalidParameter|InvalidMessageContents|MissingParameter/;
const HTTP_TIMEOUT_MILLIS = 15_000;

/** One delivery to one subscription, or the request that asks an HTTP endpoint to confirm. */
export interface PendingNotification {
  readonly subscription: SubscriptionRecord;
  /** Absent for the request to confirm. */
  readonly message?: PublishedMessage;
}

/** Delivers once. Throws when the endpoint did not take it. */
export async function deliverNotification(cloud: Cloud, entry: OutboxEntry<PendingNotification>): Promise<void> {
  const { subscription, message } = entry.payload;
  if (message === undefined) {
    await post(subscription, "SubscriptionConfirmation", confirmationRequest(cloud, subscription), {});
    return;
  }
  const isRaw = subscription.attributes["RawMessageDelivery"] === "true";
  switch (subscription.protocol) {
    case "sqs":
      await cloud.call(
        "sqs",
        "SendMessage",
        {
          QueueUrl: queueUrl(cloud, subscription.endpoint),
          MessageBody: isRaw
            ? textFor(message, "sqs")
            : JSON.stringify(notification(cloud.endpoint(), message, subscription)),
          ...(isRaw ? { MessageAttributes: queueAttributes(message) } : {}),
        },
        forTopic(subscription.topicArn),
      );
      return;
    case "lambda":
      await cloud.call(
        "lambda",
        "Invoke",
        {
          FunctionName: subscription.endpoint,
          InvocationType: "Event",
          Payload: Buffer.from(JSON.stringify(lambdaEvent(cloud.endpoint(), message, subscription)), "utf8"),
        },
        forTopic(subscription.topicArn),
      );
      return;
    case "http":
    case "https": {
      const body = isRaw
        ? textFor(message, subscription.protocol)
        : JSON.stringify(notification(cloud.endpoint(), message, subscription));
      await post(subscription, "Notification", body, isRaw ? { "x-amz-sns-rawdelivery": "true" } : {}, message);
      return;
    }
    default:
      cloud.log(
        "sns",
        `${subscription.protocol} is not sent by the local cloud; the message is kept in the topic's log`,
        {
          topicArn: message.topicArn,
          messageId: message.messageId,
        },
      );
  }
}

/** After a failed delivery: the moment of the next try, or undefined after it went to the subscription's dead-letter queue or was dropped. */
export async function afterFailedNotification(
  cloud: Cloud,
  entry: OutboxEntry<PendingNotification>,
  error: unknown,
): Promise<number | undefined> {
  const { subscription, message } = entry.payload;
  const code = error instanceof AwsError ? error.code : "InternalFailure";
  if (!NOT_RETRIED.test(code) && entry.failures < MAX_FAILURES) {
    return cloud.now() + Math.min(LAST_RETRY_MILLIS, FIRST_RETRY_MILLIS * 2 ** Math.min(entry.failures, 16));
  }
  const fields = {
    subscriptionArn: subscription.arn,
    code,
    error: error instanceof Error ? error.message : String(error),
  };
  const queueArn = deadLetterQueueOf(subscription);
  if (queueArn === undefined || message === undefined) {
    cloud.log("sns", "a message did not reach its subscription and was dropped: no dead-letter queue", fields);
    return undefined;
  }
  try {
    const body = JSON.stringify(notification(cloud.endpoint(), message, subscription));
    const attributes = {
      ERROR_CODE: { DataType: "String", StringValue: code },
      REQUEST_ID: { DataType: "String", StringValue: entry.id },
    };
    await cloud.call(
      "sqs",
      "SendMessage",
      { QueueUrl: queueUrl(cloud, queueArn), MessageBody: body, MessageAttributes: attributes },
      forTopic(subscription.topicArn),
    );
    cloud.log("sns", "a message did not reach its subscription and went to the dead-letter queue", fields);
  } catch (deadLetterError) {
    cloud.log("sns", "a message was dropped: neither its subscription nor the dead-letter queue took it", {
      ...fields,
      queueError: String(deadLetterError),
    });
  }
  return undefined;
}

function deadLetterQueueOf(subscription: SubscriptionRecord): string | undefined {
  const text = subscription.attributes["RedrivePolicy"];
  if (text === undefined || text === "") return undefined;
  const policy = JSON.parse(text) as { readonly deadLetterTargetArn?: string };
  return policy.deadLetterTargetArn;
}

function queueUrl(cloud: Cloud, arn: string): string {
  const parts = arn.split(":");
  return `${cloud.endpoint()}/${parts[4]}/${parts[5]}`;
}

function confirmationRequest(cloud: Cloud, subscription: SubscriptionRecord): string {
  const token = subscription.confirmationToken ?? "";
  const query = new URLSearchParams({ Action: "ConfirmSubscription", TopicArn: subscription.topicArn, Token: token });
  return JSON.stringify({
    Type: "SubscriptionConfirmation",
    Token: token,
    TopicArn: subscription.topicArn,
    Message: `You have chosen to subscribe to the topic ${subscription.topicArn}. To confirm, call ConfirmSubscription with the token.`,
    SubscribeURL: `${cloud.endpoint()}/?${query}`,
    Timestamp: new Date(cloud.now()).toISOString(),
    SignatureVersion: "1",
  });
}

async function post(
  subscription: SubscriptionRecord,
  type: string,
  body: string,
  headers: Record<string, string>,
  message?: PublishedMessage,
): Promise<void> {
  const response = await fetch(subscription.endpoint, {
    method: "POST",
    body,
    headers: {
      "content-type": "text/plain; charset=UTF-8",
      "x-amz-sns-message-type": type,
      "x-amz-sns-topic-arn": subscription.topicArn,
      "x-amz-sns-subscription-arn": subscription.arn,
      ...(message === undefined ? {} : { "x-amz-sns-message-id": message.messageId }),
      ...headers,
    },
    signal: AbortSignal.timeout(HTTP_TIMEOUT_MILLIS),
  });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${subscription.endpoint} answered ${response.status}`);
}
