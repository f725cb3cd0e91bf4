import { findRoot } from "./find-root.ts";
import { regularizedGammaP, regularizedGammaQ } from "./incomplete-gamma.ts";

/** Distribution function of chi squared with `df` > 0 degrees of freedom. Source: https://dlmf.nist.gov/8.2 */
export function chiSquaredCdf(x: number, df: number): number {
  return x <= 0 ? 0 : regularizedGammaP(df / 2, x / 2);
}

/** Upper tail P(X > x) of chi squared with `df` > 0 degrees of freedom, accurate where the tail is small. */
export function chiSquaredSurvival(x: number, df: number): number {
  return x <= 0 ? 1 : regularizedGammaQ(df / 2, x / 2);
}

/** Quantile of chi squared: the x with `chiSquaredCdf(x, df) = p`, for p in [0, 1). RangeError outside. */
export function chiSquaredQuantile(p: number, df: number): number {
  if (!(p >= 0 && p < 1)) throw new RangeError(`a probability in [0, 1) is needed, got ${p}`);
  if (p === 0) return 0;
  let high = df + 10;
  while (chiSquaredCdf(high, df) < p) high *= 2;
  return findRoot((x) => chiSquaredCdf(x, df) - p, 0, high);
}
