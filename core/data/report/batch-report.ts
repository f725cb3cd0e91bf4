import type { ModelDefinition } from "../../definition/schema.ts";
import { type BatchContext, type BatchFinding, targetAsFeature } from "../batch-facts.ts";
import { compareProfiles } from "../compare-profiles.ts";
import { emptyDistinct, estimateDistinct } from "../distinct-sketch.ts";
import type { FeatureProfile, Profile } from "../profile.ts";
import type { Reason } from "../reason.ts";
import { shownValue } from "../text.ts";
import type { TimeRange } from "../time-column.ts";
import { type ChartBar, chartBars } from "./chart-bins.ts";

/** One feature (or the target) of the report: what it is like now, and in the batches before. */
export interface ReportedFeature {
  name: string;
  role: "feature" | "target";
  type: FeatureProfile["type"];
  /** Rows with a value, and without. */
  count: number;
  nulls: number;
  /** Share of rows without a value in the batches before; null without any. */
  nullShareBefore: number | null;
  /** Of numbers and of the lengths of texts; of timestamps milliseconds since the epoch. */
  min?: number | null;
  max?: number | null;
  mean?: number;
  standardDeviation?: number;
  /** About how many different times or texts there are. */
  distinct?: number;
  /** Debiased PSI against the batches before; null without any. */
  debiasedPsi: number | null;
  bars: ChartBar[];
}

/** `report.json` of a batch, accepted or quarantined; see docs/contract.md. */
export interface BatchReport {
  schemaVersion: 1;
  verdict: "accepted" | "quarantined";
  model: string;
  batchId: string;
  source: { bucket: string; key: string; versionId: string };
  decidedAt: string;
  /** Data rows that were read. */
  rows: number;
  columns: readonly string[];
  timeRange: TimeRange | null;
  /** Why it was quarantined; empty for accepted batches. */
  reasons: readonly Reason[];
  /** What is worth a look, but did not reject. */
  warnings: readonly BatchFinding[];
  /** What the distributions are compared with. */
  comparedWith: { batches: number; rows: number } | null;
  features: readonly ReportedFeature[];
  /** Features without a chart, because there are so many. */
  omittedFeatures: number;
}

/** Most features with a chart; those with findings come first. */
const MAX_FEATURES = 100;
/** Most column names in the report. */
const MAX_COLUMNS = 1_000;

/** What a report is made of. */
export interface ReportInput {
  verdict: BatchReport["verdict"];
  model: string;
  batchId: string;
  source: BatchReport["source"];
  decidedAt: string;
  rows: number;
  columns: readonly string[];
  timeRange: TimeRange | null;
  reasons: readonly Reason[];
  warnings: readonly BatchFinding[];
  /** Null when nothing of the file could be read. */
  profile: Profile | null;
  context: BatchContext;
}

/** Makes the report of a batch. `definition` is null for a model that nobody defined. */
export function makeReport(input: ReportInput, definition: ModelDefinition | null): BatchReport {
  const { profile, context, rows, timeRange } = input;
  const features = profile === null || definition === null || rows === 0 ? [] : describe(input, profile, definition);
  const named = new Set([...input.reasons, ...input.warnings].map(({ column }) => column));
  const order = ({ name, role, debiasedPsi }: ReportedFeature) =>
    (named.has(name) ? 1e6 : 0) + (role === "target" ? 1e5 : 0) + (debiasedPsi ?? 0);
  const sorted = features.toSorted((a, b) => order(b) - order(a));
  return {
    schemaVersion: 1,
    verdict: input.verdict,
    model: input.model,
    batchId: input.batchId,
    source: input.source,
    decidedAt: input.decidedAt,
    rows,
    columns: input.columns.slice(0, MAX_COLUMNS).map(shownValue),
    timeRange,
    reasons: input.reasons,
    warnings: input.warnings,
    comparedWith: context.profile === null ? null : { batches: context.batches.length, rows: context.profile.rows },
    features: sorted.slice(0, MAX_FEATURES),
    omittedFeatures: Math.max(0, sorted.length - MAX_FEATURES),
  };
}

function describe({ context }: ReportInput, profile: Profile, { data }: ModelDefinition): ReportedFeature[] {
  const earlier = context.profile;
  const target = data.target.column;
  const now = { ...profile.features, [target]: targetAsFeature(profile) };
  const before = earlier === null ? {} : { ...earlier.features, [target]: targetAsFeature(earlier) };
  const psi = new Map<string, number>();
  for (const { feature, debiasedPsi } of compareProfiles(now, before)) {
    psi.set(feature, Math.max(debiasedPsi, psi.get(feature) ?? debiasedPsi));
  }
  return Object.entries(now).map(([name, feature]): ReportedFeature => {
    const reference: FeatureProfile | null = (Object.hasOwn(before, name) ? before[name] : undefined) ?? null;
    const rowsBefore = reference === null ? 0 : reference.count + reference.nulls;
    return {
      name,
      role: name === target ? "target" : "feature",
      type: feature.type,
      count: feature.count,
      nulls: feature.nulls,
      nullShareBefore: reference === null || rowsBefore === 0 ? null : reference.nulls / rowsBefore,
      ...statistics(feature),
      debiasedPsi: psi.get(name) ?? null,
      bars: chartBars(feature, reference).map((bar) => ({ ...bar, label: shownValue(bar.label) })),
    };
  });
}

function statistics(feature: FeatureProfile): Partial<ReportedFeature> {
  if (feature.type === "category" || feature.type === "boolean") return {};
  const { min, max, mean, m2, count } = feature.type === "text" ? feature.length : feature;
  return {
    min,
    max,
    mean,
    standardDeviation: count > 1 ? Math.sqrt(m2 / (count - 1)) : 0,
    ...(feature.type !== "number" && { distinct: estimateDistinct(feature.distinct ?? emptyDistinct()) }),
  };
}
