import { type Interval, tInterval } from "./intervals.ts";
import { mean, standardErrorOfMean } from "./moments.ts";
import { studentTTwoSided } from "./student-t.ts";

/** Paired comparison of two means over the same rows. */
export interface PairedTResult {
  readonly difference: number;
  readonly standardError: number;
  /** Two-sided p-value of "the mean difference is 0". */
  readonly pValue: number;
  readonly interval: Interval;
}

/**
 * Paired t test on per-row differences (length n >= 2); all differences equal gives a standard error of 0, and then the
 * p-value is 0 or 1. Source: Student 1908, https://doi.org/10.1093/biomet/6.1.1
 */
export function pairedT(differences: ArrayLike<number>, confidence: number): PairedTResult {
  const difference = mean(differences);
  const standardError = standardErrorOfMean(differences);
  const interval = tInterval(difference, standardError, differences.length, confidence);
  const t = standardError === 0 ? zeroError(difference) : difference / standardError;
  const df = differences.length - 1;
  return {
    difference,
    standardError,
    pValue: t === 0 ? 1 : studentTTwoSided(t, df),
    interval,
  };
}

function zeroError(difference: number): number {
  return difference === 0 ? 0 : difference > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
}
