import { bootstrap } from "../../statistics/bootstrap.ts";
import { normalQuantile } from "../../statistics/normal.ts";
import { createRandom } from "../../statistics/random.ts";
import type { GateMetric } from "./gate-metric.ts";
import { compareByNormal } from "./paired-rows.ts";

const MAX_RESAMPLES = 1_000;
const MIN_RESAMPLES = 100;
/** Rows times resamples: keeps a verdict over 100,000 rows below a second. */
const WORK = 10_000_000;

/**
 * Average precision (binary). Interval: logit interval (Boyd, Eng & Page 2013,
 * https://doi.org/10.1007/978-3-642-40994-3_29). Comparison: seeded paired bootstrap, 1,000 resamples (fewer from
 * 10,000 rows on, where the standard error is all that is needed).
 */
export const averagePrecisionMetric: GateMetric = {
  id: "average-precision",
  problems: ["binary-classification"],
  higherIsBetter: true,
  range: { low: 0, high: 1 },
  value: (sample) => (sample.components() === null ? Number.NaN : sample.averagePrecision()()),
  interval(sample, confidence) {
    const components = sample.components();
    if (components === null) return null;
    const estimate = sample.averagePrecision()();
    if (estimate <= 0 || estimate >= 1) return null;
    const logit = Math.log(estimate / (1 - estimate));
    const half = normalQuantile(0.5 + confidence / 2) / Math.sqrt(components.positives * estimate * (1 - estimate));
    return { low: 1 / (1 + Math.exp(half - logit)), high: 1 / (1 + Math.exp(-half - logit)) };
  },
  compare(challenger, champion, { confidence, seed }) {
    const components = challenger.components();
    if (components === null) return null;
    const resamples = Math.max(MIN_RESAMPLES, Math.min(MAX_RESAMPLES, Math.floor(WORK / challenger.rows)));
    const first = challenger.averagePrecision();
    const second = champion.averagePrecision();
    const difference = first() - second();
    const { standardError } = bootstrap(challenger.rows, (weights) => first(weights) - second(weights), {
      random: createRandom(seed),
      resamples,
      confidence,
    });
    return compareByNormal("paired-bootstrap", difference, standardError, { confidence });
  },
};
