import type { ReferenceBins } from "../../../core/data/bins.ts";
import { NumberSummaryBuilder } from "../../../core/data/number-summary.ts";
import { driftReference } from "../../../core/drift/index.ts";

/** Reference of a number feature with these training values. */
export function referenceOfNumbers(feature: string, values: Iterable<number>): ReferenceBins {
  const summary = new NumberSummaryBuilder();
  for (const value of values) summary.add(value);
  return driftReference(feature, { type: "number", nulls: 0, ...summary.build() });
}

/** Reference of a category with these training values. */
export function referenceOfLevels(feature: string, values: Iterable<string>): ReferenceBins {
  const counts = new Map<string, number>();
  let count = 0;
  for (const value of values) {
    counts.set(value, (counts.get(value) ?? 0) + 1);
    count += 1;
  }
  const levels = Object.fromEntries(counts);
  return driftReference(feature, { type: "category", count, nulls: 0, levels, otherCount: 0, distinctOverflow: false });
}
