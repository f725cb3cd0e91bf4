import { findRoot } from "./find-root.ts";
import { regularizedBeta } from "./incomplete-beta.ts";
import { normalQuantile } from "./normal.ts";

/**
 * Distribution function of Student's t with `df` > 0 degrees of freedom (not necessarily whole).
 * Source: https://dlmf.nist.gov/8.17 (relation to the incomplete beta function).
 */
export function studentTCdf(t: number, df: number): number {
  if (!(df > 0)) throw new RangeError(`degrees of freedom are above 0, got ${df}`);
  if (t === Number.POSITIVE_INFINITY) return 1;
  if (t === Number.NEGATIVE_INFINITY) return 0;
  const squared = t * t;
  // Both forms are equal; the one with the small argument keeps its digits.
  const tail =
    squared < df
      ? 0.5 * (1 - regularizedBeta(squared / (df + squared), 0.5, df / 2))
      : 0.5 * regularizedBeta(df / (df + squared), df / 2, 0.5);
  return t <= 0 ? tail : 1 - tail;
}

/** Quantile of Student's t: the t with `studentTCdf(t, df) = p`, for p in (0, 1). RangeError outside. */
export function studentTQuantile(p: number, df: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`a probability between 0 and 1 is needed, got ${p}`);
  if (p === 0.5) return 0;
  // The lower tail has the better relative precision; the distribution is symmetric.
  const lower = Math.min(p, 1 - p);
  let low = Math.min(-1, 2 * normalQuantile(lower));
  while (studentTCdf(low, df) > lower) low *= 2;
  const t = findRoot((x) => studentTCdf(x, df) - lower, low, 0);
  return p < 0.5 ? t : -t;
}

/** Two-sided p-value of a t statistic with `df` degrees of freedom; 1 for NaN-free zero, at least 0. */
export function studentTTwoSided(t: number, df: number): number {
  return Math.min(1, 2 * studentTCdf(-Math.abs(t), df));
}
