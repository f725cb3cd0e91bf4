import { tInterval } from "../../statistics/intervals.ts";
import { mean, standardErrorOfMean } from "../../statistics/moments.ts";
import { r2 } from "../../statistics/regression-metrics.ts";
import type { Sample } from "../sample.ts";
import type { GateMetric } from "./gate-metric.ts";
import { compareByRows } from "./paired-rows.ts";

const RANGE = { low: Number.NEGATIVE_INFINITY, high: 1 };

/** Coefficient of determination (regression); delta-method interval and paired test. */
export const r2Metric: GateMetric = {
  id: "r2",
  problems: ["regression"],
  higherIsBetter: true,
  range: RANGE,
  value: (sample) => r2(sample.labels, sample.scores),
  interval(sample, confidence) {
    const influence = r2Influence(sample);
    if (influence === null) return null;
    return tInterval(r2(sample.labels, sample.scores), standardErrorOfMean(influence), sample.rows, confidence, RANGE);
  },
  compare(challenger, champion, { confidence }) {
    const first = r2Influence(challenger);
    const second = r2Influence(champion);
    if (first === null || second === null) return null;
    const shift = r2(challenger.labels, challenger.scores) - r2(champion.labels, champion.scores);
    return compareByRows("paired-delta", first, second, { confidence, shift });
  },
};

/** Influence of each row on R² = 1 - residual / total (delta method); null for a constant target. */
function r2Influence(sample: Sample): Float64Array | null {
  if (sample.rows < 2) return null;
  const center = mean(sample.labels);
  const squaresOf = (row: number): { residual: number; total: number } => ({
    residual: ((sample.scores[row] as number) - (sample.labels[row] as number)) ** 2,
    total: ((sample.labels[row] as number) - center) ** 2,
  });
  let residualSum = 0;
  let totalSum = 0;
  for (let i = 0; i < sample.rows; i += 1) {
    const { residual, total } = squaresOf(i);
    residualSum += residual;
    totalSum += total;
  }
  if (totalSum === 0) return null;
  return Float64Array.from({ length: sample.rows }, (_, row) => {
    const { residual, total } = squaresOf(row);
    return ((residualSum / totalSum) * total - residual) * (sample.rows / totalSum);
  });
}
