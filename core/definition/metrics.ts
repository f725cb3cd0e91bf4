/** The three kinds of prediction problem. */
export const PROBLEMS = ["binary-classification", "multiclass-classification", "regression"] as const;

/** A kind of prediction problem. */
export type Problem = (typeof PROBLEMS)[number];

interface MetricInfo {
  /** Problems that the metric is defined for. */
  problems: readonly Problem[];
  /** Whether a larger value is the better one. */
  direction: "maximize" | "minimize";
  /** Range of possible values; null is unbounded. */
  min: number | null;
  max: number | null;
  summary: string;
}

const BINARY = ["binary-classification"] as const;
const MULTICLASS = ["multiclass-classification"] as const;
const CLASSES = ["binary-classification", "multiclass-classification"] as const;
const NUMBERS = ["regression"] as const;

function share(problems: readonly Problem[], summary: string): MetricInfo {
  return { problems, direction: "maximize", min: 0, max: 1, summary };
}

function loss(problems: readonly Problem[], summary: string, max: number | null = null): MetricInfo {
  return { problems, direction: "minimize", min: 0, max, summary };
}

/** Metrics that the gate computes and compares, with the problems they fit. Definitions as in scikit-learn. */
export const METRICS = {
  auc: share(CLASSES, "area under the ROC curve; multiclass: mean over one class against the rest"),
  "average-precision": share(BINARY, "average precision"),
  "log-loss": loss(CLASSES, "mean negative log-likelihood (natural logarithm)"),
  brier: loss(BINARY, "mean squared error of the probability", 1),
  accuracy: share(CLASSES, "share of right labels"),
  precision: share(BINARY, "share of positives among those predicted as positive"),
  recall: share(BINARY, "share of positives that are found"),
  f1: share(BINARY, "harmonic mean of precision and recall"),
  "precision-macro": share(MULTICLASS, "precision, mean over classes"),
  "precision-weighted": share(MULTICLASS, "precision, mean over classes weighted by their rows"),
  "recall-macro": share(MULTICLASS, "recall, mean over classes"),
  "recall-weighted": share(MULTICLASS, "recall, mean over classes weighted by their rows"),
  "f1-macro": share(MULTICLASS, "F1, mean over classes"),
  "f1-weighted": share(MULTICLASS, "F1, mean over classes weighted by their rows"),
  rmse: loss(NUMBERS, "root mean squared error"),
  mae: loss(NUMBERS, "mean absolute error"),
  mape: loss(NUMBERS, "mean absolute percentage error, as a share"),
  r2: { problems: NUMBERS, direction: "maximize", min: null, max: 1, summary: "coefficient of determination" },
} as const satisfies Record<string, MetricInfo>;

/** Name of a metric. */
export type MetricName = keyof typeof METRICS;

/** All metric names, in the table's order. */
export const METRIC_NAMES = Object.keys(METRICS) as MetricName[];

/** What is known about a metric. */
export function metricInfo(name: MetricName): MetricInfo {
  return METRICS[name];
}

/** Names of the metrics that fit a problem. */
export function metricsFor(problem: Problem): MetricName[] {
  return METRIC_NAMES.filter((name) => metricInfo(name).problems.includes(problem));
}
