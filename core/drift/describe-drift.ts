import { MINIMUM_LIVE_ROWS, MINIMUM_REFERENCE_ROWS } from "./limits.ts";
import type { DriftLevel, DriftStatus, DriftThresholds, FeatureDrift } from "./types.ts";

const NAMED_FEATURES = 3;

/** The decision in words: what moved by how much, on what evidence, since when, and what to do. */
export function describeDrift(facts: {
  level: DriftLevel;
  status: DriftStatus;
  features: readonly FeatureDrift[];
  thresholds: DriftThresholds;
}): string {
  const { level, status, features, thresholds } = facts;
  if (status === "insufficient-reference") {
    const most = Math.max(0, ...features.map(({ referenceRows }) => referenceRows));
    return `insufficient reference: the largest has ${most} rows, at least ${MINIMUM_REFERENCE_ROWS} are needed; train on more data before drift can be judged`;
  }
  if (status === "too-few-rows") {
    const most = Math.max(0, ...features.map(({ rows }) => rows));
    return `too few live rows: ${most} so far, at least ${MINIMUM_LIVE_ROWS} are needed; wait for more traffic`;
  }
  if (level === "none") {
    const tested = features.filter((feature) => feature.status === "tested").length;
    return `no drift that is both proven and at least ${thresholds.note} (debiased PSI) in ${tested} features`;
  }
  const moved = features.filter((feature) => feature.level === level);
  const named = moved.slice(0, NAMED_FEATURES).map(describeFeature).join("; ");
  const more = moved.length > NAMED_FEATURES ? `; and ${moved.length - NAMED_FEATURES} more` : "";
  const advice =
    level === "act"
      ? `at least ${thresholds.act}: check where these values come from (unit, sender, encoding); if the change is real, retrain`
      : `at least ${thresholds.note} but not ${thresholds.act} now: look at it; nothing is retrained for it`;
  return `${named}${more}; ${advice}`;
}

function describeFeature(drift: FeatureDrift): string {
  const bins = drift.bins
    .slice(0, 2)
    .map((bin) => `${bin.bin} ${percent(bin.referenceShare)} to ${percent(bin.liveShare)}`);
  const passed = drift.passed ? ", but no longer in the latest rows" : "";
  return `${drift.feature} moved (debiased PSI ${Number(drift.debiasedPsi.toPrecision(3))}, e-value ${drift.eValue}, ${drift.rows} rows since ${drift.from}: ${bins.join(", ")})${passed}`;
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(1))} %`;
}
