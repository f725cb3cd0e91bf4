import { eBenjaminiHochberg } from "../statistics/e-bh.ts";
import { describeDrift } from "./describe-drift.ts";
import { featureEvidence } from "./evidence.ts";
import { type FeatureFacts, judgeFeature } from "./judge-feature.ts";
import { DEFAULT_THRESHOLDS, MINIMUM_HYPOTHESES, MINIMUM_LIVE_ROWS, MINIMUM_REFERENCE_ROWS } from "./limits.ts";
import type { DriftDecision, DriftInput, DriftLevel, DriftStatus, FeatureDrift } from "./types.ts";
import { windowsOf } from "./windows.ts";

const DEFAULT_ALPHA = 0.05;

const SEVERITY: Readonly<Record<DriftLevel, number>> = { none: 0, note: 1, act: 2 };

/**
 * Decides what drifted since the champion went live. A feature alarms when drift is proven (e-value over all windows,
 * e-BH over the features) and its debiased PSI reaches a threshold: `note` tells people, `act` may also retrain.
 * Call it as often as you like: without drift the chance of any alarm in a year is at most `alpha`, provided that rows
 * are independent (a model scored in correlated bursts, or a season that the training data lack, is real drift to it).
 *
 * What it finds with the defaults (reference 10,000 rows, 20 features): a shift of 0.2 sigma in one feature within 5 days
 * at 500 rows a day. That shift has a PSI of 0.04, below 0.1: it is noted, with an alarm, and it does not retrain by
 * itself; set `act` to 0.03 to act on it. `act` at its default takes about 0.33 sigma.
 * Pure and O(bins).
 */
export function decideDrift(input: DriftInput): DriftDecision {
  const thresholds = input.thresholds ?? DEFAULT_THRESHOLDS;
  const facts = Object.keys(input.references).map((feature) => factsOf(feature, input));
  const tested = facts.filter(({ status }) => status === "tested");
  const padding = new Array<number>(Math.max(0, MINIMUM_HYPOTHESES - tested.length)).fill(Number.NEGATIVE_INFINITY);
  const { rejected, logThreshold } = eBenjaminiHochberg(
    [...tested.map(({ evidence }) => evidence.logEValue), ...padding],
    input.alpha ?? DEFAULT_ALPHA,
  );
  const proven = new Set(tested.filter((_, index) => rejected[index]).map(({ feature }) => feature));
  const features = facts
    .map((fact) =>
      judgeFeature(fact, { isProven: proven.has(fact.feature), logThreshold }, thresholds, MINIMUM_LIVE_ROWS),
    )
    .sort(bySeverity);
  const level = features[0]?.level ?? "none";
  const status = overallStatus(facts);
  const recent = facts.map(({ windows }) => windows[1]);
  return {
    level,
    alarmed: level !== "none",
    status,
    reason: describeDrift({ level, status, features, thresholds }),
    period: { from: input.state.chunks[0]?.openedAt ?? input.state.since, to: input.now },
    rows: Math.max(0, ...recent.map((window) => window?.rows ?? 0)),
    rowsSinceChampion: Math.max(0, ...facts.map(({ windows }) => windows[0]?.rows ?? 0)),
    features,
  };
}

function factsOf(feature: string, { references, state }: DriftInput): FeatureFacts {
  const bins = references[feature]?.bins ?? [];
  const reference = bins.map(({ count }) => count);
  const windows = windowsOf(feature, bins.length, state);
  const referenceRows = reference.reduce((sum, count) => sum + count, 0);
  const hasReference = referenceRows >= MINIMUM_REFERENCE_ROWS;
  const evidence = featureEvidence(reference, hasReference ? windows : [], MINIMUM_LIVE_ROWS);
  const status: DriftStatus = !hasReference
    ? "insufficient-reference"
    : evidence.windows.length === 0
      ? "too-few-rows"
      : "tested";
  return { feature, status, labels: bins.map(({ label }) => label), reference, windows, evidence };
}

/** Tested as soon as one feature is; else what most plainly stands in the way. */
function overallStatus(facts: readonly FeatureFacts[]): DriftStatus {
  if (facts.some(({ status }) => status === "tested")) return "tested";
  return facts.some(({ status }) => status === "too-few-rows") ? "too-few-rows" : "insufficient-reference";
}

function bySeverity(a: FeatureDrift, b: FeatureDrift): number {
  const isTested = (drift: FeatureDrift): number => (drift.status === "tested" ? 1 : 0);
  return SEVERITY[b.level] - SEVERITY[a.level] || isTested(b) - isTested(a) || b.debiasedPsi - a.debiasedPsi;
}
