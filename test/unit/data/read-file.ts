import { createIngest, type IngestResult } from "../../../core/data/ingest.ts";
import { SPLITS, type Split } from "../../../core/data/split.ts";
import type { ModelDefinition } from "../../../core/definition/schema.ts";

/** Result of a whole file and the text of its parts. */
export interface FileResult {
  result: IngestResult;
  parts: Record<Split, string>;
}

/** Sends chunks through the kernel and collects what comes out. */
export function readFile(definition: ModelDefinition, chunks: Iterable<Uint8Array>, batchId = "batch"): FileResult {
  const ingest = createIngest(definition, { batchId });
  const pieces: Record<Split, Uint8Array[]> = { train: [], validation: [], test: [] };
  const keep = (output: Record<Split, Uint8Array>) => {
    for (const split of SPLITS) pieces[split].push(output[split].slice());
  };
  for (const chunk of chunks) {
    keep(ingest.write(chunk));
    if (ingest.isHopeless) break;
  }
  const result = ingest.end();
  keep(result.output);
  const text = (split: Split) => Buffer.concat(pieces[split]).toString("utf8");
  return { result, parts: { train: text("train"), validation: text("validation"), test: text("test") } };
}

/** Sends a text through the kernel in one chunk. */
export function readText(definition: ModelDefinition, content: string): FileResult {
  return readFile(definition, [new TextEncoder().encode(content)]);
}

/** Divides bytes at the given positions. */
export function divide(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const edges = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
  return edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
}
