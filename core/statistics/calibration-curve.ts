import { quantileOfSorted } from "./moments.ts";

/** One bin of a calibration curve. */
export interface CalibrationBin {
  readonly rows: number;
  /** Mean predicted probability of the bin's rows. */
  readonly meanPredicted: number;
  /** Share of the bin's rows that are positive. */
  readonly positiveShare: number;
}

/**
 * Calibration curve of a binary scorer: bins without rows are left out, as in scikit-learn's calibration_curve.
 * strategy `uniform` has bins of equal width, `quantile` of about equal rows.
 * Source: https://scikit-learn.org/stable/modules/generated/sklearn.calibration.calibration_curve.html
 */
export function calibrationCurve(
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  binCount = 10,
  strategy: "uniform" | "quantile" = "uniform",
): CalibrationBin[] {
  const sorted = strategy === "quantile" ? Float64Array.from(scores).sort() : new Float64Array(0);
  const inner = Array.from({ length: binCount - 1 }, (_, k) =>
    strategy === "quantile" ? quantileOfSorted(sorted, (k + 1) / binCount) : (k + 1) * (1 / binCount),
  );
  const rows = new Float64Array(binCount);
  const predicted = new Float64Array(binCount);
  const positives = new Float64Array(binCount);
  for (let i = 0; i < labels.length; i += 1) {
    const score = scores[i] as number;
    const bin = countBelow(inner, score);
    rows[bin] = (rows[bin] as number) + 1;
    predicted[bin] = (predicted[bin] as number) + score;
    if (labels[i] === 1) positives[bin] = (positives[bin] as number) + 1;
  }
  return Array.from(rows, (count, bin) => ({
    rows: count,
    meanPredicted: (predicted[bin] as number) / count,
    positiveShare: (positives[bin] as number) / count,
  })).filter((bin) => bin.rows > 0);
}

/** Number of ascending edges strictly below the value (NumPy's searchsorted, side left). */
function countBelow(edges: readonly number[], value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edges[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
