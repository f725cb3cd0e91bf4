import { mean, quantileOfSorted } from "./moments.ts";
import { absoluteErrors, absolutePercentageErrors, squaredErrors } from "./row-losses.ts";

/** Root mean squared error in units of the target. labels, values: length n. */
export function rmse(labels: ArrayLike<number>, values: ArrayLike<number>): number {
  return Math.sqrt(mean(squaredErrors(labels, values)));
}

/** Mean absolute error in units of the target. */
export function mae(labels: ArrayLike<number>, values: ArrayLike<number>): number {
  return mean(absoluteErrors(labels, values));
}

/** Mean absolute percentage error as a share (0.1 = 10 %), as scikit-learn: labels of 0 give huge values. */
export function mape(labels: ArrayLike<number>, values: ArrayLike<number>): number {
  return mean(absolutePercentageErrors(labels, values));
}

/**
 * Coefficient of determination as scikit-learn's r2_score: for a constant target 1 if perfect, else 0; NaN below 2 rows.
 * Source: https://scikit-learn.org/stable/modules/generated/sklearn.metrics.r2_score.html
 */
export function r2(labels: ArrayLike<number>, values: ArrayLike<number>): number {
  if (labels.length < 2) return Number.NaN;
  const center = mean(labels);
  let residual = 0;
  let total = 0;
  for (let i = 0; i < labels.length; i += 1) {
    residual += ((values[i] as number) - (labels[i] as number)) ** 2;
    total += ((labels[i] as number) - center) ** 2;
  }
  if (total === 0) return residual === 0 ? 1 : 0;
  return 1 - residual / total;
}

/** Quantiles of the residuals label minus value, at the given shares in [0, 1]; linear interpolation as NumPy. */
export function residualQuantiles(
  labels: ArrayLike<number>,
  values: ArrayLike<number>,
  shares: readonly number[] = [0.05, 0.25, 0.5, 0.75, 0.95],
): { share: number; value: number }[] {
  const residuals = Float64Array.from(labels, (label, i) => label - (values[i] as number)).sort();
  return shares.map((share) => ({ share, value: quantileOfSorted(residuals, share) }));
}
