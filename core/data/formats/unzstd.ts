import { Decompress } from "fzstd";
import { damagedCompression } from "../rules/compressed.ts";
import type { ExpansionGuard } from "./expansion-guard.ts";
import { UnreadableFile } from "./unreadable-file.ts";
import { ZstdFrames } from "./zstd-frames.ts";

/**
 * Unpacks zstd (RFC 8878, several frames in a row too) as a stream. Memory is a few windows, at most 64 MiB each, whatever the
 * file. The content checksum of a frame is skipped, not verified.
 *
 * @throws UnreadableFile when the data are damaged, cut off, need a huge window, or unpack to too much
 */
export async function* unzstd(source: AsyncIterable<Uint8Array>, guard: ExpansionGuard): AsyncGenerator<Uint8Array> {
  const frames = new ZstdFrames();
  let unpacked: Uint8Array[] = [];
  const unpacker = new Decompress((bytes) => {
    guard.unpacked(bytes.length);
    if (bytes.length > 0) unpacked.push(bytes);
  });
  for await (const chunk of source) {
    guard.read(chunk.length);
    for (const piece of frames.pieces(chunk)) {
      push(unpacker, piece, false);
      yield* unpacked;
      unpacked = [];
    }
  }
  if (!frames.isComplete) throw new UnreadableFile(damagedCompression("zstd", "it ends within a frame"));
  push(unpacker, new Uint8Array(0), true);
  yield* unpacked;
}

function push(unpacker: Decompress, piece: Uint8Array, isLast: boolean): void {
  try {
    unpacker.push(piece, isLast);
  } catch (error) {
    if (error instanceof UnreadableFile) throw error;
    // Whatever the unpacker fails with, an index error included, it means that the block makes no sense.
    const why = error instanceof Error ? error.message : String(error);
    throw new UnreadableFile(damagedCompression("zstd", why));
  }
}
