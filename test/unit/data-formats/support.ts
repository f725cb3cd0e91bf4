import { createHash } from "node:crypto";
import { readTable, type TableResult } from "../../../core/data/formats/read-table.ts";
import type { TableSource } from "../../../core/data/formats/table-source.ts";
import { SPLITS, type Split } from "../../../core/data/split.ts";
import type { ModelDefinition } from "../../../core/definition/schema.ts";

/** A file in memory that comes in chunks of the given size. */
export function memorySource(name: string, bytes: Uint8Array, chunkBytes = 1_000): TableSource {
  return {
    name,
    sizeBytes: bytes.length,
    async *stream() {
      for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.slice(at, at + chunkBytes);
    },
    range: async (start, end) => bytes.slice(start, end),
  };
}

/** Reads a file and collects its parts. */
export async function readBytes(
  definition: ModelDefinition,
  name: string,
  bytes: Uint8Array,
  chunkBytes?: number,
): Promise<{ result: TableResult; parts: Record<Split, string> }> {
  return readSource(definition, memorySource(name, bytes, chunkBytes));
}

/** Reads a source and collects its parts. */
export async function readSource(
  definition: ModelDefinition,
  source: TableSource,
): Promise<{ result: TableResult; parts: Record<Split, string> }> {
  const pieces: Record<Split, Uint8Array[]> = { train: [], validation: [], test: [] };
  const result = await readTable(definition, source, {
    batchId: "batch",
    write: async (output) => {
      for (const split of SPLITS) pieces[split].push(output[split]);
    },
  });
  const text = (split: Split) => Buffer.concat(pieces[split]).toString("utf8");
  return { result, parts: { train: text("train"), validation: text("validation"), test: text("test") } };
}

/** A definition for another format. */
export function inFormat(
  definition: ModelDefinition,
  format: ModelDefinition["data"]["format"],
  change: Partial<ModelDefinition["data"]> = {},
): ModelDefinition {
  return { ...definition, data: { ...definition.data, format, ...change } };
}

/** SHA-256 of bytes, in hex. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** A zstd frame of raw blocks, as any encoder may write it; `checksum` adds four bytes that are not looked at. */
export function rawZstd(content: Uint8Array, checksum = false): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, checksum ? 4 : 0, 0x38)];
  const count = Math.max(1, Math.ceil(content.length / 100_000));
  for (let index = 0; index < count; index++) {
    const block = content.subarray(index * 100_000, (index + 1) * 100_000);
    parts.push(zstdBlockHeader(block.length, 0, index === count - 1), block);
  }
  if (checksum) parts.push(Uint8Array.of(1, 2, 3, 4));
  return Buffer.concat(parts);
}

/** Header of a zstd block; type 0 is raw, 1 repeats one byte. */
export function zstdBlockHeader(size: number, type: 0 | 1, isLast: boolean): Uint8Array {
  const header = (size << 3) | (type << 1) | (isLast ? 1 : 0);
  return Uint8Array.of(header & 0xff, (header >> 8) & 0xff, (header >> 16) & 0xff);
}
