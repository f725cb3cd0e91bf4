import type { Interval } from "./intervals.ts";
import { mean, quantileOfSorted, sampleVariance } from "./moments.ts";
import type { Random } from "./random.ts";

/** Bootstrap distribution of a statistic, summarised. */
export interface BootstrapResult {
  readonly standardError: number;
  /** Percentile interval. */
  readonly interval: Interval;
}

/**
 * Percentile bootstrap over rows: `statistic` receives how often each of the n rows counts in the resample (length n,
 * adding up to n) and returns a number; resamples for which it is NaN (a class vanished) are left out.
 * The same `random` seed gives the same result. Source: Efron & Tibshirani 1993, https://doi.org/10.1201/9780429246593
 */
export function bootstrap(
  rows: number,
  statistic: (weights: Uint16Array) => number,
  options: { random: Random; resamples: number; confidence: number },
): BootstrapResult {
  const weights = new Uint16Array(rows);
  const values: number[] = [];
  for (let k = 0; k < options.resamples; k += 1) {
    weights.fill(0);
    for (let i = 0; i < rows; i += 1) {
      const row = options.random.integer(rows);
      weights[row] = (weights[row] as number) + 1;
    }
    const value = statistic(weights);
    if (!Number.isNaN(value)) values.push(value);
  }
  const sorted = Float64Array.from(values).sort();
  const tail = (1 - options.confidence) / 2;
  return {
    standardError: Math.sqrt(sampleVariance(sorted)),
    interval: { low: quantileOfSorted(sorted, tail), high: quantileOfSorted(sorted, 1 - tail) },
  };
}

/** Mean of `values` where row i counts `weights[i]` times; the plain mean without weights. */
export function weightedMean(values: ArrayLike<number>, weights?: ArrayLike<number>): number {
  if (weights === undefined) return mean(values);
  let sum = 0;
  let total = 0;
  for (let i = 0; i < values.length; i += 1) {
    sum += (weights[i] as number) * (values[i] as number);
    total += weights[i] as number;
  }
  return sum / total;
}
