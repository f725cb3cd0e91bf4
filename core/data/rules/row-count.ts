import type { BatchRule } from "../batch-facts.ts";
import { wholeReason } from "../reason.ts";

/** Batches that are needed to know what is usual. */
const MINIMUM_BATCHES = 3;

/** The file has far fewer or far more rows than batches usually have. */
export const rowCount: BatchRule = ({ rows }, { batches }, { data }) => {
  const { minFraction, maxFraction } = data.rules["row-count"];
  if (batches.length < MINIMUM_BATCHES) return [];
  const sorted = batches.map((batch) => batch.rows).sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = 0, high = 0] =
    sorted.length % 2 === 1 ? [sorted[middle], sorted[middle]] : sorted.slice(middle - 1, middle + 1);
  const usual = (low + high) / 2;
  if (rows >= usual * minFraction && rows <= usual * maxFraction) return [];
  const found = rows < usual ? "fewer" : "more";
  const message = `the file has ${rows} rows, far ${found} than usual (${usual}, the median of the ${batches.length} batches before); check whether the export is ${rows < usual ? "cut off" : "doubled or covers a longer time"}`;
  return [{ ...wholeReason("row-count", message), count: rows }];
};
