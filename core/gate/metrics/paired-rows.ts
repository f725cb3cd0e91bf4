import { normalInterval } from "../../statistics/intervals.ts";
import { normalCdf } from "../../statistics/normal.ts";
import { pairedT } from "../../statistics/paired-t.ts";
import type { Comparison, PairedTest } from "../types.ts";

/**
 * Comparison from per-row contributions whose mean is the metric (or, for the delta method, whose mean is 0 and whose
 * spread is the metric's): a paired t test on challenger minus champion.
 * `shift` is added to the mean difference: the difference of the metrics themselves for centered contributions.
 */
export function compareByRows(
  test: PairedTest,
  challenger: ArrayLike<number>,
  champion: ArrayLike<number>,
  options: { confidence: number; shift?: number },
): Comparison {
  const shift = options.shift ?? 0;
  const differences = Float64Array.from(challenger, (value, row) => value - (champion[row] as number) + shift);
  const result = pairedT(differences, options.confidence);
  return {
    test,
    difference: result.difference,
    standardError: result.standardError,
    low: result.interval.low,
    high: result.interval.high,
    pValue: result.pValue,
  };
}

/** Comparison from a difference and its standard error by the normal distribution; an error of 0 leaves no doubt. */
export function compareByNormal(
  test: PairedTest,
  difference: number,
  standardError: number,
  options: { confidence: number },
): Comparison {
  const z = standardError === 0 ? zeroError(difference) : difference / standardError;
  const interval = normalInterval(difference, standardError, options.confidence);
  return {
    test,
    difference,
    standardError,
    low: interval.low,
    high: interval.high,
    pValue: z === 0 ? 1 : 2 * normalCdf(-Math.abs(z)),
  };
}

function zeroError(difference: number): number {
  return difference === 0 ? 0 : difference > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
}
