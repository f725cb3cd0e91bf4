import { type ClassCounts, type ConfusionMatrix, classCounts, correctRows } from "./confusion-matrix.ts";

/**
 * Definitions as in scikit-learn with zero_division = 0: a quotient without a denominator is 0.
 * Source: https://scikit-learn.org/stable/modules/model_evaluation.html#precision-recall-f-measure-metrics
 */
export type ClassMetric = "precision" | "recall" | "f1";

/** How the per-class values of a multiclass metric become one number. */
export type Averaging = "macro" | "weighted";

/** Share of rows predicted right; NaN without rows. */
export function accuracy(matrix: ConfusionMatrix): number {
  return correctRows(matrix) / matrix.rows;
}

/** Numerator and denominator of the metric for one class, so that value = numerator / denominator. */
export function classRatio(metric: ClassMetric, counts: ClassCounts): { numerator: number; denominator: number } {
  switch (metric) {
    case "precision":
      return { numerator: counts.both, denominator: counts.predicted };
    case "recall":
      return { numerator: counts.both, denominator: counts.actual };
    case "f1":
      return { numerator: 2 * counts.both, denominator: counts.predicted + counts.actual };
  }
}

/** Precision, recall or F1 of one class. */
export function classMetric(metric: ClassMetric, counts: ClassCounts): number {
  const { numerator, denominator } = classRatio(metric, counts);
  return denominator === 0 ? 0 : numerator / denominator;
}

/** Precision of class 1 of a two-class matrix: the share of predicted positives that are positive. */
export function precision(matrix: ConfusionMatrix): number {
  return ofPositive("precision", matrix);
}

/** Recall of class 1 of a two-class matrix: the share of positives that were found. */
export function recall(matrix: ConfusionMatrix): number {
  return ofPositive("recall", matrix);
}

/** F1 of class 1 of a two-class matrix: harmonic mean of precision and recall. */
export function f1(matrix: ConfusionMatrix): number {
  return ofPositive("f1", matrix);
}

/**
 * Macro (plain mean over classes) or weighted (by the rows of each class) form over a matrix of several classes.
 * Classes that occur neither as truth nor as prediction do not count, as in scikit-learn; NaN without rows.
 */
export function averagedMetric(metric: ClassMetric, averaging: Averaging, matrix: ConfusionMatrix): number {
  const present = classCounts(matrix).filter((counts) => counts.actual + counts.predicted > 0);
  const weight = (counts: ClassCounts): number => (averaging === "macro" ? 1 : counts.actual);
  const total = present.reduce((sum, counts) => sum + weight(counts), 0);
  return present.reduce((sum, counts) => sum + weight(counts) * classMetric(metric, counts), 0) / total;
}

function ofPositive(metric: ClassMetric, matrix: ConfusionMatrix): number {
  const positive = classCounts(matrix)[1];
  if (matrix.classCount !== 2 || positive === undefined) {
    throw new RangeError(`a two-class matrix is needed, got ${matrix.classCount} classes`);
  }
  return classMetric(metric, positive);
}
