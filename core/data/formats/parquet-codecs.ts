import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { decompress as unzstdBlock } from "fzstd";
import { type Compressors, snappyUncompress } from "hyparquet";
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
  let pieces = 0;
  for (const piece of frames.pieces(packed)) pieces += piece.length;
  if (!frames.isComplete || pieces !== packed.length) throw new Error("a zstd page is cut off");
  return unzstdBlock(packed, new Uint8Array(sizeBytes));
};

/** Codecs of pages that are read, besides uncompressed ones. */
export const PAGE_CODECS: Readonly<Record<string, PageCodec>> & Compressors = {
  SNAPPY: snappy,
  GZIP: gzip,
  ZSTD: zstd,
  BROTLI: brotli,
};
