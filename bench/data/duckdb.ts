import type { DuckDBConnection } from "@duckdb/node-api";
import { COLUMNS, type ColumnKind } from "./table.ts";

const TYPES: Record<ColumnKind, string> = {
  float: "DOUBLE",
  integer: "DOUBLE",
  time: "TIMESTAMP",
  category: "VARCHAR",
};

const BUCKET = (x: string) => `cast(ceil(ln(${x}) / ln(1.02)) as integer)`;

/** How DuckDB sees the distribution of numbers: in the kernel's buckets (bounded relative error), or by its own quantile sketch. */
type Quantiles = "buckets" | "t-digest";

function distribution(name: string, quantiles: Quantiles): string[] {
  if (quantiles === "t-digest") return [`approx_quantile(${name}, [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99])`];
  return [
    `count(*) filter (where ${name} = 0)`,
    `histogram(case when ${name} > 0 then ${BUCKET(name)} end)`,
    `histogram(case when ${name} < 0 then ${BUCKET(`-${name}`)} end)`,
  ];
}

function aggregates(name: string, kind: ColumnKind, quantiles: Quantiles): string[] {
  if (kind === "time") return [`count(${name})`, `min(${name})`, `max(${name})`];
  if (kind === "category") return [`count(${name})`, `histogram(${name})`];
  return [
    `count(${name})`,
    `approx_count_distinct(${name})`,
    `min(${name})`,
    `max(${name})`,
    `avg(${name})`,
    `stddev_samp(${name})`,
    ...distribution(name, quantiles),
  ];
}

/** The table function that reads the file with declared types, so that nothing is guessed. */
function readCsv(path: string): string {
  const types = COLUMNS.map(({ name, kind }) => `'${name}': '${TYPES[kind]}'`).join(", ");
  return `read_csv('${path}', header = true, delim = ',', quote = '"', escape = '"', auto_detect = false, columns = {${types}})`;
}

/** Loads DuckDB, with one thread, only in the process that uses it: its library would take memory in those of the others. */
export async function openDuckDb(): Promise<DuckDBConnection> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  return instance.connect();
}

/** Computes the kernel's profile in DuckDB in one query: the same statistics and levels, in the kernel's buckets or by its own quantile sketch. */
export async function runDuckDb(connection: DuckDBConnection, path: string, quantiles: Quantiles): Promise<number> {
  const columns = COLUMNS.flatMap(({ name, kind }) => aggregates(name, kind, quantiles));
  const reader = await connection.runAndReadAll(`select count(*), ${columns.join(", ")} from ${readCsv(path)}`);
  return Number(reader.getRows()[0]?.[0]);
}
