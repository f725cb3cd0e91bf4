import type { Problem } from "../definition/metrics.ts";
import {
  absoluteErrors,
  absolutePercentageErrors,
  brierLosses,
  logLosses,
  multiclassLogLosses,
  squaredErrors,
} from "../statistics/row-losses.ts";
import { accuracyMetric } from "./metrics/accuracy-metric.ts";
import { aucMetric } from "./metrics/auc-metric.ts";
import { averagePrecisionMetric } from "./metrics/average-precision-metric.ts";
import { averagedClassMetric, positiveClassMetric } from "./metrics/class-ratio-metric.ts";
import type { GateMetric } from "./metrics/gate-metric.ts";
import { meanLossMetric } from "./metrics/mean-loss-metric.ts";
import { r2Metric } from "./metrics/r2-metric.ts";

/** Every metric of the gate, in the order in which reports show them. Definitions as in scikit-learn. */
export const GATE_METRICS: readonly GateMetric[] = [
  aucMetric,
  averagePrecisionMetric,
  meanLossMetric({
    id: "log-loss",
    problems: ["binary-classification", "multiclass-classification"],
    losses: (sample) =>
      sample.problem === "multiclass-classification"
        ? multiclassLogLosses(sample.labels, sample.scores, sample.classCount)
        : logLosses(sample.labels, sample.scores),
  }),
  meanLossMetric({
    id: "brier",
    problems: ["binary-classification"],
    range: { low: 0, high: 1 },
    losses: (sample) => brierLosses(sample.labels, sample.scores),
  }),
  accuracyMetric,
  positiveClassMetric("precision"),
  positiveClassMetric("recall"),
  positiveClassMetric("f1"),
  averagedClassMetric("precision", "macro"),
  averagedClassMetric("precision", "weighted"),
  averagedClassMetric("recall", "macro"),
  averagedClassMetric("recall", "weighted"),
  averagedClassMetric("f1", "macro"),
  averagedClassMetric("f1", "weighted"),
  meanLossMetric({
    id: "rmse",
    problems: ["regression"],
    root: true,
    losses: (sample) => squaredErrors(sample.labels, sample.scores),
  }),
  meanLossMetric({
    id: "mae",
    problems: ["regression"],
    losses: (sample) => absoluteErrors(sample.labels, sample.scores),
  }),
  meanLossMetric({
    id: "mape",
    problems: ["regression"],
    losses: (sample) => absolutePercentageErrors(sample.labels, sample.scores),
  }),
  r2Metric,
];

/** Metrics that fit a problem. */
export function gateMetricsFor(problem: Problem): GateMetric[] {
  return GATE_METRICS.filter((metric) => metric.problems.includes(problem));
}

/** The metric of that id if it fits the problem, else undefined. */
export function findGateMetric(id: string, problem: Problem): GateMetric | undefined {
  return gateMetricsFor(problem).find((metric) => metric.id === id);
}
