import type { ModelDefinition } from "../definition/schema.ts";
import { MlopsError } from "../errors/mlops-error.ts";
import { DistinctBuilder, type DistinctSketch, emptyDistinct, mergeDistinct } from "./distinct-sketch.ts";
import { emptyNumberSummary, mergeNumberSummaries } from "./number-summary.ts";
import {
  type FeatureProfile,
  type LevelSummary,
  MAX_PROFILE_LEVELS,
  type NumberSummary,
  type Profile,
  type TargetProfile,
  type TextProfile,
  type TimestampProfile,
} from "./profile.ts";
import { emptySketch } from "./sketch.ts";
import { emptyTimeHistogram, mergeTimeHistograms } from "./time-histogram.ts";

/** Sorts level names by their UTF-16 code units, the same everywhere. */
export function sortedLevels(levels: Iterable<[string, number]>): Record<string, number> {
  return Object.fromEntries([...levels].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** Sketch of the distinct levels: those that have a name, and those that were counted before. */
function distinctOfLevels({ levels, distinct = emptyDistinct() }: LevelSummary): DistinctSketch {
  const builder = new DistinctBuilder();
  for (const level of Object.keys(levels)) builder.addText(level);
  return mergeDistinct(distinct, builder.build());
}

function mergeLevels(a: LevelSummary, b: LevelSummary): LevelSummary {
  const sum = new Map(Object.entries(a.levels));
  for (const [level, count] of Object.entries(b.levels)) sum.set(level, (sum.get(level) ?? 0) + count);
  const otherCount = a.otherCount + b.otherCount;
  const distinctOverflow = a.distinctOverflow || b.distinctOverflow || sum.size > MAX_PROFILE_LEVELS;
  const distinct = distinctOverflow ? { distinct: mergeDistinct(distinctOfLevels(a), distinctOfLevels(b)) } : {};
  if (sum.size <= MAX_PROFILE_LEVELS) return { levels: sortedLevels(sum), otherCount, distinctOverflow, ...distinct };
  const ranked = [...sum].sort(([x, m], [y, n]) => n - m || (x < y ? -1 : 1));
  const dropped = ranked.slice(MAX_PROFILE_LEVELS).reduce((total, [, count]) => total + count, 0);
  return {
    levels: sortedLevels(ranked.slice(0, MAX_PROFILE_LEVELS)),
    otherCount: otherCount + dropped,
    distinctOverflow,
    ...distinct,
  };
}

function invalidOf(a: { invalid?: number }, b: { invalid?: number }): { invalid?: number } {
  return a.invalid === undefined || b.invalid === undefined ? {} : { invalid: a.invalid + b.invalid };
}

function mergeTimestamps(a: TimestampProfile, b: TimestampProfile): TimestampProfile {
  const sketch = emptySketch();
  const { sketch: _, ...moments } = mergeNumberSummaries({ ...momentsOf(a), sketch }, { ...momentsOf(b), sketch });
  return {
    type: "timestamp",
    nulls: a.nulls + b.nulls,
    invalid: a.invalid + b.invalid,
    ...moments,
    histogram: mergeTimeHistograms(a.histogram, b.histogram),
  };
}

function momentsOf({ count, min, max, mean, m2, distinct }: TimestampProfile): Omit<NumberSummary, "sketch"> {
  return { count, min, max, mean, m2, ...(distinct === undefined ? {} : { distinct }) };
}

function mergeTexts(a: TextProfile, b: TextProfile): TextProfile {
  return {
    type: "text",
    count: a.count + b.count,
    nulls: a.nulls + b.nulls,
    invalid: a.invalid + b.invalid,
    length: mergeNumberSummaries(a.length, b.length),
    distinct: mergeDistinct(a.distinct, b.distinct),
    words: mergeLevels(a.words, b.words),
  };
}

function mergeFeatures(name: string, a: FeatureProfile, b: FeatureProfile): FeatureProfile {
  if (a.type === "number" && b.type === "number") {
    return { type: "number", nulls: a.nulls + b.nulls, ...invalidOf(a, b), ...mergeNumberSummaries(a, b) };
  }
  if (a.type === "category" && b.type === "category") {
    return {
      type: "category",
      count: a.count + b.count,
      nulls: a.nulls + b.nulls,
      ...invalidOf(a, b),
      ...mergeLevels(a, b),
    };
  }
  if (a.type === "boolean" && b.type === "boolean") {
    return {
      type: "boolean",
      count: a.count + b.count,
      nulls: a.nulls + b.nulls,
      ...invalidOf(a, b),
      trueCount: a.trueCount + b.trueCount,
    };
  }
  if (a.type === "timestamp" && b.type === "timestamp") return mergeTimestamps(a, b);
  if (a.type === "text" && b.type === "text") return mergeTexts(a, b);
  throw new MlopsError(
    "data.invalid-profile",
    `feature ${JSON.stringify(name)} is ${a.type} in one profile and ${b.type} in the other`,
  );
}

function mergeTargets(a: TargetProfile, b: TargetProfile): TargetProfile {
  if (a.type === "binary" && b.type === "binary") {
    return { type: "binary", positive: a.positive + b.positive, negative: a.negative + b.negative };
  }
  if (a.type === "multiclass" && b.type === "multiclass") return { type: "multiclass", ...mergeLevels(a, b) };
  if (a.type === "regression" && b.type === "regression") return { type: "regression", ...mergeNumberSummaries(a, b) };
  throw new MlopsError("data.invalid-profile", `the target is ${a.type} in one profile and ${b.type} in the other`);
}

/**
 * The profile of both sets of rows together. All counts are exact and independent of the order (levels: as long as both
 * together have at most 10,000; beyond that the most frequent are kept); mean and m2 differ by rounding only.
 *
 * @throws MlopsError `data.invalid-profile` when the two do not have the same features
 */
export function mergeProfiles(a: Profile, b: Profile): Profile {
  const names = Object.keys(a.features);
  const other = new Set(Object.keys(b.features));
  const lacking = names.filter((name) => !other.has(name));
  if (lacking.length > 0 || names.length !== other.size) {
    const extra = [...other].filter((name) => !Object.hasOwn(a.features, name));
    throw new MlopsError(
      "data.invalid-profile",
      `profiles with different features cannot be merged: ${[...lacking, ...extra].join(", ")}`,
      {
        details: { onlyInFirst: lacking, onlyInSecond: extra },
      },
    );
  }
  const features = names.map((name): [string, FeatureProfile] => {
    const [first, second] = [a.features[name], b.features[name]];
    if (first === undefined || second === undefined)
      throw new MlopsError("internal.invariant", `feature ${name} vanished`);
    return [name, mergeFeatures(name, first, second)];
  });
  return {
    schemaVersion: 1,
    rows: a.rows + b.rows,
    features: Object.fromEntries(features),
    target: mergeTargets(a.target, b.target),
  };
}

function emptyText(): TextProfile {
  const { distinct = emptyDistinct(), ...length } = emptyNumberSummary();
  const words = { levels: {}, otherCount: 0, distinctOverflow: false };
  return { type: "text", count: 0, nulls: 0, invalid: 0, length, distinct, words };
}

/** The profile of no rows, which changes nothing when it is merged. */
export function emptyProfile(definition: ModelDefinition): Profile {
  const features = Object.entries(definition.data.features).map(([name, { type }]): [string, FeatureProfile] => {
    if (type === "number") return [name, { type, nulls: 0, invalid: 0, ...emptyNumberSummary() }];
    if (type === "boolean") return [name, { type, count: 0, nulls: 0, invalid: 0, trueCount: 0 }];
    if (type === "timestamp") {
      const { sketch: _, ...moments } = emptyNumberSummary();
      return [name, { type, nulls: 0, invalid: 0, ...moments, histogram: emptyTimeHistogram() }];
    }
    if (type === "text") return [name, emptyText()];
    return [name, { type, count: 0, nulls: 0, invalid: 0, levels: {}, otherCount: 0, distinctOverflow: false }];
  });
  const targets: Record<ModelDefinition["problem"], TargetProfile> = {
    "binary-classification": { type: "binary", positive: 0, negative: 0 },
    "multiclass-classification": { type: "multiclass", levels: {}, otherCount: 0, distinctOverflow: false },
    regression: { type: "regression", ...emptyNumberSummary() },
  };
  return { schemaVersion: 1, rows: 0, features: Object.fromEntries(features), target: targets[definition.problem] };
}
