import type { ColumnChunk, RowGroup } from "hyparquet";
import { parquetRead } from "hyparquet";
import type { ModelDefinition } from "../../definition/schema.ts";
import { duplicateColumns } from "../rules/column-duplicate.ts";
import {
  damagedParquet,
  nestedParquetColumn,
  parquetColumnType,
  parquetEncoding,
  rowGroupTooLarge,
  unsupportedParquet,
} from "../rules/parquet.ts";
import { csvField } from "../text.ts";
import { type CellText, cellTextOf } from "./parquet-cells.ts";
import { PAGE_CODECS } from "./parquet-codecs.ts";
import { decoding, type ParquetFile } from "./parquet-file.ts";
import { checkPages } from "./parquet-pages.ts";
import { UnreadableFile } from "./unreadable-file.ts";

/** Most unpacked bytes of the declared columns of one row group, and most of its values: what is in memory at once. */
export const ROW_GROUP_LIMITS = { sizeBytes: 256_000_000, values: 32_000_000 } as const;

const CHUNK_CHARACTERS = 262_144;
const MAX_COLUMNS = 10_000;

interface NeededColumn {
  name: string;
  text: CellText;
}

/**
 * Reads a Parquet file row group by row group as CSV text: the same table as its CSV export, so that all rules see the same
 * values. All columns are named in the header, but only those that the definition declares are read and filled in.
 *
 * @throws UnreadableFile when the file is damaged or a declared column cannot be read
 */
export async function* parquetRows(parquet: ParquetFile, definition: ModelDefinition): AsyncGenerator<Uint8Array> {
  const { columns } = parquet;
  if (columns.length > MAX_COLUMNS) throw new UnreadableFile(damagedParquet(`it has ${columns.length} columns`));
  const roles = declaredRoles(definition);
  const twice = duplicateColumns(columns.map(({ name }) => name)).find(({ column = "" }) => roles.has(column));
  if (twice !== undefined) throw new UnreadableFile(twice);
  const needed = new Map<number, NeededColumn>();
  for (const [index, { name, element }] of columns.entries()) {
    const role = roles.get(name);
    if (role === undefined) continue;
    if (element === undefined) throw new UnreadableFile(nestedParquetColumn(name));
    const isText = element.type === "BYTE_ARRAY" && element.converted_type !== "DECIMAL";
    if (role === "number" && isText)
      throw new UnreadableFile(parquetColumnType(name, "text", "a number (DOUBLE or INT64)"));
    needed.set(index, { name, text: cellTextOf(element) });
  }
  yield* csvText(parquet, needed);
}

/**
 * All flat columns of a Parquet file as CSV text; nested ones are named in the header and left empty.
 *
 * @throws UnreadableFile when the file is damaged or a column cannot be read
 */
export async function* parquetTable(parquet: ParquetFile): AsyncGenerator<Uint8Array> {
  const flat = parquet.columns.flatMap(({ name, element }, index): [number, NeededColumn][] =>
    element === undefined ? [] : [[index, { name, text: cellTextOf(element) }]],
  );
  yield* csvText(parquet, new Map(flat));
}

async function* csvText(parquet: ParquetFile, needed: ReadonlyMap<number, NeededColumn>): AsyncGenerator<Uint8Array> {
  const { metadata, columns } = parquet;
  const encoder = new TextEncoder();
  yield encoder.encode(`${columns.map(({ name }) => csvField(name)).join(",")}\n`);
  let groupStart = 0;
  for (const [index, group] of metadata.row_groups.entries()) {
    const rows = Number(group.num_rows);
    checkSize(group, index, needed);
    const values = await readGroup(parquet, group, groupStart, needed);
    const writers = columns.map((_, column) => {
      const data = values.get(needed.get(column)?.name ?? "");
      const text = needed.get(column)?.text;
      return data === undefined || text === undefined ? undefined : (row: number) => text(data[row]);
    });
    let chunk = "";
    for (let row = 0; row < rows; row++) {
      chunk += `${line(writers, row)}\n`;
      if (chunk.length < CHUNK_CHARACTERS) continue;
      yield encoder.encode(chunk);
      chunk = "";
    }
    yield encoder.encode(chunk);
    groupStart += rows;
  }
}

function line(writers: readonly (((row: number) => string | undefined) | undefined)[], row: number): string {
  let text = "";
  for (const [index, write] of writers.entries()) {
    const value = write?.(row);
    text += `${index === 0 ? "" : ","}${value === undefined ? "" : csvField(value)}`;
  }
  // A line without anything would be taken for a blank one.
  return text === "" ? '""' : text;
}

