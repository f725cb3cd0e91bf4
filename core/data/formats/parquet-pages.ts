import type { ColumnMetaData, PageHeader, SchemaElement } from "hyparquet";
import { parquetHeader } from "hyparquet/src/column.js";
import { deltaBinaryUnpack } from "hyparquet/src/delta.js";
import { readRleBitPackedHybrid } from "hyparquet/src/encoding.js";
import { readVarInt } from "hyparquet/src/thrift.js";
import { PAGE_CODECS } from "./parquet-codecs.ts";

/** What may be read of one column of a row group. */
export interface PageLimits {
  /** Rows of the row group. */
  rows: number;
  /** Unpacked bytes of the column's pages. */
  sizeBytes: number;
}

/** A column chunk whose pages were checked. */
export interface CheckedPages {
  /** Unpacked bytes of all pages. */
  sizeBytes: number;
  /** Unpacks a page again without doing the work twice. */
  unpack(packed: Uint8Array, sizeBytes: number): Uint8Array;
}

/** Encodings of values that are read; the format knows no others for flat columns but BIT_PACKED, which nobody writes any more. */
const ENCODINGS: ReadonlySet<string> = new Set([
  "PLAIN",
  "PLAIN_DICTIONARY",
  "RLE_DICTIONARY",
  "RLE",
  "BYTE_STREAM_SPLIT",
  "DELTA_BINARY_PACKED",
  "DELTA_LENGTH_BYTE_ARRAY",
  "DELTA_BYTE_ARRAY",
]);

interface Run {
  view: DataView;
  offset: number;
}

/**
 * Walks over the pages of a flat column before they are decoded, and refuses what would make the decoder fill the memory: sizes
 * and counts that are larger than the footer says, and runs that repeat a value more often than there are rows.
 *
 * @param bytes the column chunk
 * @throws Error with a sentence that says what is wrong
 */
export function checkPages(
  bytes: ArrayBuffer,
  { codec }: Pick<ColumnMetaData, "codec">,
  element: SchemaElement,
  limits: PageLimits,
): CheckedPages {
  const reader: Run = { view: new DataView(bytes), offset: 0 };
  const pages = new Map<number, Uint8Array>();
  let sizeBytes = 0;
  let values = 0;
  while (values < limits.rows && reader.offset < bytes.byteLength - 1) {
    const header = parquetHeader(reader) as PageHeader;
    const { compressed_page_size: packedBytes, uncompressed_page_size: pageBytes } = header;
    if (!(packedBytes >= 0 && reader.offset + packedBytes <= bytes.byteLength)) throw new Error("a page is cut off");
    sizeBytes += pageBytes;
    if (!(pageBytes >= 0) || sizeBytes > limits.sizeBytes) {
      throw new Error(`a column's pages unpack to more than ${limits.sizeBytes} bytes`);
    }
    const packed = new Uint8Array(bytes, reader.offset, packedBytes);
    reader.offset += packedBytes;
    const count =
      header.dictionary_page_header?.num_values ??
      header.data_page_header?.num_values ??
      header.data_page_header_v2?.num_values;
    if (count === undefined || !(count >= 0)) throw new Error("a page has no count of values");
    if (header.type === "DICTIONARY_PAGE") {
      if (count > pageBytes * 8) throw new Error(`a dictionary of ${pageBytes} bytes cannot have ${count} values`);
      pages.set(packed.byteOffset, unpackPage(packed, pageBytes, codec));
      continue;
    }
    values += count;
    if (values > limits.rows) throw new Error(`a column has more values than the ${limits.rows} rows of its row group`);
    sizeBytes += checkRuns(header, packed, element, codec, count, pages, limits.sizeBytes - sizeBytes);
  }
  return {
    sizeBytes,
    unpack: (packed, size) => pages.get(packed.byteOffset) ?? unpackPage(packed, size, codec),
  };
}

function unpackPage(packed: Uint8Array, sizeBytes: number, codec: string): Uint8Array {
  if (codec === "UNCOMPRESSED") return packed;
  const unpack = PAGE_CODECS[codec];
  if (unpack === undefined) throw new Error(`pages are packed with ${codec}`);
  const page = unpack(packed, sizeBytes);
  if (page.length !== sizeBytes) throw new Error(`a page unpacks to ${page.length} bytes, not to ${sizeBytes}`);
  return page;
}

/**
 * Checks the run lengths of a data page: presence of values, and indices into the dictionary.
 *
 * @returns bytes that its values take beyond those of the page
 */
