import type { Problem } from "../../definition/metrics.ts";
import {
  type Averaging,
  averagedMetric,
  type ClassMetric,
  classMetric,
  classRatio,
} from "../../statistics/classification-metrics.ts";
import { classCounts } from "../../statistics/confusion-matrix.ts";
import { type Interval, tInterval, wilsonInterval } from "../../statistics/intervals.ts";
import { standardErrorOfMean } from "../../statistics/moments.ts";
import type { Sample } from "../sample.ts";
import type { GateMetric } from "./gate-metric.ts";
import { compareByRows } from "./paired-rows.ts";

const UNIT: Interval = { low: 0, high: 1 };

/** Precision, recall or F1 of the positive class; Wilson interval (F1: delta method), paired delta-method test. */
export function positiveClassMetric(metric: ClassMetric): GateMetric {
  const problems: Problem[] = ["binary-classification"];
  return ratioMetric(metric, problems, metric, () => [0, 1]);
}

/** Macro or weighted precision, recall or F1 of a multiclass problem; delta-method interval and paired test. */
export function averagedClassMetric(metric: ClassMetric, averaging: Averaging): GateMetric {
  return ratioMetric(
    `${metric}-${averaging}`,
    ["multiclass-classification"],
    metric,
    (sample) => {
      const present = classCounts(sample.confusion()).map(({ actual, predicted }) => actual + predicted > 0);
      const count = present.filter(Boolean).length;
      if (averaging === "macro") return present.map((is) => (is ? 1 / count : 0));
      return classCounts(sample.confusion()).map(({ actual }) => actual / sample.rows);
    },
    averaging,
  );
}

function ratioMetric(
  id: string,
  problems: readonly Problem[],
  metric: ClassMetric,
  weightsOf: (sample: Sample) => number[],
  averaging?: Averaging,
): GateMetric {
  const value = (sample: Sample): number => {
    if (averaging !== undefined) return averagedMetric(metric, averaging, sample.confusion());
    const positive = classCounts(sample.confusion())[1];
    return positive === undefined ? Number.NaN : classMetric(metric, positive);
  };
  const influenceOf = (sample: Sample): Float64Array => {
    return classInfluence(sample, metric, weightsOf(sample), averaging === "weighted");
  };
  return {
    id,
    problems,
    higherIsBetter: true,
    range: UNIT,
    value,
    interval(sample, confidence) {
      const positive = classCounts(sample.confusion())[1];
      if (averaging === undefined && metric !== "f1" && positive !== undefined) {
        const { numerator, denominator } = classRatio(metric, positive);
        return wilsonInterval(numerator, denominator, confidence);
      }
      return tInterval(value(sample), standardErrorOfMean(influenceOf(sample)), sample.rows, confidence, UNIT);
    },
    compare(challenger, champion, { confidence }) {
      if (challenger.rows < 2) return null;
      const shift = value(challenger) - value(champion);
      const influences = [influenceOf(challenger), influenceOf(champion)] as const;
      return compareByRows("paired-delta", ...influences, { confidence, shift });
    },
  };
}

/**
 * Influence of each row on a weighted sum of per-class quotients (delta method): for a quotient N / D over rows,
 * (row's N - quotient * row's D) * rows / D. With `weightsAreShares` the class weights vary with the sample, too.
 * Source: https://doi.org/10.1017/CBO9780511802256 (van der Vaart 1998, chapter 3)
 */
function classInfluence(
  sample: Sample,
  metric: ClassMetric,
  weights: readonly number[],
  weightsAreShares: boolean,
): Float64Array {
  const predictions = sample.predictions();
  const influence = new Float64Array(sample.rows);
  classCounts(sample.confusion()).forEach((counts, c) => {
    const weight = weights[c] as number;
    const { denominator } = classRatio(metric, counts);
    const quotient = classMetric(metric, counts);
    const scale = denominator === 0 ? 0 : (weight * sample.rows) / denominator;
    for (let i = 0; i < influence.length; i += 1) {
      const actual = sample.labels[i] === c ? 1 : 0;
      const row = classRatio(metric, {
        actual,
        predicted: predictions[i] === c ? 1 : 0,
        both: actual === 1 && predictions[i] === c ? 1 : 0,
      });
      const ofWeight = weightsAreShares ? quotient * (actual - weight) : 0;
      influence[i] = (influence[i] as number) + scale * (row.numerator - quotient * row.denominator) + ofWeight;
    }
  });
  return influence;
}
