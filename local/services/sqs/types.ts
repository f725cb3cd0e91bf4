import type { LocalService } from "../../kernel/cloud.ts";

/** The attributes of a queue as they are stored: AWS's attribute names, string values. */
export type QueueAttributes = Readonly<Record<string, string>>;

/** What is stored about a queue. */
export interface QueueRecord {
  readonly name: string;
  readonly createdAtMillis: number;
  readonly modifiedAtMillis: number;
  readonly attributes: QueueAttributes;
  readonly tags: Readonly<Record<string, string>>;
}

/** A message attribute in storage: binary values are base64. */
export interface StoredAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryBase64?: string;
}

/** A message as it is stored. */
export interface StoredMessage {
  readonly id: string;
  readonly body: string;
  readonly bodyMd5: string;
  readonly attributes: Readonly<Record<string, StoredAttribute>>;
  readonly sentAtMillis: number;
  /** Position in the queue; also the FIFO sequence number. */
  readonly sequence: number;
  readonly senderId: string;
  readonly groupId?: string;
  readonly deduplicationId?: string;
  readonly traceHeader?: string;
  /** The queue that gave the message up, on a dead-letter queue. */
  readonly deadLetterSourceArn?: string;
  readonly receiveCount: number;
  readonly firstReceivedAtMillis?: number;
  /** Not before this moment may the message be received: delay, then visibility timeout. */
  readonly visibleAtMillis: number;
  /** Nonce of the latest receipt handle; absent until first received and after it became visible by a change of its visibility. */
  readonly receipt?: string;
}

/** A message attribute as clients send and receive it. */
export interface MessageAttribute {
  DataType: string;
  StringValue?: string;
  BinaryValue?: Uint8Array;
}

/** A received message in AWS's shape. */
export interface ReceivedMessage {
  MessageId: string;
  ReceiptHandle: string;
  MD5OfBody: string;
  Body: string;
  Attributes?: Record<string, string>;
  MD5OfMessageAttributes?: string;
  MessageAttributes?: Record<string, MessageAttribute>;
}

/** The local SQS. */
export type SqsService = LocalService;
