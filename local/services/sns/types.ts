import type { LocalService } from "../../kernel/cloud.ts";

/** A topic as it is stored. */
export interface TopicRecord {
  readonly arn: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** A subscription as it is stored. */
export interface SubscriptionRecord {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: "sqs" | "lambda" | "email" | "email-json" | "sms" | "http" | "https";
  readonly endpoint: string;
  /** RawMessageDelivery, FilterPolicy, FilterPolicyScope, RedrivePolicy, ... */
  readonly attributes: Readonly<Record<string, string>>;
  /** Set until the endpoint has confirmed. E-mail never confirms here. */
  readonly confirmationToken?: string;
}

/** A message attribute in storage: binary values are base64. */
export interface PublishedAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryBase64?: string;
}

/** A message that was published: an alert, for instance. */
export interface PublishedMessage {
  readonly messageId: string;
  readonly topicArn: string;
  readonly subject?: string;
  /** The message as published; for MessageStructure `json` the text of `default`. */
  readonly message: string;
  /** Texts for single protocols, for MessageStructure `json`. */
  readonly perProtocol?: Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, PublishedAttribute>>;
  readonly publishedAtMillis: number;
}

/** The local SNS. */
export interface SnsService extends LocalService {
  /** What was published to a topic since a moment (milliseconds since the epoch), oldest first; the latest 10,000 messages are kept over restarts. */
  published(topicArn: string, sinceMillis?: number): PublishedMessage[];
  /** Resolves when every published message has reached its subscriptions or was given up. */
  drained(): Promise<void>;
}
