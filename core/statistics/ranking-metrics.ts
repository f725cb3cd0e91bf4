import { argsort } from "./argsort.ts";
import { aucComponents } from "./delong.ts";

/**
 * Area under the ROC curve, ties counted one half, as scikit-learn's roc_auc_score; NaN when a class is missing.
 * labels: length n, 1 = positive. scores: length n. Source: https://scikit-learn.org/stable/modules/model_evaluation.html#roc-metrics
 */
export function auc(labels: ArrayLike<number>, scores: ArrayLike<number>): number {
  return aucComponents(labels, scores)?.auc ?? Number.NaN;
}

/**
 * Average precision: sum over distinct thresholds of (recall step) * precision, as scikit-learn's
 * average_precision_score; 0 without a positive row. labels: length n, 1 = positive. scores: length n.
 * Source: https://scikit-learn.org/stable/modules/generated/sklearn.metrics.average_precision_score.html
 */
export function averagePrecision(labels: ArrayLike<number>, scores: ArrayLike<number>): number {
  return weightedAveragePrecision(labels, scores)();
}

/**
 * Average precision as a function of how often each row counts (length n; once each without weights): the rows are
 * sorted once, so that a bootstrap costs O(n) for each resample.
 */
export function weightedAveragePrecision(
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
): (weights?: ArrayLike<number>) => number {
  const rows = argsort(scores).reverse();
  const isPositive = Uint8Array.from(rows, (row) => (labels[row] === 1 ? 1 : 0));
  // Rows with the same score pass a threshold together.
  const endsTie = Uint8Array.from(rows, (row, k) =>
    k + 1 < rows.length && scores[rows[k + 1] as number] === scores[row] ? 0 : 1,
  );
  return (weights) => {
    let truePositives = 0;
    let predicted = 0;
    let found = 0;
    let sum = 0;
    for (let k = 0; k < rows.length; k += 1) {
      const weight = weights === undefined ? 1 : (weights[rows[k] as number] as number);
      predicted += weight;
      if (isPositive[k] === 1) found += weight;
      if (endsTie[k] === 1 && found > 0) {
        truePositives += found;
        sum += found * (truePositives / predicted);
        found = 0;
      }
    }
    return truePositives === 0 ? 0 : sum / truePositives;
  };
}
