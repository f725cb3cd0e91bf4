import type { MessageAttribute } from "../sqs/types.ts";
import type { PublishedMessage, SubscriptionRecord } from "./types.ts";

/** Said in place of a signature: nobody holds AWS's key here. */
const NOT_SIGNED = "messages of the local cloud are not signed";

/** The text of a message for a protocol. */
export function textFor(message: PublishedMessage, protocol: string): string {
  return message.perProtocol?.[protocol] ?? message.message;
}

/** The JSON envelope that queues and HTTP endpoints get without raw delivery. */
export function notification(endpoint: string, message: PublishedMessage, subscription: SubscriptionRecord): object {
  return {
    Type: "Notification",
    MessageId: message.messageId,
    TopicArn: message.topicArn,
    ...(message.subject === undefined ? {} : { Subject: message.subject }),
    Message: textFor(message, subscription.protocol),
    Timestamp: new Date(message.publishedAtMillis).toISOString(),
    SignatureVersion: "1",
    Signature: NOT_SIGNED,
    SigningCertURL: `${endpoint}/SimpleNotificationService.pem`,
    UnsubscribeURL: unsubscribeUrl(endpoint, subscription),
    ...(Object.keys(message.attributes).length === 0 ? {} : { MessageAttributes: attributesView(message) }),
  };
}

/**
 * The event that a Lambda function gets.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
 */
export function lambdaEvent(endpoint: string, message: PublishedMessage, subscription: SubscriptionRecord): object {
  return {
    Records: [
      {
        EventVersion: "1.0",
        EventSubscriptionArn: subscription.arn,
        EventSource: "aws:sns",
        Sns: {
          SignatureVersion: "1",
          Timestamp: new Date(message.publishedAtMillis).toISOString(),
          Signature: NOT_SIGNED,
          SigningCertUrl: `${endpoint}/SimpleNotificationService.pem`,
          MessageId: message.messageId,
          Message: textFor(message, "lambda"),
          MessageAttributes: attributesView(message),
          Type: "Notification",
          UnsubscribeUrl: unsubscribeUrl(endpoint, subscription),
          TopicArn: message.topicArn,
          Subject: message.subject ?? null,
        },
      },
    ],
  };
}

/** The attributes of a raw delivery to a queue. */
export function queueAttributes(message: PublishedMessage): Record<string, MessageAttribute> {
  return Object.fromEntries(
    Object.entries(message.attributes).map(([name, { DataType, StringValue, BinaryBase64 }]) => [
      name,
      BinaryBase64 === undefined
        ? { DataType, StringValue: StringValue ?? "" }
        : { DataType, BinaryValue: Buffer.from(BinaryBase64, "base64") },
    ]),
  );
}

function attributesView(message: PublishedMessage): Record<string, { Type: string; Value: string }> {
  return Object.fromEntries(
    Object.entries(message.attributes).map(([name, attribute]) => [
      name,
      { Type: attribute.DataType, Value: attribute.BinaryBase64 ?? attribute.StringValue ?? "" },
    ]),
  );
}

function unsubscribeUrl(endpoint: string, subscription: SubscriptionRecord): string {
  return `${endpoint}/?Action=Unsubscribe&SubscriptionArn=${encodeURIComponent(subscription.arn)}`;
}
