import { createHash } from "node:crypto";
import type { ModelDefinition } from "../../definition/schema.ts";
import { createIngest, type Ingest, type IngestResult } from "../ingest.ts";
import { detectMagic, MAGIC_BYTES } from "../magic.ts";
import type { Reason } from "../reason.ts";
import type { IngestOutput } from "../row-writer.ts";
import { nestedCompression } from "../rules/compressed.ts";
import { emptyFile } from "../rules/empty-file.ts";
import { otherFormat } from "../rules/format.ts";
import { COMPRESSION_MAGIC_BYTES, type Compression, chooseCompression } from "./compression.ts";
import { ExpansionGuard } from "./expansion-guard.ts";
import { gunzip } from "./gunzip.ts";
import { openParquet } from "./parquet-file.ts";
import { parquetRows } from "./parquet-rows.ts";
import type { TableSource } from "./table-source.ts";
import { UnreadableFile } from "./unreadable-file.ts";
import { unzstd } from "./unzstd.ts";

/** What a file turned out to be. */
export interface TableFacts {
  compression: Compression;
  /** SHA-256 of the file as it was uploaded; null when it was given up before its end. */
  sha256: string | null;
  /** The first bytes of the rows as text, at most `SAMPLE_BYTES`; what is shown of it must be cut. */
  sample: Uint8Array;
}

/** The verdict about a file, and what it turned out to be. The last output is written already. */
export type TableResult = IngestResult & { table: TableFacts };

/** Bytes of the text that are kept to find renamed columns. */
export const SAMPLE_BYTES = 262_144;

/**
 * Reads a whole file of any supported format and compression through the ingest kernel. The rules and verdicts are the same for
 * all: compressed text is unpacked as a stream, Parquet is read as the CSV text of the same table.
 *
 * Memory: the kernel's, and for gzip 1 MB, for zstd a few windows (8 MiB usually, at most 64 MiB each), for Parquet the declared
 * columns of one row group, decoded.
 *
 * @param options.write takes what is to be appended to the parts; reading waits for it
 * @throws what the source and `write` throw; a file that cannot be read is a result, not an error
 */
export async function readTable(
  definition: ModelDefinition,
  source: TableSource,
  options: { batchId: string; write: (output: IngestOutput) => Promise<void> },
): Promise<TableResult> {
  const isParquet = definition.data.format === "parquet";
  const text = isParquet ? asCsv(definition) : definition;
  const ingest = createIngest(text, { batchId: options.batchId });
  const hash = createHash("sha256");
  const hashed = hashing(source, hash);
  const sample: Uint8Array[] = [];
  let sampleBytes = 0;
  let compression: Compression = "none";
  let unreadable: Reason | undefined;
  let isWhole = false;
  const guard = new ExpansionGuard(definition.data.maxExpansion);
  try {
    const head = await hashed.head();
    const chosen = isParquet ? parquetOnly(head) : chooseCompression(definition.data.compression, source.name, head);
    if ("reason" in chosen) throw new UnreadableFile(chosen.reason);
    compression = chosen.compression;
    const chunks = isParquet
      ? parquetText(definition, source, hashed.rest(), guard)
      : unpacked(compression, hashed.rest(), guard);
    for await (const chunk of chunks) {
      if (sampleBytes < SAMPLE_BYTES) {
        const part = chunk.slice(0, SAMPLE_BYTES - sampleBytes);
        sample.push(part);
        sampleBytes += part.length;
      }
      await options.write(ingest.write(chunk));
      if (ingest.isHopeless) break;
    }
    isWhole = !ingest.isHopeless;
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    unreadable = error.reason;
  }
  const table = { compression, sha256: isWhole ? hash.digest("hex") : null, sample: Buffer.concat(sample) };
  const result = unreadable === undefined ? ingest.end() : endUnreadable(ingest, unreadable);
  await options.write(result.output);
  return { ...result, table };
}

/** The rows of a Parquet file come as CSV with commas; what counts as their size is the file's. */
function asCsv(definition: ModelDefinition): ModelDefinition {
  return { ...definition, data: { ...definition.data, format: "csv", delimiter: "," } };
}

/** The verdict about a file whose reading broke off: the cause alone, as what follows from it would only confuse. */
function endUnreadable(ingest: Ingest, reason: Reason): IngestResult {
  const { output, profile, timeRange, columns, warnings, rows } = ingest.end();
  const count = typeof rows === "number" ? rows : rows.total;
  return { accepted: false, output, profile, timeRange, columns, warnings, rows: count, reasons: [reason] };
}

/** Text as a stream, unpacked; one layer of compression only. @throws UnreadableFile */
export async function* unpacked(
  compression: Compression,
  chunks: AsyncIterable<Uint8Array>,
  guard: ExpansionGuard,
): AsyncGenerator<Uint8Array> {
  if (compression === "none") {
    yield* chunks;
    return;
  }
  const content = compression === "gzip" ? gunzip(chunks, guard) : unzstd(chunks, guard);
  let head: Uint8Array | undefined = new Uint8Array(0);
  for await (const chunk of content) {
    if (head === undefined) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < MAGIC_BYTES) continue;
    refuseNested(head, compression);
    yield head;
    head = undefined;
  }
  if (head === undefined) return;
  refuseNested(head, compression);
  yield head;
}

function refuseNested(head: Uint8Array, outer: string): void {
  const magic = detectMagic(head.subarray(0, MAGIC_BYTES));
  if (magic?.rule === "compressed") throw new UnreadableFile(nestedCompression(magic.found, outer));
}

const PARQUET_MAGIC = "PAR1";

function parquetOnly(head: Uint8Array): { compression: "none" } | { reason: Reason } {
  if (head.length === 0) return { reason: emptyFile() };
  const mark = Buffer.from(head.subarray(0, 4)).toString("latin1");
  if (mark === PARQUET_MAGIC || mark === "PARE") return { compression: "none" };
  const magic = detectMagic(head);
  return { reason: otherFormat(magic?.found ?? "text", "parquet") };
}

async function* parquetText(
  definition: ModelDefinition,
  source: TableSource,
  chunks: AsyncIterable<Uint8Array>,
  guard: ExpansionGuard,
): AsyncGenerator<Uint8Array> {
  // Read once from end to end for the hash; the rows are then read by ranges.
  for await (const chunk of chunks) guard.read(chunk.length);
  for await (const text of parquetRows(await openParquet(source), definition)) {
    guard.unpacked(text.length);
    yield text;
  }
}

/** A file's chunks, hashed as they pass; its head can be looked at before. */
function hashing(source: TableSource, hash: ReturnType<typeof createHash>) {
  const iterator = source.stream()[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  return {
    async head(): Promise<Uint8Array> {
      for (let sizeBytes = 0; sizeBytes < COMPRESSION_MAGIC_BYTES; ) {
        const next = await iterator.next();
        if (next.done === true) break;
        hash.update(next.value);
        first.push(next.value);
        sizeBytes += next.value.length;
      }
      return Buffer.concat(first).subarray(0, MAGIC_BYTES);
    },
    async *rest(): AsyncGenerator<Uint8Array> {
      try {
        yield* first;
        for (;;) {
          const next = await iterator.next();
          if (next.done === true) return;
          hash.update(next.value);
          yield next.value;
        }
      } finally {
        await iterator.return?.();
      }
    },
  };
}
