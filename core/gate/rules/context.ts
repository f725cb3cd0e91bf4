import type { Interval } from "../../statistics/intervals.ts";
import type { GateMetric } from "../metrics/gate-metric.ts";
import type { Comparison, GateRequirements, SliceResult } from "../types.ts";

/** What the rules look at: everything is computed, the rules only judge. */
export interface RuleContext {
  readonly gate: GateRequirements;
  readonly metric: GateMetric;
  readonly rows: number;
  /** Binary classification: rows of each class; else null. */
  readonly positives: number | null;
  readonly negatives: number | null;
  /** Floors with the challenger's value (NaN when not computable) and interval. */
  readonly floors: readonly FloorMeasurement[];
  /** Null without a champion. */
  readonly comparison: Comparison | null;
  readonly hasChampion: boolean;
  readonly slices: readonly SliceResult[];
  /** Levels left out because they have too few rows. */
  readonly skippedLevels: number;
}

/** One floor and what the challenger reaches. */
export interface FloorMeasurement {
  readonly metric: GateMetric;
  readonly floor: number;
  readonly value: number;
  readonly interval: Interval | null;
}
