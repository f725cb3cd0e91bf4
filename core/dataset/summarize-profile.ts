import type { FeatureProfile, TargetProfile } from "../data/profile.ts";
import { quantile } from "../data/sketch.ts";

/** The most frequent levels of a category, as shares of all rows that have a value. */
export interface LevelShare {
  readonly level: string;
  readonly share: number;
}

/** What a person wants to know about a column at a glance. */
export interface ColumnSummary {
  readonly type: FeatureProfile["type"];
  readonly nullShare: number;
  /** Numbers; the lengths of texts; `min` and `max` of timestamps in milliseconds since the epoch. */
  readonly mean?: number;
  readonly deviation?: number;
  readonly min?: number | null;
  readonly median?: number;
  readonly max?: number | null;
  /** Categories; of texts the shares of their words. */
  readonly levels?: number;
  readonly topLevels?: readonly LevelShare[];
  /** Booleans. */
  readonly trueShare?: number;
}

const TOP_LEVELS = 3;

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function topLevels(levels: Readonly<Record<string, number>>, count: number): LevelShare[] {
  return Object.entries(levels)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, TOP_LEVELS)
    .map(([level, rows]) => ({ level, share: share(rows, count) }));
}

/** Sample standard deviation; 0 for fewer than two values. */
function deviationOf({ m2, count }: { readonly m2: number; readonly count: number }): number {
  return count < 2 ? 0 : Math.sqrt(m2 / (count - 1));
}

/** Summary of a feature's profile. */
export function summarizeFeature(profile: FeatureProfile): ColumnSummary {
  const nullShare = share(profile.nulls, profile.count + profile.nulls);
  if (profile.type === "number") {
    const { mean, min, max } = profile;
    const median = profile.count === 0 ? Number.NaN : quantile(profile.sketch, 0.5);
    return { type: "number", nullShare, mean, deviation: deviationOf(profile), min, median, max };
  }
  if (profile.type === "boolean") {
    return { type: "boolean", nullShare, trueShare: share(profile.trueCount, profile.count) };
  }
  if (profile.type === "timestamp") return { type: "timestamp", nullShare, min: profile.min, max: profile.max };
  if (profile.type === "text") {
    const { mean, min, max } = profile.length;
    const { levels } = profile.words;
    const top = topLevels(levels, profile.count);
    return { type: "text", nullShare, mean, deviation: deviationOf(profile.length), min, max, topLevels: top };
  }
  const { levels, count } = profile;
  return { type: "category", nullShare, levels: Object.keys(levels).length, topLevels: topLevels(levels, count) };
}

/** A target's profile in one line. */
export function describeTarget(target: TargetProfile): string {
  if (target.type === "binary") {
    const rows = target.positive + target.negative;
    return `${target.positive} of ${rows} positive (${(100 * share(target.positive, rows)).toFixed(2)} %)`;
  }
  if (target.type === "regression") {
    return `mean ${Number(target.mean.toPrecision(5))}, deviation ${Number(deviationOf(target).toPrecision(5))}, ${target.min} to ${target.max}`;
  }
  const rows = Object.values(target.levels).reduce((sum, n) => sum + n, 0);
  return topLevels(target.levels, rows)
    .map(({ level, share: part }) => `${level} ${(100 * part).toFixed(1)} %`)
    .join(", ");
}
