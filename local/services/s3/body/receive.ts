import { writeFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { AwsError } from "../../../kernel/aws-error.ts";
import type { DataFiles } from "../store/data-files.ts";
import type { ObjectBody } from "../types.ts";
import { type ChecksumAlgorithm, createDigest, type Digest } from "./checksums.ts";

const FLUSH_BYTES = 512 * 1024;
/** The largest object that one PUT may bring, 5 GiB. */
export const MAX_PUT_BYTES = 5 * 1024 ** 3;

/** A body that arrived completely and waits on disk (or, when small, in memory) to be committed or thrown away. */
export interface ReceivedBody {
  readonly sizeBytes: number;
  readonly md5: Buffer;
  readonly digests: ReadonlyMap<ChecksumAlgorithm, Buffer>;
  /** Moves the bytes to their final file and gives its name. */
  adopt(): string;
  discard(): void;
}

async function* chunksOf(body: ObjectBody): AsyncGenerator<Uint8Array> {
  if (typeof body === "string") yield Buffer.from(body, "utf8");
  else if (body instanceof Uint8Array) yield body;
  else yield* body;
}

async function writeAll(file: FileHandle, chunks: Uint8Array[]): Promise<void> {
  let left = chunks;
  while (left.length > 0) {
    let { bytesWritten } = await file.writev(left);
    left = left.flatMap((chunk) => {
      const skipped = Math.min(bytesWritten, chunk.length);
      bytesWritten -= skipped;
      return skipped === chunk.length ? [] : [chunk.subarray(skipped)];
    });
  }
}

/**
 * Streams a body to disk while it is hashed: memory is two write batches of 512 KiB, whatever the body's size. Writing one
 * batch overlaps with receiving the next. Throws EntityTooLarge above 5 GiB, and whatever the stream throws; then
 * nothing is left behind.
 */
export async function receiveBody(
  files: DataFiles,
  body: ObjectBody,
  algorithms: Iterable<ChecksumAlgorithm>,
): Promise<ReceivedBody> {
  const md5 = createDigest("MD5");
  const digests = new Map<ChecksumAlgorithm, Digest>();
  for (const algorithm of algorithms) digests.set(algorithm, createDigest(algorithm));
  const path = files.newIncoming();
  let file: FileHandle | undefined;
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let sizeBytes = 0;
  let writing: Promise<unknown> = Promise.resolve();
  try {
    for await (const chunk of chunksOf(body)) {
      sizeBytes += chunk.length;
      if (sizeBytes > MAX_PUT_BYTES) {
        throw new AwsError("EntityTooLarge", 400, "Your proposed upload exceeds the maximum allowed size", {
          MaxSizeAllowed: MAX_PUT_BYTES,
        });
      }
      md5.update(chunk);
      for (const digest of digests.values()) digest.update(chunk);
      pending.push(chunk);
      pendingBytes += chunk.length;
      if (pendingBytes < FLUSH_BYTES) continue;
      await settled(writing);
      file ??= await open(path, "wx");
      writing = writeAll(file, pending).catch((error: unknown) => new WriteFailure(error));
      pending = [];
      pendingBytes = 0;
    }
    await settled(writing);
    if (file !== undefined && pending.length > 0) await writeAll(file, pending);
    await file?.close();
  } catch (error) {
    await writing;
    await file?.close();
    files.removeIncoming(path);
    throw error;
  }
  const inMemory = file === undefined ? pending : undefined;
  return {
    sizeBytes,
    md5: md5.finish(),
    digests: new Map([...digests].map(([algorithm, digest]) => [algorithm, digest.finish()])),
    adopt() {
      if (inMemory !== undefined) writeFileSync(path, Buffer.concat(inMemory), { flag: "wx" });
      return files.adopt(path);
    },
    discard() {
      if (inMemory === undefined) files.removeIncoming(path);
    },
  };
}

// A write that fails while the next batch is being received must surface at the next await, not as an unhandled rejection.
class WriteFailure {
  readonly error: unknown;
  constructor(error: unknown) {
    this.error = error;
  }
}

async function settled(writing: Promise<unknown>): Promise<void> {
  const outcome = await writing;
  if (outcome instanceof WriteFailure) throw outcome.error;
}
