import type { FeatureEvidence, WindowEvidence } from "./evidence.ts";
import { provenWindows } from "./evidence.ts";
import { populationStability } from "./psi.ts";
import type { DriftLevel, DriftStatus, DriftThresholds, FeatureDrift, MovedBin } from "./types.ts";
import type { WindowCounts } from "./windows.ts";

const SHOWN_BINS = 5;

/** What a feature is judged by. */
export interface FeatureFacts {
  readonly feature: string;
  readonly status: DriftStatus;
  readonly labels: readonly string[];
  readonly reference: readonly number[];
  readonly windows: readonly WindowCounts[];
  readonly evidence: FeatureEvidence;
}

/**
 * Level of one feature: drift must be proven (`isProven`, by e-BH over the features), and where it is proven the debiased
 * PSI must reach the threshold. The largest effect among the windows that carry the proof counts. An effect that the
 * latest rows no longer show is noted, but not acted upon: retraining for something that has passed helps nobody.
 */
export function judgeFeature(
  facts: FeatureFacts,
  proof: { isProven: boolean; logThreshold: number },
  thresholds: DriftThresholds,
  minimumRows: number,
): FeatureDrift {
  const candidates = proof.isProven
    ? provenWindows(facts.evidence, proof.logThreshold)
    : provenWindows(facts.evidence, Number.POSITIVE_INFINITY);
  const shown = candidates
    .map((window) => ({ window, effect: populationStability(facts.reference, window.counts) }))
    .sort((a, b) => b.effect.debiasedPsi - a.effect.debiasedPsi)[0];
  if (shown === undefined) return untested(facts);

  const { window, effect } = shown;
  const passed = proof.isProven && !isStillThere(facts, thresholds, minimumRows);
  return {
    feature: facts.feature,
    level: proof.isProven ? levelOf(effect.debiasedPsi, thresholds, passed) : "none",
    status: facts.status,
    psi: effect.psi,
    debiasedPsi: effect.debiasedPsi,
    logBayesFactor: window.logBayesFactor,
    eValue: showExponential(facts.evidence.logEValue),
    window: window.window,
    from: window.from,
    rows: window.rows,
    referenceRows: total(facts.reference),
    passed,
    bins: movedBins(facts, window, effect.parts),
  };
}

function levelOf(debiasedPsi: number, thresholds: DriftThresholds, passed: boolean): DriftLevel {
  if (debiasedPsi < thresholds.note) return "none";
  return debiasedPsi >= thresholds.act && !passed ? "act" : "note";
}

/** Whether the shortest window with enough rows still shows at least the effect that is worth a note. */
function isStillThere(facts: FeatureFacts, thresholds: DriftThresholds, minimumRows: number): boolean {
  const latest = facts.windows.findLast(({ rows }) => rows >= 2 * minimumRows);
  if (latest === undefined) return true;
  return populationStability(facts.reference, latest.counts).debiasedPsi >= thresholds.note;
}

function untested(facts: FeatureFacts): FeatureDrift {
  const all = facts.windows[0];
  return {
    feature: facts.feature,
    level: "none",
    status: facts.status,
    psi: 0,
    debiasedPsi: 0,
    logBayesFactor: 0,
    eValue: "1e0",
    window: "cumulative",
    from: all?.from ?? "",
    rows: all?.rows ?? 0,
    referenceRows: total(facts.reference),
    passed: false,
    bins: [],
  };
}

function movedBins(facts: FeatureFacts, window: WindowEvidence, parts: readonly number[]): MovedBin[] {
  const referenceRows = total(facts.reference);
  return parts
    .map((part, bin) => ({ part, bin }))
    .filter(({ part }) => part > 0)
    .sort((a, b) => b.part - a.part)
    .slice(0, SHOWN_BINS)
    .map(({ bin }) => ({
      bin: facts.labels[bin] as string,
      referenceShare: (facts.reference[bin] as number) / referenceRows,
      liveShare: (window.counts[bin] as number) / window.rows,
    }));
}

/** e^log as text such as "3.2e135"; a double ends at 1e308. */
export function showExponential(log: number): string {
  if (log === Number.NEGATIVE_INFINITY) return "0";
  const decimal = log / Math.LN10;
  const exponent = Math.floor(decimal);
  const mantissa = Math.floor(10 ** (decimal - exponent) * 10) / 10;
  return `${mantissa}e${exponent}`;
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
