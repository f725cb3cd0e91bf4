import { type AsyncBuffer, type FileMetaData, parquetMetadata, type SchemaElement } from "hyparquet";
import { damagedParquet } from "../rules/parquet.ts";
import type { TableSource } from "./table-source.ts";
import { UnreadableFile } from "./unreadable-file.ts";
import { loadXxh64 } from "./xxh64.ts";

const MAGIC = "PAR1";
const TAIL_BYTES = 8;
/** Largest footer; thousands of columns and row groups need a few MB. */
const MAX_FOOTER_BYTES = 64_000_000;

/** A top-level column of a Parquet file. */
export interface ParquetColumn {
  name: string;
  /** Its element of the schema; undefined when it is nested. */
  element: SchemaElement | undefined;
}

/** A Parquet file whose footer was read. */
export interface ParquetFile {
  metadata: FileMetaData;
  columns: ParquetColumn[];
  /** Random access as hyparquet wants it. */
  file: AsyncBuffer;
}

/** Runs a part of the decoder; whatever it fails with means that the file makes no sense. */
export async function decoding<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UnreadableFile || (error instanceof Error && error.name === "MlopsError")) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new UnreadableFile(damagedParquet(why.slice(0, 200)));
  }
}

/**
 * Opens a Parquet file (https://parquet.apache.org/docs/file-format/) and reads its footer.
 *
 * @throws UnreadableFile when it is none, is cut off, or its footer makes no sense
 */
export async function openParquet(source: TableSource): Promise<ParquetFile> {
  const { sizeBytes } = source;
  await loadXxh64();
  if (sizeBytes < TAIL_BYTES + 4) throw new UnreadableFile(damagedParquet("it is too short"));
  const tail = await source.range(sizeBytes - TAIL_BYTES, sizeBytes);
  const mark = Buffer.from(tail.subarray(4)).toString("latin1");
  if (mark === "PARE") throw new UnreadableFile(damagedParquet("its footer is encrypted"));
  if (mark !== MAGIC) throw new UnreadableFile(damagedParquet("it does not end with PAR1"));
  const footerBytes = new DataView(tail.buffer, tail.byteOffset).getUint32(0, true);
  if (footerBytes > Math.min(sizeBytes - TAIL_BYTES - 4, MAX_FOOTER_BYTES)) {
    throw new UnreadableFile(damagedParquet(`a footer of ${footerBytes} bytes does not fit`));
  }
  const footer = await source.range(sizeBytes - TAIL_BYTES - footerBytes, sizeBytes);
  const metadata = await decoding(() => parquetMetadata(Uint8Array.from(footer), { geoparquet: false }));
  return {
    metadata,
    columns: await decoding(() => topLevelColumns(metadata.schema)),
    file: {
      byteLength: sizeBytes,
      slice: async (start, end = sizeBytes) => {
        const bytes = await source.range(start, end);
        return Uint8Array.from(bytes).buffer;
      },
    },
  };
}

function topLevelColumns(schema: readonly SchemaElement[]): ParquetColumn[] {
  const columns: ParquetColumn[] = [];
  let at = 1;
  const skip = (): void => {
    const children = schema[at]?.num_children ?? 0;
    at++;
    for (let child = 0; child < children; child++) skip();
  };
  while (at < schema.length) {
    const element = schema[at];
    if (element === undefined) break;
    const isFlat = (element.num_children ?? 0) === 0 && element.repetition_type !== "REPEATED";
    columns.push({ name: element.name, element: isFlat ? element : undefined });
    skip();
  }
  return columns;
}
