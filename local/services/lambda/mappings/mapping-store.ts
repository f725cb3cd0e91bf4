import type { Cloud } from "../../../kernel/cloud.ts";
import type { DurableMap } from "../../../kernel/durable-map.ts";

/** An event source mapping: a queue whose messages a function gets. The durable record. */
export interface StoredMapping {
  readonly uuid: string;
  readonly eventSourceArn: string;
  readonly functionName: string;
  readonly qualifier?: string | undefined;
  readonly enabled: boolean;
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly reportBatchItemFailures: boolean;
  readonly maximumConcurrency?: number | undefined;
  /** Patterns as JSON text; a message that fits one of them goes to the function. Empty: all do. */
  readonly filters: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly modifiedMillis: number;
}

/** Opens the durable table of the mappings. */
export const mappingTable = (cloud: Cloud): DurableMap<StoredMapping> =>
  cloud.table<StoredMapping>("lambda", "event-source-mappings");
