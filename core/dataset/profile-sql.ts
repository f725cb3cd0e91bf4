import { GAMMA } from "../data/sketch.ts";
import type { ModelDefinition } from "../definition/schema.ts";

/** Name of the view that the profile is computed over: one row a line, columns `f0`, `f1`, ... and `target`, all text. */
export const ROWS_VIEW = "dataset_rows";

/** Column of the n-th feature in SQL: names of features may hold anything, these need no quotes. */
export function sqlColumn(index: number): string {
  return `f${index}`;
}

/** An SQL text literal. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function numberColumns(source: string, prefix: string): string[] {
  const x = `try_cast(nullif(${source}, '') AS double)`;
  const bucket = (of: string) => `cast(ceil(ln(${of}) / ln(${GAMMA})) AS bigint)`;
  return [
    `count(${x}) AS ${prefix}_count`,
    `count(*) - count(nullif(${source}, '')) AS ${prefix}_nulls`,
    `min(${x}) AS ${prefix}_min`,
    `max(${x}) AS ${prefix}_max`,
    `avg(${x}) AS ${prefix}_mean`,
    `var_pop(${x}) * count(${x}) AS ${prefix}_m2`,
    `count(*) FILTER (WHERE ${x} = 0) AS ${prefix}_zero`,
    `histogram(CASE WHEN ${x} > 0 THEN ${bucket(x)} END) FILTER (WHERE ${x} > 0) AS ${prefix}_positive`,
    `histogram(CASE WHEN ${x} < 0 THEN ${bucket(`-${x}`)} END) FILTER (WHERE ${x} < 0) AS ${prefix}_negative`,
  ];
}

function levelColumns(source: string, prefix: string): string[] {
  const value = `nullif(${source}, '')`;
  return [
    `count(${value}) AS ${prefix}_count`,
    `count(*) - count(${value}) AS ${prefix}_nulls`,
    `histogram(${value}) FILTER (WHERE ${value} IS NOT NULL) AS ${prefix}_levels`,
  ];
}

function booleanColumns(source: string, prefix: string): string[] {
  return [
    `count(nullif(${source}, '')) AS ${prefix}_count`,
    `count(*) - count(nullif(${source}, '')) AS ${prefix}_nulls`,
    `count(*) FILTER (WHERE ${source} = 'true') AS ${prefix}_true`,
  ];
}

function momentColumns(x: string, prefix: string): string[] {
  return [
    `min(${x}) AS ${prefix}_min`,
    `max(${x}) AS ${prefix}_max`,
    `avg(${x}) AS ${prefix}_mean`,
    `var_pop(${x}) * count(${x}) AS ${prefix}_m2`,
  ];
}

/** The parts hold times as `2001-12-31T10:00:00.123Z`; statistics are in milliseconds since the epoch. */
function timestampColumns(source: string, prefix: string): string[] {
  const value = `nullif(${source}, '')`;
  const moment = `cast(replace(replace(${value}, 'T', ' '), 'Z', '') AS timestamp)`;
  const millis = `cast(date_diff('millisecond', timestamp '1970-01-01 00:00:00', ${moment}) AS double)`;
  return [
    `count(${value}) AS ${prefix}_count`,
    `count(*) - count(${value}) AS ${prefix}_nulls`,
    ...momentColumns(millis, prefix),
  ];
}

/** Statistics of the lengths in characters. */
function textColumns(source: string, prefix: string): string[] {
  const value = `nullif(${source}, '')`;
  return [
    `count(${value}) AS ${prefix}_count`,
    `count(*) - count(${value}) AS ${prefix}_nulls`,
    ...momentColumns(`cast(length(${value}) AS double)`, prefix),
  ];
}

function targetColumns({ problem }: ModelDefinition): string[] {
  if (problem === "regression") return numberColumns("target", "target");
  if (problem === "multiclass-classification") return levelColumns("target", "target");
  return [
    "count(*) FILTER (WHERE target = '1') AS target_positive",
    "count(*) FILTER (WHERE target = '0') AS target_negative",
  ];
}

/**
 * One query that computes a dataset's profile in one scan, the same statistics as the ingest kernel: counts, missing values, extremes, mean, sum of
 * squared deviations, the log-bucket histogram, levels. The text is valid for Athena (Trino) and for DuckDB alike. One row comes out;
 * columns are named `<feature>_<statistic>`, features numbered as in the definition.
 */
export function profileQuery(definition: ModelDefinition): string {
  const columns = Object.values(definition.data.features).flatMap(({ type }, index) => {
    const column = sqlColumn(index);
    if (type === "number") return numberColumns(column, column);
    if (type === "timestamp") return timestampColumns(column, column);
    if (type === "text") return textColumns(column, column);
    return type === "category" ? levelColumns(column, column) : booleanColumns(column, column);
  });
  const all = ["count(*) AS row_count", ...columns, ...targetColumns(definition)];
  return `SELECT\n  ${all.join(",\n  ")}\nFROM ${ROWS_VIEW}`;
}
