import { MlopsError } from "../errors/mlops-error.ts";
import type { ByteRange, RangeScan } from "./range-scanner.ts";
import { RecordState } from "./record-states.ts";

export { type ByteRange, createRangeScanner, type RangeScan, type RangeScanner } from "./range-scanner.ts";

/**
 * Work of one range in the second pass; plain JSON. The range owns the records whose first byte is in [from, to), and reads on
 * after `to` until the last of them ends.
 */
export interface RangeTask extends ByteRange {
  /** State at `from` and at `to` (`RecordState`). */
  startState: number;
  endState: number;
  /** Records (with the header line) that begin before `from`. */
  recordsBefore: number;
  /** Column names of a CSV file, null for JSON Lines and for the range that reads the header itself. */
  header: string[] | null;
}

/**
 * Cuts a file of `sizeBytes` into `count` ranges of about the same size, wherever the cuts fall. Neighbouring ranges meet.
 */
export function cutRanges(sizeBytes: number, count: number): ByteRange[] {
  const edge = (index: number) => Math.floor((sizeBytes / count) * index);
  return Array.from({ length: count }, (_, index) => ({
    from: edge(index),
    to: index === count - 1 ? sizeBytes : edge(index + 1),
  })).filter(({ from, to }) => to > from);
}

/**
 * Says what each range has to do in the second pass (`createRangeIngest` in core/dataset), from the first passes over all of them. Quoted line breaks at the cuts, quotes within fields
 * and malformed quotes are resolved exactly as one pass reads them, and every range knows the number of its first row.
 *
 * @throws MlopsError `data.ingest-misuse` when the ranges do not meet, or the header line is longer than the first one
 *
 * @example
 * const scans = await Promise.all(cutRanges(sizeBytes, 8).map(async (range) => {
 *   const scanner = createRangeScanner(definition, range);
 *   for await (const chunk of read(range.from, range.to)) scanner.write(chunk);
 *   return scanner.end();
 * }));
 * const partials = await Promise.all(planRanges(scans).map(async (task) => {
 *   const ingest = createRangeIngest(definition, { batchId, task });
 *   for await (const chunk of read(task.from)) { append(ingest.write(chunk)); if (ingest.isDone) break; }
 *   const { output, partial } = ingest.end();
 *   append(output);
 *   return partial;
 * }));
 * const merge = createRangeMerge(definition);
 * for (const partial of partials) merge.add(partial);
 * const file = merge.end();
 */
export function planRanges(scans: readonly RangeScan[]): RangeTask[] {
  const tasks: RangeTask[] = [];
  let state: number = RecordState.lineStart;
  let records = 0;
  let position = 0;
  const header = scans[0]?.header ?? null;
  for (const { format, from, to, outcomes } of scans) {
    const outcome = outcomes[state];
    if (from !== position || outcome === undefined) {
      throw new MlopsError("data.ingest-misuse", `ranges must meet: one begins at ${from}, expected ${position}`);
    }
    if (format === "csv" && records > 0 && header === null) {
      throw new MlopsError("data.ingest-misuse", "the first range must hold the whole header line; make it larger");
    }
    tasks.push({
      from,
      to,
      startState: state,
      endState: outcome.end,
      recordsBefore: records,
      header: records === 0 ? null : header,
    });
    state = outcome.end;
    records += outcome.records;
    position = to;
  }
  return tasks;
}
