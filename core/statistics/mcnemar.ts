import { binomialCdf } from "./binomial.ts";
import type { Interval } from "./intervals.ts";
import { normalQuantile } from "./normal.ts";

/** Result of comparing two classifiers by the rows on which exactly one of them is right. */
export interface McnemarResult {
  /** Accuracy of the first minus accuracy of the second. */
  readonly difference: number;
  readonly standardError: number;
  /** Exact two-sided p-value of "both are right equally often". */
  readonly pValue: number;
  readonly interval: Interval;
}

/**
 * Exact McNemar test with Bonett and Price's adjusted Wald interval for the difference of the proportions.
 * onlyFirst, onlySecond: rows on which only the first, only the second is right; rows: all rows (> 0).
 * Sources: McNemar 1947, https://doi.org/10.1007/BF02295996; Bonett & Price 2012, https://doi.org/10.3102/1076998611411915
 */
export function mcnemarExact(onlyFirst: number, onlySecond: number, rows: number, confidence: number): McnemarResult {
  const discordant = onlyFirst + onlySecond;
  const pValue = discordant === 0 ? 1 : Math.min(1, 2 * binomialCdf(Math.min(onlyFirst, onlySecond), discordant, 0.5));
  const difference = (onlyFirst - onlySecond) / rows;
  const p12 = (onlyFirst + 1) / (rows + 2);
  const p21 = (onlySecond + 1) / (rows + 2);
  const half = normalQuantile(0.5 + confidence / 2) * Math.sqrt((p12 + p21 - (p12 - p21) ** 2) / (rows + 2));
  return {
    difference,
    standardError: Math.sqrt(discordant / rows - difference ** 2) / Math.sqrt(rows),
    pValue,
    interval: { low: Math.max(-1, p12 - p21 - half), high: Math.min(1, p12 - p21 + half) },
  };
}
