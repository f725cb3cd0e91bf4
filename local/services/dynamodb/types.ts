import type { LocalService } from "../../kernel/cloud.ts";

/** An attribute value in AWS's shape; exactly one member. */
export interface AttributeValue {
  S?: string;
  /** Canonical decimal text once it passed validation. */
  N?: string;
  B?: Uint8Array;
  BOOL?: boolean;
  NULL?: boolean;
  L?: AttributeValue[];
  M?: Record<string, AttributeValue>;
  SS?: string[];
  NS?: string[];
  BS?: Uint8Array[];
}

/** An item: attribute values by name. Never changed once stored. */
export type Item = Record<string, AttributeValue>;

/** The types that a key attribute may have. */
export type KeyType = "S" | "N" | "B";

/** One attribute of a key. */
export interface KeyAttribute {
  readonly name: string;
  readonly type: KeyType;
}

/** The key of a table or an index. */
export interface KeySchema {
  readonly hash: KeyAttribute;
  readonly range?: KeyAttribute;
}

/** A secondary index as it is stored. */
export interface IndexDefinition {
  readonly name: string;
  readonly kind: "global" | "local";
  readonly key: KeySchema;
  readonly projection: "ALL" | "KEYS_ONLY" | "INCLUDE";
  readonly include: readonly string[];
  readonly throughput?: Throughput;
}

/** Provisioned capacity. */
export interface Throughput {
  readonly read: number;
  readonly write: number;
}

/** What is stored about a table. */
export interface TableDefinition {
  readonly name: string;
  readonly id: string;
  readonly arn: string;
  readonly createdAtMillis: number;
  readonly key: KeySchema;
  /** Types of all attributes that keys use, in the order given. */
  readonly attributes: readonly KeyAttribute[];
  readonly indexes: readonly IndexDefinition[];
  readonly billingMode: "PAY_PER_REQUEST" | "PROVISIONED";
  readonly throughput?: Throughput;
  readonly deletionProtection: boolean;
  readonly tableClass?: string;
  readonly sse?: { readonly kmsKeyId?: string };
  readonly tags: Readonly<Record<string, string>>;
  readonly ttlAttribute?: string;
  readonly pointInTimeRecovery?: { readonly enabledAtMillis: number; readonly periodDays: number };
}

/** The local DynamoDB. */
export interface DynamodbService extends LocalService {
  /** Deletes what has expired by time to live, now. Runs by itself every minute. */
  sweepExpired(): number;
}
