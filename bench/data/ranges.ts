import { createReadStream, statSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { createIngest } from "../../core/data/ingest.ts";
import type { Profile } from "../../core/data/profile.ts";
import { createRangeScanner, cutRanges, planRanges } from "../../core/data/ranges.ts";
import type { SplitRows } from "../../core/data/row-writer.ts";
import { createRangeMerge } from "../../core/dataset/merge-ranges.ts";
import { createRangeIngest } from "../../core/dataset/range-ingest.ts";
import { tableDefinition } from "./table.ts";

const RANGES = 8;
const CHUNK_BYTES = 65_536;

/** A file that holds another one several times, the header line once. */
class RepeatedFile {
  readonly sizeBytes: number;
  private readonly path: string;
  private readonly headerBytes: number;
  private readonly bodyBytes: number;

  constructor(path: string, times: number, headerBytes: number) {
    this.path = path;
    this.headerBytes = headerBytes;
    this.bodyBytes = statSync(path).size - headerBytes;
    this.sizeBytes = headerBytes + this.bodyBytes * times;
  }

  /** The bytes [from, to). */
  async *read(from: number, to: number): AsyncGenerator<Buffer> {
    let at = from;
    while (at < to) {
      const start = at < this.headerBytes ? at : this.headerBytes + ((at - this.headerBytes) % this.bodyBytes);
      const size = Math.min(to - at, this.headerBytes + this.bodyBytes - start);
      yield* createReadStream(this.path, { start, end: start + size - 1, highWaterMark: CHUNK_BYTES });
      at += size;
    }
  }
}

async function open(path: string, times: number): Promise<RepeatedFile> {
  for await (const chunk of createReadStream(path)) return new RepeatedFile(path, times, chunk.indexOf(10) + 1);
  throw new Error(`${path} is empty`);
}

/** What must be the same however the file is read: counts of the profile and rows of the parts. */
interface Counts {
  profile: Profile;
  split: SplitRows;
}

async function inOnePass(file: RepeatedFile): Promise<Counts> {
  const ingest = createIngest(tableDefinition(), { batchId: "0123456789abcdef" });
  for await (const chunk of file.read(0, file.sizeBytes)) ingest.write(chunk);
  const result = ingest.end();
  if (!result.accepted) throw new Error(`the kernel refuses the bench's file: ${JSON.stringify(result.reasons)}`);
  return { profile: result.profile, split: result.rows };
}

async function inRanges(file: RepeatedFile): Promise<Counts> {
  const definition = tableDefinition();
  const scans = [];
  for (const range of cutRanges(file.sizeBytes, RANGES)) {
    const scanner = createRangeScanner(definition, range);
    for await (const chunk of file.read(range.from, range.to)) scanner.write(chunk);
    scans.push(scanner.end());
  }
  const merge = createRangeMerge(definition);
  for (const task of planRanges(scans)) {
    const ingest = createRangeIngest(definition, { batchId: "0123456789abcdef", task });
    for await (const chunk of file.read(task.from, file.sizeBytes)) {
      ingest.write(chunk);
      if (ingest.isDone) break;
    }
    merge.add(ingest.end().partial);
  }
  const { accepted, profile, split, reasons } = merge.end();
  if (!accepted) throw new Error(`the ranges are refused: ${JSON.stringify(reasons)}`);
  return { profile, split };
}

/** Without what depends on the order of summation by rounding. */
function exact({ profile, split }: Counts): unknown {
  const text = JSON.stringify({ profile, split }, (key, value) => (key === "mean" || key === "m2" ? 0 : value));
  return JSON.parse(text);
}

/** Reads the file, repeated, in 8 ranges one after the other, both passes. */
export async function runRanges(path: string, times: number): Promise<number> {
  const { profile } = await inRanges(await open(path, times));
  return profile.rows;
}

/**
 * Reads the file, repeated, in one pass and in 8 ranges.
 *
 * @throws Error when a count or the split differs
 */
export async function runComparison(path: string, times: number): Promise<number> {
  const file = await open(path, times);
  const [whole, ranges] = [exact(await inOnePass(file)), exact(await inRanges(file))];
  if (!isDeepStrictEqual(whole, ranges)) throw new Error("8 ranges give other counts than one pass");
  return RANGES;
}
