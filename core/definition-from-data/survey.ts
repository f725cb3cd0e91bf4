import type { ColumnFacts } from "./column-survey.ts";

/** One row of the sample: a text for each column, null where the value is missing. */
export type SampleRow = readonly (string | null)[];

/** What one pass over a file has found out, before anything is decided. */
export interface Survey {
  readonly format: "csv" | "jsonl" | "parquet";
  readonly delimiter: "," | ";" | "\t" | "|";
  readonly rows: number;
  /** Rows that could not be read (another number of fields, wrong quotes, not JSON); they are left out. */
  readonly unreadableRows: number;
  readonly columns: readonly ColumnFacts[];
  /** A random sample of at most 10,000 rows, in the order of the file; cells in the order of the columns. */
  readonly sample: readonly SampleRow[];
}
