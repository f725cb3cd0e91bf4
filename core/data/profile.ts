import type { DistinctSketch } from "./distinct-sketch.ts";
import type { TimeHistogram } from "./time-histogram.ts";

/** Log-bucket histogram of numbers; see sketch.ts. Keys are bucket numbers as decimal text, values are counts. */
export interface Sketch {
  gamma: number;
  /** Number of zeros. */
  zero: number;
  positive: Record<string, number>;
  /** Buckets of the absolute values of negative numbers. */
  negative: Record<string, number>;
}

/** Moments and histogram of numbers. `min` and `max` are null when there is no value. */
export interface NumberSummary {
  count: number;
  min: number | null;
  max: number | null;
  mean: number;
  /** Sum of squared deviations from the mean (Welford); variance = m2 / (count - 1). */
  m2: number;
  sketch: Sketch;
  /** Sketch of the distinct values; profiles of older versions lack it. */
  distinct?: DistinctSketch;
}

/** Counts of category levels; at most 10,000 levels are kept by name, others are in `otherCount`. */
export interface LevelSummary {
  levels: Record<string, number>;
  otherCount: number;
  distinctOverflow: boolean;
  /** Sketch of the distinct values, once there are more than are kept by name. */
  distinct?: DistinctSketch;
}

/** Profile of a number feature. `count` is the number of rows that have a value. */
export interface NumberProfile extends NumberSummary {
  type: "number";
  nulls: number;
  /** Cells that are wrong (type, range, levels); 0 in accepted files. Profiles of older versions lack it. */
  invalid?: number;
}

/** Profile of a category feature. `count` is the number of rows that have a value. */
export interface CategoryProfile extends LevelSummary {
  type: "category";
  count: number;
  nulls: number;
  /** Cells that are wrong (type, range, levels); 0 in accepted files. Profiles of older versions lack it. */
  invalid?: number;
}

/** Profile of a boolean feature. `count` is the number of rows that have a value. */
export interface BooleanProfile {
  type: "boolean";
  count: number;
  nulls: number;
  trueCount: number;
  /** Cells that are wrong (type, range, levels); 0 in accepted files. Profiles of older versions lack it. */
  invalid?: number;
}

/** Profile of a timestamp feature; `min`, `max` and `mean` are milliseconds since the epoch, `m2` their squares. */
export interface TimestampProfile extends Omit<NumberSummary, "sketch"> {
  type: "timestamp";
  nulls: number;
  /** Cells that are wrong (no time, out of range); 0 in accepted files. */
  invalid: number;
  histogram: TimeHistogram;
}

/** Profile of a text feature. `count` is the number of rows that have a text. */
export interface TextProfile {
  type: "text";
  count: number;
  nulls: number;
  /** Cells that are wrong (too long, too short); 0 in accepted files. */
  invalid: number;
  /** Of the lengths in characters (code points). */
  length: NumberSummary;
  /** Sketch of the distinct texts. */
  distinct: DistinctSketch;
  /** Counts of one word a row, see words.ts: the shares are those of the words in the texts. */
  words: LevelSummary;
}

/** Profile of one feature. */
export type FeatureProfile = NumberProfile | CategoryProfile | BooleanProfile | TimestampProfile | TextProfile;

/** Profile of the target, by problem. */
export type TargetProfile =
  | { type: "binary"; positive: number; negative: number }
  | ({ type: "multiclass" } & LevelSummary)
  | ({ type: "regression" } & NumberSummary);

/** Mergeable statistics of a set of rows: `profile.json` of batches and datasets. */
export interface Profile {
  schemaVersion: 1;
  rows: number;
  features: Record<string, FeatureProfile>;
  target: TargetProfile;
}

/** Most levels that a profile keeps by name. */
export const MAX_PROFILE_LEVELS = 10_000;
