import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { decompress as unzstdBlock } from "fzstd";
import { type Compressors, snappyUncompress } from "hyparquet";
import { unpackLz4Block, unpackLz4Page } from "./lz4-block.ts";
import { wrongChecksum, ZstdUnpacker } from "./unzstd.ts";
import { startXxh64 } from "./xxh64.ts";
import { ZstdFrames } from "./zstd-frames.ts";

/**
 * Unpacks one Parquet page. `sizeBytes` is what the page header promises, bounded by the caller; more is never written.
 * Throws any error when the page does not unpack to exactly that.
 */
type PageCodec = (packed: Uint8Array, sizeBytes: number) => Uint8Array;

const snappy: PageCodec = (packed, sizeBytes) => {
  const page = new Uint8Array(sizeBytes);
  snappyUncompress(packed, page);
  return page;
};

const gzip: PageCodec = (packed, sizeBytes) => gunzipSync(packed, { maxOutputLength: Math.max(1, sizeBytes) });

const brotli: PageCodec = (packed, sizeBytes) =>
  brotliDecompressSync(packed, { maxOutputLength: Math.max(1, sizeBytes) });

const zstd: PageCodec = (packed, sizeBytes) => {
  // Checks windows and block sizes before anything is unpacked.
  const frames = new ZstdFrames();
  const checksums: (number | null)[] = [];
  let pieces = 0;
  for (const { bytes, endsFrame, checksum } of frames.pieces(packed)) {
    pieces += bytes.length;
    if (endsFrame) checksums.push(checksum);
  }
  if (!frames.isComplete || pieces !== packed.length) throw new Error("a zstd page is cut off");
  const [checksum = null, ...others] = checksums;
  if (others.some((other) => other !== null)) return unzstdFrames(packed, sizeBytes);
  const page = unzstdBlock(packed, new Uint8Array(sizeBytes));
  if (checksum === null) return page;
  if (others.length > 0) return unzstdFrames(packed, sizeBytes);
  const hash = startXxh64();
  hash.update(page);
  if (hash.low32() !== checksum) throw new Error(wrongChecksum().message);
  return page;
};

/** Pages of several frames of which some have checksums. */
function unzstdFrames(packed: Uint8Array, sizeBytes: number): Uint8Array {
  let size = 0;
  const unpacker = new ZstdUnpacker((bytes) => {
    size += bytes.length;
    if (size > sizeBytes) throw new Error(`a zstd page unpacks to more than ${sizeBytes} bytes`);
  });
  return Buffer.concat([...unpacker.push(packed)]);
}

/** Codecs of pages that are read, besides uncompressed ones. */
export const PAGE_CODECS: Readonly<Record<string, PageCodec>> & Compressors = {
  SNAPPY: snappy,
  GZIP: gzip,
  ZSTD: zstd,
  BROTLI: brotli,
  LZ4: unpackLz4Page,
  LZ4_RAW: unpackLz4Block,
};
