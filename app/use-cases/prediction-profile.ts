import { NumberSummaryBuilder } from "../../core/data/number-summary.ts";
import { type FeatureProfile, MAX_PROFILE_LEVELS } from "../../core/data/profile.ts";
import type { Problem } from "../../core/definition/metrics.ts";

/** Builds the profile of a model's predictions one at a time: of the probability, the value, or the class. */
export interface PredictionProfileBuilder {
  add(value: number | string | null): void;
  build(): FeatureProfile;
}

/** A builder for the predictions of a problem. */
export function createPredictionProfile(problem: Problem): PredictionProfileBuilder {
  return problem === "multiclass-classification" ? levelProfile() : numberProfile();
}

function numberProfile(): PredictionProfileBuilder {
  const summary = new NumberSummaryBuilder();
  let nulls = 0;
  return {
    add(value) {
      if (typeof value === "number") summary.add(value);
      else nulls += 1;
    },
    build: () => ({ type: "number", nulls, ...summary.build() }),
  };
}

function levelProfile(): PredictionProfileBuilder {
  const levels = new Map<string, number>();
  let nulls = 0;
  let otherCount = 0;
  return {
    add(value) {
      if (value === null) nulls += 1;
      else if (levels.has(String(value)) || levels.size < MAX_PROFILE_LEVELS) {
        levels.set(String(value), (levels.get(String(value)) ?? 0) + 1);
      } else otherCount += 1;
    },
    build() {
      const count = [...levels.values()].reduce((sum, n) => sum + n, otherCount);
      return {
        type: "category",
        count,
        nulls,
        levels: Object.fromEntries([...levels].sort(([a], [b]) => (a < b ? -1 : 1))),
        otherCount,
        distinctOverflow: otherCount > 0,
      };
    },
  };
}
