import { accuracy } from "../../statistics/classification-metrics.ts";
import { correctRows } from "../../statistics/confusion-matrix.ts";
import { wilsonInterval } from "../../statistics/intervals.ts";
import { mcnemarExact } from "../../statistics/mcnemar.ts";
import type { GateMetric } from "./gate-metric.ts";

/** Share of rows predicted right; Wilson interval, exact McNemar test. */
export const accuracyMetric: GateMetric = {
  id: "accuracy",
  problems: ["binary-classification", "multiclass-classification"],
  higherIsBetter: true,
  range: { low: 0, high: 1 },
  value: (sample) => accuracy(sample.confusion()),
  interval: (sample, confidence) => wilsonInterval(correctRows(sample.confusion()), sample.rows, confidence),
  compare(challenger, champion, { confidence }) {
    if (challenger.rows === 0) return null;
    const first = challenger.predictions();
    const second = champion.predictions();
    let onlyFirst = 0;
    let onlySecond = 0;
    for (let i = 0; i < first.length; i += 1) {
      if (first[i] === second[i]) continue;
      if (first[i] === challenger.labels[i]) onlyFirst += 1;
      else if (second[i] === challenger.labels[i]) onlySecond += 1;
    }
    const { interval, ...result } = mcnemarExact(onlyFirst, onlySecond, challenger.rows, confidence);
    return { test: "mcnemar", ...result, low: interval.low, high: interval.high };
  },
};
