import { createLogBayesFactor } from "../drift/bayes-factor.ts";
import { MINIMUM_HYPOTHESES, MINIMUM_LIVE_ROWS, MINIMUM_REFERENCE_ROWS } from "../drift/limits.ts";
import { populationStability } from "../drift/psi.ts";
import { driftReferences } from "../drift/reference.ts";
import { eBenjaminiHochberg } from "../statistics/e-bh.ts";
import { binCounts } from "./bin-counts.ts";
import type { FeatureProfile } from "./profile.ts";
import type { TextAspect } from "./text-views.ts";

/** Chance of any false finding in one batch. */
const ALPHA = 0.05;

/** A feature in two sets of rows, over the bins of the earlier one. */
export interface Comparison {
  feature: string;
  /** What of a text was compared; undefined for other features. */
  aspect: TextAspect | undefined;
  bins: readonly { label: string; reference: number; current: number; part: number }[];
  /** Effect: debiased population stability index. */
  debiasedPsi: number;
  /** Natural logarithm of the Bayes factor for a change; null with too few rows to say. */
  logBayesFactor: number | null;
  /** Whether the change is proven, with all features together. */
  isProven: boolean;
}

/**
 * Compares features of a batch with the same features of earlier batches, by the method of the drift monitor: evidence by a
 * two-sample Bayes factor, over all features by e-BH, and effect by the debiased PSI. Features that only one side has are left out.
 */
export function compareProfiles(
  current: Readonly<Record<string, FeatureProfile>>,
  earlier: Readonly<Record<string, FeatureProfile>>,
): Comparison[] {
  const references = Object.entries(driftReferences(earlier));
  const compared = references.flatMap(([name, reference]): Comparison[] => {
    const text = "text" in reference ? reference.text : undefined;
    const feature = text?.column ?? name;
    const profile = Object.hasOwn(current, feature) ? current[feature] : undefined;
    const counts = profile === undefined ? null : binCounts(reference, profile);
    if (counts === null) return [];
    const known = reference.bins.map(({ count }) => count);
    const [rows, referenceRows] = [total(counts), total(known)];
    if (rows === 0 || referenceRows === 0) return [];
    const { debiasedPsi, parts } = populationStability(known, counts);
    const isTestable = rows >= MINIMUM_LIVE_ROWS && referenceRows >= MINIMUM_REFERENCE_ROWS;
    return [
      {
        feature,
        aspect: text?.aspect,
        debiasedPsi,
        logBayesFactor: isTestable ? createLogBayesFactor(known)(counts) : null,
        isProven: false,
        bins: reference.bins.map(({ label, count }, bin) => ({
          label,
          reference: count,
          current: counts[bin] ?? 0,
          part: parts[bin] ?? 0,
        })),
      },
    ];
  });
  const tested = compared.filter(({ logBayesFactor }) => logBayesFactor !== null);
  const padding = new Array<number>(Math.max(0, MINIMUM_HYPOTHESES - tested.length)).fill(Number.NEGATIVE_INFINITY);
  const { rejected } = eBenjaminiHochberg(
    [...tested.map(({ logBayesFactor }) => logBayesFactor ?? 0), ...padding],
    ALPHA,
  );
  for (const [index, comparison] of tested.entries()) comparison.isProven = rejected[index] === true;
  return compared;
}

/** The bins that moved most, for messages: `Climb 12 % (before: 45 %)`. */
export function movedBins({ bins }: Comparison, limit = 3): string {
  const rows = total(bins.map(({ current }) => current));
  const before = total(bins.map(({ reference }) => reference));
  const share = (part: number, whole: number) => `${((100 * part) / whole).toPrecision(3)} %`;
  return [...bins]
    .sort((a, b) => b.part - a.part)
    .slice(0, limit)
    .map(({ label, current, reference }) => `${label} ${share(current, rows)} (before: ${share(reference, before)})`)
    .join(", ");
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
