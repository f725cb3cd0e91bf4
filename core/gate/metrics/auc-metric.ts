import { type AucComponents, delongPaired, delongStandardError } from "../../statistics/delong.ts";
import { normalInterval, tInterval } from "../../statistics/intervals.ts";
import { standardErrorOfMean } from "../../statistics/moments.ts";
import type { Sample } from "../sample.ts";
import type { GateMetric } from "./gate-metric.ts";
import { compareByNormal, compareByRows } from "./paired-rows.ts";

const UNIT = { low: 0, high: 1 };

/**
 * Area under the ROC curve. Binary: DeLong's interval and paired test. Multiclass: plain mean over classes of one class
 * against the rest (scikit-learn: multi_class="ovr", average="macro"), compared through DeLong's components by row.
 */
export const aucMetric: GateMetric = {
  id: "auc",
  problems: ["binary-classification", "multiclass-classification"],
  higherIsBetter: true,
  range: UNIT,
  value(sample) {
    if (sample.problem === "binary-classification") return sample.components()?.auc ?? Number.NaN;
    return meanAuc(sample.classComponents());
  },
  interval(sample, confidence) {
    if (sample.problem === "binary-classification") {
      const components = sample.components();
      if (components === null || Math.min(components.positives, components.negatives) < 2) return null;
      return normalInterval(components.auc, delongStandardError(sample.labels, components), confidence, UNIT);
    }
    const components = sample.classComponents();
    if (components === null) return null;
    const error = standardErrorOfMean(macroInfluence(sample, components));
    return tInterval(meanAuc(components), error, sample.rows, confidence, UNIT);
  },
  compare(challenger, champion, { confidence }) {
    if (challenger.problem === "binary-classification") {
      const first = challenger.components();
      const second = champion.components();
      if (first === null || second === null || Math.min(first.positives, first.negatives) < 2) return null;
      const { difference, standardError } = delongPaired(challenger.labels, first, second);
      return compareByNormal("delong", difference, standardError, { confidence });
    }
    const first = challenger.classComponents();
    const second = champion.classComponents();
    if (first === null || second === null) return null;
    const shift = meanAuc(first) - meanAuc(second);
    const influences = [macroInfluence(challenger, first), macroInfluence(champion, second)] as const;
    return compareByRows("paired-delta", ...influences, { confidence, shift });
  },
};

function meanAuc(components: readonly AucComponents[] | null): number {
  if (components === null) return Number.NaN;
  return components.reduce((sum, { auc }) => sum + auc, 0) / components.length;
}

/** Influence of each row on the macro AUC: its centered placement, scaled by the inverse share of its side. */
function macroInfluence(sample: Sample, components: readonly AucComponents[]): Float64Array {
  const influence = new Float64Array(sample.rows);
  components.forEach((ofClass, c) => {
    for (let i = 0; i < influence.length; i += 1) {
      const side = sample.labels[i] === c ? ofClass.positives : ofClass.negatives;
      const centered = (ofClass.placements[i] as number) - ofClass.auc;
      influence[i] = (influence[i] as number) + (centered * sample.rows) / side / components.length;
    }
  });
  return influence;
}
