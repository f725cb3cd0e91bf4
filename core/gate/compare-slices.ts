import { holm } from "../statistics/holm.ts";
import type { CompareOptions, GateMetric } from "./metrics/gate-metric.ts";
import { MINIMUM_PER_CLASS } from "./rules/enough-rows.ts";
import { type Sample, subsample } from "./sample.ts";
import type { SliceResult } from "./types.ts";

/** Rows below which a level is not tested on its own. */
export const MINIMUM_SLICE_ROWS = 50;

/** Name under which rows without a value are tested. */
export const MISSING_LEVEL = "(missing)";

/**
 * Compares two models on every level of the given features that has enough rows (50; for a binary problem 10 of each
 * class): two-sided paired tests with Holm's correction over all tested levels together. A level counts as
 * worse when it is significant and the difference exceeds the margin: with many rows significance alone is no harm.
 */
export function compareSlices(
  columns: Readonly<Record<string, ArrayLike<string | null>>>,
  models: { challenger: Sample; champion: Sample },
  metric: GateMetric,
  options: CompareOptions & { margin: number },
): { slices: SliceResult[]; skippedLevels: number } {
  const tested: { feature: string; level: string; rows: number; difference: number; pValue: number }[] = [];
  let skippedLevels = 0;
  for (const [feature, levels] of Object.entries(columns)) {
    for (const [level, rows] of rowsByLevel(levels)) {
      const challenger = subsample(models.challenger, rows);
      const comparison = isTestable(challenger)
        ? metric.compare(challenger, subsample(models.champion, rows), options)
        : null;
      if (comparison === null) {
        skippedLevels += 1;
        continue;
      }
      const { difference, pValue } = comparison;
      tested.push({ feature, level, rows: rows.length, difference, pValue });
    }
  }
  const adjusted = holm(tested.map(({ pValue }) => pValue));
  const slices = tested.map((slice, index): SliceResult => {
    const adjustedPValue = adjusted[index] as number;
    const loss = metric.higherIsBetter ? -slice.difference : slice.difference;
    return { ...slice, adjustedPValue, worse: adjustedPValue <= 1 - options.confidence && loss > options.margin };
  });
  return { slices, skippedLevels };
}

function rowsByLevel(levels: ArrayLike<string | null>): Map<string, number[]> {
  const byLevel = new Map<string, number[]>();
  for (let row = 0; row < levels.length; row += 1) {
    const level = levels[row] ?? MISSING_LEVEL;
    const rows = byLevel.get(level);
    if (rows === undefined) byLevel.set(level, [row]);
    else rows.push(row);
  }
  return byLevel;
}

function isTestable(sample: Sample): boolean {
  if (sample.rows < MINIMUM_SLICE_ROWS) return false;
  if (sample.problem !== "binary-classification") return true;
  let positives = 0;
  for (let i = 0; i < sample.rows; i += 1) if (sample.labels[i] === 1) positives += 1;
  return Math.min(positives, sample.rows - positives) >= MINIMUM_PER_CLASS;
}
