import { normalQuantile } from "./normal.ts";
import { studentTQuantile } from "./student-t.ts";

/** A two-sided confidence interval, in the units of the estimate. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Wilson's score interval for a proportion of `successes` in `trials`; [0, 1] without trials.
 * Source: Wilson 1927, https://doi.org/10.1080/01621459.1927.10502953
 */
export function wilsonInterval(successes: number, trials: number, confidence: number): Interval {
  if (trials === 0) return { low: 0, high: 1 };
  const z = normalQuantile(0.5 + confidence / 2);
  const share = successes / trials;
  const denominator = 1 + (z * z) / trials;
  const center = (share + (z * z) / (2 * trials)) / denominator;
  const half = (z / denominator) * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials));
  // At the ends the bound is exactly 0 or 1; rounding must not move it past the estimate.
  return {
    low: successes === 0 ? 0 : Math.max(0, center - half),
    high: successes === trials ? 1 : Math.min(1, center + half),
  };
}

/** Normal interval estimate ± z * standard error, cut to the metric's range. */
export function normalInterval(
  estimate: number,
  standardError: number,
  confidence: number,
  range: Interval = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY },
): Interval {
  return cut(estimate, normalQuantile(0.5 + confidence / 2) * standardError, range);
}

/** Student's t interval for a mean over `rows` rows, cut to the metric's range; infinite below two rows. */
export function tInterval(
  estimate: number,
  standardError: number,
  rows: number,
  confidence: number,
  range: Interval = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY },
): Interval {
  if (rows < 2) return range;
  return cut(estimate, studentTQuantile(0.5 + confidence / 2, rows - 1) * standardError, range);
}

function cut(estimate: number, half: number, range: Interval): Interval {
  return { low: Math.max(range.low, estimate - half), high: Math.min(range.high, estimate + half) };
}
