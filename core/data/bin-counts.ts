import type { ReferenceBins } from "./bins.ts";
import type { FeatureProfile, TimestampProfile } from "./profile.ts";
import { sketchEntries } from "./sketch.ts";
import { textAsLengths, textAsWords } from "./text-views.ts";
import { timeSlices } from "./time-histogram.ts";

/**
 * Counts of a profile over the bins of a reference, one number a bin. Exact: number bins end on bucket boundaries. (Only of the slice of
 * time that the reference begins in is not known which rows come before; they count as not before.)
 * A profile of another type than the reference's has nothing in common with it and gives null.
 */
export function binCounts(reference: ReferenceBins, profile: FeatureProfile): number[] | null {
  if (profile.type === "text" && reference.type !== "timestamp") {
    const isLength = reference.type === "number" && reference.text?.aspect === "length";
    return binCounts(reference, isLength ? textAsLengths(profile) : textAsWords(profile));
  }
  const counts = new Array<number>(reference.bins.length).fill(0);
  const add = (bin: number, count: number) => {
    counts[bin] = (counts[bin] ?? 0) + count;
  };
  add(0, profile.nulls);
  if (reference.type === "boolean") {
    if (profile.type !== "boolean") return null;
    add(1, profile.count - profile.trueCount);
    add(2, profile.trueCount);
    return counts;
  }
  if (reference.type === "timestamp") {
    if (profile.type !== "timestamp") return null;
    const before = countBefore(profile, reference.earliest);
    add(1, before);
    add(2, profile.count - before);
    return counts;
  }
  if (reference.type === "category") {
    if (profile.type !== "category") return null;
    const own = new Map(reference.levels.map((level, index) => [level, index + 3]));
    const others = new Set(reference.otherLevels);
    for (const [level, count] of Object.entries(profile.levels)) {
      add(own.get(level) ?? (reference.distinctOverflow || others.has(level) ? 1 : 2), count);
    }
    add(1, profile.otherCount);
    return counts;
  }
  if (profile.type !== "number") return null;
  let bin = 0;
  for (const { key, count } of sketchEntries(profile.sketch)) {
    while (bin < reference.upperKeys.length && (reference.upperKeys[bin] as number) < key) bin++;
    add(key <= reference.lowestKey ? 1 : bin + 2, count);
  }
  return counts;
}

function countBefore({ histogram, min }: TimestampProfile, earliest: number | null): number {
  if (earliest === null || min === null || min >= earliest) return 0;
  return timeSlices(histogram).reduce((sum, { to, count }) => sum + (to <= earliest ? count : 0), 0);
}
