import type { Problem } from "../../definition/metrics.ts";
import type { Interval } from "../../statistics/intervals.ts";
import type { Sample } from "../sample.ts";
import type { Comparison } from "../types.ts";

/** What a comparison is told besides the two samples. */
export interface CompareOptions {
  /** Two-sided confidence of the interval. */
  readonly confidence: number;
  /** Seed of a bootstrap. */
  readonly seed: number;
}

/** A metric as the gate uses it: its value, its interval, and the paired test that compares two models on it. */
export interface GateMetric {
  readonly id: string;
  readonly problems: readonly Problem[];
  readonly higherIsBetter: boolean;
  /** Possible values. */
  readonly range: Interval;
  /** NaN when the rows do not allow it (a class is missing). */
  value(sample: Sample): number;
  /** Two-sided interval at the given confidence; null when the rows do not allow it. */
  interval(sample: Sample, confidence: number): Interval | null;
  /** Paired comparison, challenger minus champion; null when the rows do not allow it. */
  compare(challenger: Sample, champion: Sample, options: CompareOptions): Comparison | null;
}
