import { DuckDBInstance } from "@duckdb/node-api";
import { COLUMNS, type ColumnKind } from "./table.ts";

const TYPES: Record<ColumnKind, string> = {
  float: "DOUBLE",
  integer: "DOUBLE",
  time: "TIMESTAMP",
  category: "VARCHAR",
};

function aggregates(name: string, kind: ColumnKind): string[] {
  const common = [`count(${name})`, `approx_count_distinct(${name})`];
  if (kind === "time") return [`count(${name})`, `min(${name})`, `max(${name})`];
  if (kind === "category") return [...common, `histogram(${name})`];
  return [
    ...common,
    `min(${name})`,
    `max(${name})`,
    `avg(${name})`,
    `stddev_samp(${name})`,
    `approx_quantile(${name}, [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99])`,
  ];
}

/** The table function that reads the file with declared types, so that nothing is guessed. */
export function readCsv(path: string): string {
  const types = COLUMNS.map(({ name, kind }) => `'${name}': '${TYPES[kind]}'`).join(", ");
  return `read_csv('${path}', header = true, delim = ',', quote = '"', escape = '"', auto_detect = false, columns = {${types}})`;
}

/** Computes the kernel's profile in DuckDB with one thread, in one pass. */
export async function runDuckDb(path: string): Promise<number> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  const columns = COLUMNS.flatMap(({ name, kind }) => aggregates(name, kind));
  const reader = await connection.runAndReadAll(`select count(*), ${columns.join(", ")} from ${readCsv(path)}`);
  return Number(reader.getRows()[0]?.[0]);
}
