import type { Problem } from "../../definition/metrics.ts";
import { bootstrap, weightedMean } from "../../statistics/bootstrap.ts";
import { tInterval } from "../../statistics/intervals.ts";
import { mean, standardErrorOfMean } from "../../statistics/moments.ts";
import { createRandom } from "../../statistics/random.ts";
import type { Sample } from "../sample.ts";
import type { Comparison } from "../types.ts";
import type { CompareOptions, GateMetric } from "./gate-metric.ts";
import { compareByNormal, compareByRows } from "./paired-rows.ts";

/** Below this many rows the t test leans too much on normal losses, and the bootstrap takes over. */
export const SMALL_SAMPLE_ROWS = 200;
const SMALL_SAMPLE_RESAMPLES = 2_000;

/**
 * A metric that is the mean of a per-row loss, or its square root (`root`, for RMSE: in units of the target).
 * Interval: Student's t. Comparison: paired t on the losses (for the root by the delta method, whose per-row
 * contribution is loss / (2 * metric)); a seeded paired bootstrap below 200 rows.
 */
export function meanLossMetric(parameters: {
  id: string;
  problems: readonly Problem[];
  range?: { low: number; high: number };
  root?: boolean;
  losses: (sample: Sample) => Float64Array;
}): GateMetric {
  const { losses } = parameters;
  const range = parameters.range ?? { low: 0, high: Number.POSITIVE_INFINITY };
  const transform = parameters.root === true ? Math.sqrt : (value: number) => value;
  return {
    id: parameters.id,
    problems: parameters.problems,
    higherIsBetter: false,
    range,
    value: (sample) => transform(mean(losses(sample))),
    interval(sample, confidence) {
      if (sample.rows < 2) return null;
      const values = losses(sample);
      const ofMean = tInterval(mean(values), standardErrorOfMean(values), sample.rows, confidence, {
        low: 0,
        high: Number.POSITIVE_INFINITY,
      });
      return { low: transform(ofMean.low), high: Math.min(range.high, transform(ofMean.high)) };
    },
    compare(challenger, champion, options) {
      if (challenger.rows < 2) return null;
      const first = losses(challenger);
      const second = losses(champion);
      if (challenger.rows < SMALL_SAMPLE_ROWS) return compareSmall(first, second, transform, options);
      if (parameters.root !== true) {
        return compareByRows("paired-t", first, second, { confidence: options.confidence });
      }
      const contributions = [rootContributions(first), rootContributions(second)] as const;
      const shift = Math.sqrt(mean(first)) - Math.sqrt(mean(second));
      return compareByRows("paired-t", ...contributions, {
        confidence: options.confidence,
        shift,
      });
    },
  };
}

function compareSmall(
  first: Float64Array,
  second: Float64Array,
  transform: (value: number) => number,
  options: CompareOptions,
): Comparison {
  const difference = transform(mean(first)) - transform(mean(second));
  const { standardError, interval } = bootstrap(
    first.length,
    (weights) => transform(weightedMean(first, weights)) - transform(weightedMean(second, weights)),
    { random: createRandom(options.seed), resamples: SMALL_SAMPLE_RESAMPLES, confidence: options.confidence },
  );
  const byNormal = compareByNormal("paired-bootstrap", difference, standardError, {
    confidence: options.confidence,
  });
  return { ...byNormal, low: interval.low, high: interval.high };
}

/** Centered contribution of each row to the root of the mean; all 0 for a perfect model. */
function rootContributions(losses: Float64Array): Float64Array {
  const center = mean(losses);
  const scale = center === 0 ? 0 : 1 / (2 * Math.sqrt(center));
  return losses.map((loss) => (loss - center) * scale);
}
