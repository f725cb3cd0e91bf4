import { Readable } from "node:stream";
import { constants, createGunzip } from "node:zlib";
import { damagedCompression } from "../rules/compressed.ts";
import type { ExpansionGuard } from "./expansion-guard.ts";
import { UnreadableFile } from "./unreadable-file.ts";

const OUTPUT_BYTES = 65_536;

/**
 * Unpacks gzip (RFC 1952, several members in a row too) as a stream: what is held does not grow with the file. Checksums
 * and lengths are verified.
 *
 * @throws UnreadableFile when the data are damaged, cut off, followed by something else, or unpack to too much
 */
export async function* gunzip(source: AsyncIterable<Uint8Array>, guard: ExpansionGuard): AsyncGenerator<Uint8Array> {
  const unpacker = createGunzip({ chunkSize: OUTPUT_BYTES, finishFlush: constants.Z_FINISH });
  const input = Readable.from(counted(source, guard), { objectMode: true });
  let sourceFailure: unknown;
  input.on("error", (error) => {
    sourceFailure = error;
    unpacker.destroy(error);
  });
  input.pipe(unpacker);
  try {
    for await (const chunk of unpacker) {
      guard.unpacked(chunk.length);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof UnreadableFile || error === sourceFailure) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined || !code.startsWith("Z_")) throw error;
    throw new UnreadableFile(damagedCompression("gzip", message));
  } finally {
    input.destroy();
    unpacker.destroy();
  }
}

async function* counted(source: AsyncIterable<Uint8Array>, guard: ExpansionGuard): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    guard.read(chunk.length);
    yield chunk;
  }
}
