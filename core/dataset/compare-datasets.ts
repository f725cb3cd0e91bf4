import { binCounts } from "../data/bin-counts.ts";
import { referenceBins } from "../data/bins.ts";
import type { FeatureProfile, Profile } from "../data/profile.ts";
import { populationStability } from "../drift/psi.ts";
import type { DatasetManifest, RowCounts } from "../plans/dataset-plan.ts";
import { type ColumnSummary, describeTarget, summarizeFeature } from "./summarize-profile.ts";

/** A dataset version with the profile of all its rows. */
export interface DatasetVersion {
  readonly manifest: DatasetManifest;
  readonly profile: Profile;
}

/** How one column's distribution moved. */
export interface ColumnChange {
  readonly column: string;
  readonly before: ColumnSummary;
  readonly after: ColumnSummary;
  /** Population stability index less its bias; below 0.01 nothing has moved, above 0.1 much has. */
  readonly debiasedPsi: number;
  /** The bin whose share moved most. */
  readonly movedMost: { readonly bin: string; readonly before: number; readonly after: number };
  /** Levels that only the later version has; at most 10, most frequent first. */
  readonly newLevels: readonly string[];
}

/** What changed from one dataset version to another. */
export interface DatasetDiff {
  readonly before: string;
  readonly after: string;
  readonly batches: { readonly added: readonly string[]; readonly removed: readonly string[]; readonly kept: number };
  readonly rows: { readonly before: RowCounts; readonly after: RowCounts };
  readonly columns: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    /** Columns whose type differs; their distributions cannot be compared. */
    readonly retyped: readonly { readonly column: string; readonly before: string; readonly after: string }[];
    /** All columns that both have, most moved first. */
    readonly changes: readonly ColumnChange[];
  };
  readonly target: { readonly before: string; readonly after: string };
}

const NUMBER_BINS = 10;
const LEVEL_BINS = 50;
const NEW_LEVELS = 10;

/** Compares two dataset versions of a model by manifests and profiles; no row is read. */
export function compareDatasets(before: DatasetVersion, after: DatasetVersion): DatasetDiff {
  const had = new Set(before.manifest.batches);
  const has = new Set(after.manifest.batches);
  const [old, now] = [before.profile.features, after.profile.features];
  const common = Object.keys(old).filter((name) => Object.hasOwn(now, name));
  const pairs = common.map((column) => ({
    column,
    first: old[column] as FeatureProfile,
    second: now[column] as FeatureProfile,
  }));
  return {
    before: before.manifest.datasetId,
    after: after.manifest.datasetId,
    batches: {
      added: [...has].filter((batch) => !had.has(batch)),
      removed: [...had].filter((batch) => !has.has(batch)),
      kept: [...has].filter((batch) => had.has(batch)).length,
    },
    rows: { before: before.manifest.rows, after: after.manifest.rows },
    columns: {
      added: Object.keys(now).filter((name) => !Object.hasOwn(old, name)),
      removed: Object.keys(old).filter((name) => !Object.hasOwn(now, name)),
      retyped: pairs
        .filter(({ first, second }) => first.type !== second.type)
        .map(({ column, first, second }) => ({ column, before: first.type, after: second.type })),
      changes: pairs
        .filter(({ first, second }) => first.type === second.type)
        .map(({ column, first, second }) => compareColumn(column, first, second))
        .sort((a, b) => b.debiasedPsi - a.debiasedPsi),
    },
    target: { before: describeTarget(before.profile.target), after: describeTarget(after.profile.target) },
  };
}

function compareColumn(column: string, before: FeatureProfile, after: FeatureProfile): ColumnChange {
  const reference = referenceBins(before, before.type === "category" ? LEVEL_BINS : NUMBER_BINS);
  const first = reference.bins.map(({ count }) => count);
  const second = binCounts(reference, after) ?? [];
  const total = (counts: readonly number[]) =>
    Math.max(
      1,
      counts.reduce((sum, n) => sum + n, 0),
    );
  const [firstTotal, secondTotal] = [total(first), total(second)];
  const moves = reference.bins.map(({ label }, index) => ({
    bin: label,
    before: (first[index] ?? 0) / firstTotal,
    after: (second[index] ?? 0) / secondTotal,
  }));
  const movedMost = moves.reduce((most, move) =>
    Math.abs(move.after - move.before) > Math.abs(most.after - most.before) ? move : most,
  );
  const known = before.type === "category" ? before.levels : {};
  const newLevels =
    after.type === "category"
      ? Object.entries(after.levels)
          .filter(([level]) => !Object.hasOwn(known, level))
          .sort(([, m], [, n]) => n - m)
          .slice(0, NEW_LEVELS)
          .map(([level]) => level)
      : [];
  return {
    column,
    before: summarizeFeature(before),
    after: summarizeFeature(after),
    debiasedPsi: populationStability(first, second).debiasedPsi,
    movedMost,
    newLevels,
  };
}
