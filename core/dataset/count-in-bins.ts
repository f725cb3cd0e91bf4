import type { ReferenceBins } from "../data/bins.ts";
import type { FeatureProfile } from "../data/profile.ts";
import { sketchEntries } from "../data/sketch.ts";
import { MlopsError } from "../errors/mlops-error.ts";

/**
 * Rows of a profile in each bin of a reference, exactly: bins of numbers end on bucket boundaries, and levels are counted by name.
 *
 * @returns as many counts as the reference has bins
 * @throws MlopsError `data.invalid-profile` when the two are of different types
 */
export function countInBins(reference: ReferenceBins, profile: FeatureProfile): number[] {
  const counts = new Array<number>(reference.bins.length).fill(0);
  const add = (bin: number, n: number) => {
    counts[bin] = (counts[bin] ?? 0) + n;
  };
  add(0, profile.nulls);
  if (reference.type === "number" && profile.type === "number") {
    const { upperKeys, lowestKey } = reference;
    for (const { key, count } of sketchEntries(profile.sketch)) {
      const index = upperKeys.findIndex((upper) => key <= upper);
      add(key <= lowestKey ? 1 : index < 0 ? upperKeys.length + 2 : index + 2, count);
    }
    return counts;
  }
  if (reference.type === "boolean" && profile.type === "boolean") {
    add(1, profile.count - profile.trueCount);
    add(2, profile.trueCount);
    return counts;
  }
  if (reference.type === "category" && profile.type === "category") {
    const own = new Map(reference.levels.map((level, index) => [level, index + 3]));
    const others = new Set(reference.otherLevels);
    add(1, profile.otherCount);
    for (const [level, count] of Object.entries(profile.levels)) {
      add(own.get(level) ?? (reference.distinctOverflow || others.has(level) ? 1 : 2), count);
    }
    return counts;
  }
  throw new MlopsError(
    "data.invalid-profile",
    `a ${profile.type} feature cannot be counted in the bins of a ${reference.type} feature`,
  );
}