function declaredRoles({ problem, data }: ModelDefinition): Map<string, "number" | "other"> {
  const roles = new Map<string, "number" | "other">();
  for (const name of data.key) roles.set(name, "other");
  if (data.time !== undefined) roles.set(data.time, "other");
  for (const [name, feature] of Object.entries(data.features)) {
    roles.set(name, feature.type === "number" ? "number" : "other");
  }
  roles.set(data.target.column, problem === "regression" ? "number" : "other");
  return roles;
}

function checkSize(group: RowGroup, index: number, needed: ReadonlyMap<number, NeededColumn>): void {
  const rows = Number(group.num_rows);
  const values = rows * Math.max(1, needed.size);
  if (!(rows >= 0) || values > ROW_GROUP_LIMITS.values) {
    throw new UnreadableFile(rowGroupTooLarge(index + 1, `${values} values`, `${ROW_GROUP_LIMITS.values} values`));
  }
}

function chunksOf(group: RowGroup, name: string): ColumnChunk[] {
  return group.columns.filter(({ meta_data: data }) => data?.path_in_schema[0] === name);
}

/** Reads the declared columns of one row group, after their pages were checked. */
async function readGroup(
  { metadata, columns, file }: ParquetFile,
  group: RowGroup,
  rowStart: number,
  needed: ReadonlyMap<number, NeededColumn>,
): Promise<Map<string, ArrayLike<unknown>>> {
  const result = new Map<string, ArrayLike<unknown>>();
  const rows = Number(group.num_rows);
  let left: number = ROW_GROUP_LIMITS.sizeBytes;
  for (const [index, { name }] of needed) {
    const element = columns[index]?.element;
    const data = chunksOf(group, name)[0]?.meta_data;
    if (element === undefined || data === undefined)
      throw new UnreadableFile(damagedParquet(`column ${name} has no data`));
    if (data.codec !== "UNCOMPRESSED" && PAGE_CODECS[data.codec] === undefined) {
      const instead = "write it with snappy, gzip, zstd, brotli, lz4_raw or no compression";
      throw new UnreadableFile(unsupportedParquet(name, `the codec ${data.codec}`, instead));
    }
    if (rows === 0) continue;
    const start = Number(data.dictionary_page_offset || data.data_page_offset);
    const from = Math.min(start, Number(data.data_page_offset));
    const size = Number(data.total_compressed_size);
    if (!(from >= 4 && size >= 0 && size <= ROW_GROUP_LIMITS.sizeBytes && from + size <= file.byteLength)) {
      throw new UnreadableFile(damagedParquet(`column ${name} lies outside of the file`));
    }
    const bytes = await file.slice(from, from + size);
    const pages = await decoding(() => checkPages(bytes, data, element, { rows, sizeBytes: left }));
    left -= pages.sizeBytes;
    const parts: ArrayLike<unknown>[] = [];
    await decoding(() =>
      parquetRead({
        file: { byteLength: file.byteLength, slice: (a, b) => bytes.slice(a - from, (b ?? file.byteLength) - from) },
        metadata,
        columns: [name],
        rowStart,
        rowEnd: rowStart + rows,
        geoparquet: false,
        compressors: Object.fromEntries(Object.keys(PAGE_CODECS).map((codec) => [codec, pages.unpack])),
        parsers: { stringFromBytes: (value) => readText(value, name), jsonFromBytes: (value) => readText(value, name) },
        onChunk: ({ columnData }) => parts.push(columnData),
      }),
    );
    result.set(name, await decoding(() => joined(parts, rows)));
  }
  return result;
}

function joined(parts: readonly ArrayLike<unknown>[], rows: number): ArrayLike<unknown> {
  const only = parts[0];
  if (parts.length === 1 && only?.length === rows) return only;
  const all: unknown[] = [];
  for (const part of parts) for (let i = 0; i < part.length; i++) all.push(part[i]);
  if (all.length !== rows) throw new Error(`a column has ${all.length} values, its row group ${rows} rows`);
  return all;
}

const utf8Decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function readText(value: Uint8Array | undefined, column: string): string | undefined {
  if (value === undefined) return undefined;
  try {
    return utf8Decoder.decode(value);
  } catch {
    throw new UnreadableFile(parquetEncoding(column));
  }
}