function checkRuns(
  header: PageHeader,
  packed: Uint8Array,
  element: SchemaElement,
  codec: string,
  count: number,
  pages: Map<number, Uint8Array>,
  leftBytes: number,
): number {
  const v2 = header.data_page_header_v2;
  const encoding = header.data_page_header?.encoding ?? v2?.encoding ?? "PLAIN";
  if (!ENCODINGS.has(encoding)) throw new Error(`its values are encoded as ${encoding}, which is not supported`);
  const levels = v2 === undefined ? 0 : v2.definition_levels_byte_length + v2.repetition_levels_byte_length;
  if (levels > packed.length) throw new Error("a page is cut off");
  const isPacked = v2 === undefined || v2.is_compressed !== false;
  const body = packed.subarray(levels);
  const page = isPacked ? unpackPage(body, header.uncompressed_page_size - levels, codec) : body;
  if (isPacked) pages.set(body.byteOffset, page);
  const run: Run = { view: new DataView(page.buffer, page.byteOffset, page.byteLength), offset: 0 };
  let nulls = 0;
  const isPrefixed = encoding === "DELTA_BYTE_ARRAY";
  if (element.repetition_type !== "REQUIRED") {
    if (v2 === undefined) {
      const length = run.view.getUint32(0, true);
      run.offset = 4;
      checkHybrid({ view: run.view, offset: 4 }, 4 + length, 1, count);
      run.offset = 4 + length;
      if (isPrefixed) nulls = nullsOf({ view: run.view, offset: 4 }, count, length);
    } else {
      const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
      checkHybrid({ view, offset: v2.repetition_levels_byte_length }, levels, 1, count);
      nulls = v2.num_nulls;
      if (!(nulls >= 0 && nulls <= count)) throw new Error(`${nulls} of ${count} values are missing`);
    }
  }
  if (isPrefixed) return sharedPrefixBytes(run, count - nulls, leftBytes);
  if (encoding !== "RLE_DICTIONARY" && encoding !== "PLAIN_DICTIONARY" && encoding !== "RLE") return 0;
  const isBoolean = element.type === "BOOLEAN";
  const width = isBoolean ? 1 : run.view.getUint8(run.offset++);
  if (isBoolean && encoding === "RLE") run.offset += 4;
  if (width > 32) throw new Error(`an index of ${width} bits`);
  checkHybrid(run, page.length, width, count - nulls);
  return 0;
}

/** Number of missing values, from the definition levels of a flat column. */
function nullsOf(run: Run, count: number, lengthBytes: number): number {
  const levels = new Uint8Array(count);
  readRleBitPackedHybrid(run, 1, levels, lengthBytes);
  return levels.reduce((sum, level) => sum + (level === 0 ? 1 : 0), 0);
}

/**
 * Bytes that the texts of a page in DELTA_BYTE_ARRAY have beyond those that are in the page: each may repeat the beginning of the one before, so a few
 * bytes could stand for gigabytes (https://parquet.apache.org/docs/file-format/data-pages/encodings/).
 */
function sharedPrefixBytes(run: Run, values: number, leftBytes: number): number {
  const prefixes = new Int32Array(values);
  const suffixes = new Int32Array(values);
  if (values === 0) return 0;
  deltaBinaryUnpack(run, values, prefixes);
  deltaBinaryUnpack(run, values, suffixes);
  let shared = 0;
  let before = 0;
  for (let i = 0; i < values; i++) {
    const [prefix, suffix] = [prefixes[i] as number, suffixes[i] as number];
    if (prefix < 0 || prefix > before || suffix < 0) throw new Error("a text repeats more than the one before has");
    before = prefix + suffix;
    shared += prefix;
    if (shared > leftBytes) throw new Error(`a column's texts unpack to more than ${leftBytes} bytes`);
  }
  return shared;
}

/** Checks the runs of the RLE / bit-packing hybrid in [offset, end): none may repeat a value more than `count` times in all. */
function checkHybrid(run: Run, end: number, width: number, count: number): void {
  let seen = 0;
  const valueBytes = (width + 7) >> 3;
  while (seen < count && run.offset < end) {
    const header = readVarInt(run);
    if ((header & 1) === 1) {
      const groups = header >>> 1;
      seen += groups * 8;
      run.offset += groups * width;
      continue;
    }
    const repeats = header >>> 1;
    seen += repeats;
    run.offset += valueBytes;
    if (seen > count) throw new Error(`a run repeats a value ${repeats} times in a page of ${count} rows`);
  }
}
