import type { ModelDefinition } from "../definition/schema.ts";
import type { KeySketch } from "./key-sketch.ts";
import type { FeatureProfile, Profile } from "./profile.ts";
import type { Reason } from "./reason.ts";
import type { SampledRows } from "./row-sample.ts";
import type { TimeRange } from "./time-column.ts";

/** What the rules about whole batches look at. */
export interface BatchFacts {
  /** Number of data rows. */
  rows: number;
  profile: Profile;
  timeRange: TimeRange | null;
  /** Names of the file's columns. */
  columns: readonly string[];
  /** SHA-256 of the file. */
  sha256: string;
  /** When it was uploaded, ISO 8601. */
  receivedAt: string;
  /** Null when the keys are not known. */
  keys: KeySketch | null;
  /** Some of the training rows; null when there are none. */
  sample: SampledRows | null;
}

/** A batch that was accepted before. */
export interface RecentBatch {
  batchId: string;
  fileName: string;
  receivedAt: string;
  rows: number;
  sha256: string | null;
  timeRange: TimeRange | null;
  /** Null for batches whose columns are not on record. */
  columns: readonly string[] | null;
}

/** What the batch is compared with: a bounded number of accepted batches of the same columns, newest first. */
export interface BatchContext {
  batches: readonly RecentBatch[];
  /** All of them together; null without any. */
  profile: Profile | null;
  /** Keys of those that are on record. */
  keys: readonly KeySketch[];
}

/** A broken rule; a severe one is also told by an alert when it does not reject. */
export interface BatchFinding extends Reason {
  severe?: boolean;
}

/** A rule about a whole batch: pure, one file in rules/. */
export type BatchRule = (facts: BatchFacts, context: BatchContext, definition: ModelDefinition) => BatchFinding[];

/** The target as if it were a feature, to be compared as one. */
export function targetAsFeature({ target, rows }: Profile): FeatureProfile {
  if (target.type === "regression") {
    const { type: _, ...summary } = target;
    return { type: "number", nulls: rows - summary.count, ...summary };
  }
  const levels = target.type === "binary" ? { negative: target.negative, positive: target.positive } : target.levels;
  const count = Object.values(levels).reduce((sum, n) => sum + n, 0);
  const isBinary = target.type === "binary";
  return {
    type: "category",
    count,
    nulls: 0,
    levels,
    otherCount: isBinary ? 0 : target.otherCount,
    distinctOverflow: isBinary ? false : target.distinctOverflow,
  };
}

/** A share for messages: `12.3 %`. */
export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
