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
      for (const split of SPLITS) pieces[split].push(output[split].slice());
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

const MASK = (1n << 64n) - 1n;
const PRIMES = [
  11400714785074694791n,
  14029467366897019727n,
  1609587929392839161n,
  9650029242287828579n,
  2870177450012600261n,
] as const;
const rotate = (x: bigint, bits: bigint) => ((x << bits) | (x >> (64n - bits))) & MASK;
const round = (sum: bigint, lane: bigint) => (rotate((sum + lane * PRIMES[1]) & MASK, 31n) * PRIMES[0]) & MASK;

/** XXH64 with seed 0, slow and word for word as its specification says, to check the fast one. */
export function slowXxh64(bytes: Uint8Array): bigint {
  const data = Buffer.from(bytes);
  let sums = [(PRIMES[0] + PRIMES[1]) & MASK, PRIMES[1], 0n, (MASK + 1n - PRIMES[0]) & MASK];
  let at = 0;
  for (; at + 32 <= data.length; at += 32) {
    sums = sums.map((sum, lane) => round(sum, data.readBigUInt64LE(at + lane * 8)));
  }
  let hash: bigint = PRIMES[4];
  if (data.length >= 32) {
    hash = sums.reduce((total, sum, lane) => (total + rotate(sum, [1n, 7n, 12n, 18n][lane] ?? 0n)) & MASK, 0n);
    for (const sum of sums) hash = ((hash ^ round(0n, sum)) * PRIMES[0] + PRIMES[3]) & MASK;
  }
  hash = (hash + BigInt(data.length)) & MASK;
  for (; at + 8 <= data.length; at += 8) {
    hash = (rotate(hash ^ round(0n, data.readBigUInt64LE(at)), 27n) * PRIMES[0] + PRIMES[3]) & MASK;
  }
  for (; at + 4 <= data.length; at += 4) {
    hash = (rotate(hash ^ ((BigInt(data.readUInt32LE(at)) * PRIMES[0]) & MASK), 23n) * PRIMES[1] + PRIMES[2]) & MASK;
  }
  for (; at < data.length; at++)
    hash = (rotate(hash ^ ((BigInt(data[at] ?? 0) * PRIMES[4]) & MASK), 11n) * PRIMES[0]) & MASK;
  hash = ((hash ^ (hash >> 33n)) * PRIMES[1]) & MASK;
  hash = ((hash ^ (hash >> 29n)) * PRIMES[2]) & MASK;
  return hash ^ (hash >> 32n);
}

/** A zstd frame of raw blocks, as any encoder may write it; with a checksum, a right or a wrong one. */
export function rawZstd(content: Uint8Array, checksum: "right" | "wrong" | "none" = "none"): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, checksum === "none" ? 0 : 4, 0x38)];
  const count = Math.max(1, Math.ceil(content.length / 100_000));
  for (let index = 0; index < count; index++) {
    const block = content.subarray(index * 100_000, (index + 1) * 100_000);
    parts.push(zstdBlockHeader(block.length, 0, index === count - 1), block);
  }
  if (checksum !== "none") {
    const stored = Buffer.alloc(4);
    stored.writeUInt32LE(Number(BigInt.asUintN(32, slowXxh64(content) + (checksum === "wrong" ? 1n : 0n))));
    parts.push(stored);
  }
  return Buffer.concat(parts);
}

/** Header of a zstd block; type 0 is raw, 1 repeats one byte. */
export function zstdBlockHeader(size: number, type: 0 | 1, isLast: boolean): Uint8Array {
  const header = (size << 3) | (type << 1) | (isLast ? 1 : 0);
  return Uint8Array.of(header & 0xff, (header >> 8) & 0xff, (header >> 16) & 0xff);
}
