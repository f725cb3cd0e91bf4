import { Decompress } from "fzstd";
import { damagedCompression } from "../rules/compressed.ts";
import type { ExpansionGuard } from "./expansion-guard.ts";
import { UnreadableFile } from "./unreadable-file.ts";
import { loadXxh64, startXxh64, type Xxh64 } from "./xxh64.ts";
import { ZstdFrames } from "./zstd-frames.ts";

/**
 * Unpacks zstd (RFC 8878, several frames in a row too) as a stream, and verifies the content checksum of every frame that has one.
 * Memory is a few windows, at most 64 MiB each, whatever the file.
 *
 * @throws UnreadableFile when the data are damaged, cut off, need a huge window, or unpack to too much
 */
export async function* unzstd(source: AsyncIterable<Uint8Array>, guard: ExpansionGuard): AsyncGenerator<Uint8Array> {
  await loadXxh64();
  const unpacker = new ZstdUnpacker((bytes) => guard.unpacked(bytes.length));
  for await (const chunk of source) {
    guard.read(chunk.length);
    yield* unpacker.push(chunk);
  }
  if (!unpacker.isComplete) throw new UnreadableFile(damagedCompression("zstd", "it ends within a frame"));
}

/** Unpacks frames one after the other; `loadXxh64` must have been awaited before. */
export class ZstdUnpacker {
  private readonly frames = new ZstdFrames();
  private readonly onUnpacked: (bytes: Uint8Array) => void;
  private unpacked: Uint8Array[] = [];
  /** Of the frame that is being read; each has its own, so that all of it has come out when it ends. */
  private unpacker: Decompress | undefined;
  private hash: Xxh64 | undefined;

  /** @param onUnpacked sees every piece first, and may throw */
  constructor(onUnpacked: (bytes: Uint8Array) => void) {
    this.onUnpacked = onUnpacked;
  }

  /** Whether the data may end here. */
  get isComplete(): boolean {
    return this.frames.isComplete;
  }

  /** Gives what the chunk unpacks to. @throws UnreadableFile */
  *push(chunk: Uint8Array): Generator<Uint8Array> {
    for (const { bytes, endsFrame, checksum } of this.frames.pieces(chunk)) {
      this.unpacker ??= this.begin();
      write(this.unpacker, bytes, false);
      if (endsFrame) this.end(this.unpacker, checksum);
      yield* this.unpacked;
      this.unpacked = [];
    }
  }

  private begin(): Decompress {
    const hash = startXxh64();
    this.hash = hash;
    return new Decompress((bytes) => {
      this.onUnpacked(bytes);
      if (bytes.length === 0) return;
      // Frames tell in their header whether they have a checksum; that of those without one is not asked for.
      if (this.frames.hasChecksum) hash.update(bytes);
      this.unpacked.push(bytes);
    });
  }

  private end(unpacker: Decompress, checksum: number | null): void {
    write(unpacker, new Uint8Array(0), true);
    this.unpacker = undefined;
    if (checksum !== null && this.hash?.low32() !== checksum) throw new UnreadableFile(wrongChecksum());
  }
}

/** The content is not what was packed. */
export function wrongChecksum(): ReturnType<typeof damagedCompression> {
  return damagedCompression("zstd", "the content of a frame does not fit the checksum that was stored with it");
}

function write(unpacker: Decompress, piece: Uint8Array, isLast: boolean): void {
  try {
    unpacker.push(piece, isLast);
  } catch (error) {
    if (error instanceof UnreadableFile) throw error;
    // Whatever the unpacker fails with, an index error included, it means that the block makes no sense.
    const why = error instanceof Error ? error.message : String(error);
    throw new UnreadableFile(damagedCompression("zstd", why));
  }
}
