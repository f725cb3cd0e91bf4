import { type Reason, wholeReason } from "../reason.ts";

/** The file is Parquet by its first bytes, but cannot be read. */
export function damagedParquet(why: string): Reason {
  return wholeReason(
    "format",
    `the Parquet file cannot be read: ${why}; it is damaged, cut off, or uses what is not supported: write it again, for instance with pyarrow or DuckDB`,
  );
}

/** A row group needs more memory to be read than there is. */
export function rowGroupTooLarge(group: number, what: string, limit: string): Reason {
  return wholeReason(
    "format",
    `row group ${group} has ${what}, at most ${limit} are read; write smaller row groups (100,000 rows are a good size)`,
  );
}

/** A column that is needed is a list, a map or a struct. */
export function nestedParquetColumn(column: string): Reason {
  return wholeReason(
    "type",
    "the Parquet column is nested (a list, a map or a struct), expected one value a row; flatten it",
    column,
  );
}

/** A column is stored in a type that does not fit what the definition says. */
export function parquetColumnType(column: string, stored: string, expected: string): Reason {
  return wholeReason("type", `the Parquet column is stored as ${stored}, expected ${expected}; convert it`, column);
}

/** A column is packed in a way that is not read. */
export function unsupportedParquet(column: string, found: string, instead: string): Reason {
  return wholeReason("format", `the Parquet column uses ${found}, which is not supported; ${instead}`, column);
}

/** A text column has bytes that are no UTF-8. */
export function parquetEncoding(column: string): Reason {
  return wholeReason(
    "encoding",
    "the Parquet column has texts that are not valid UTF-8; write it as a UTF-8 string column",
    column,
  );
}
