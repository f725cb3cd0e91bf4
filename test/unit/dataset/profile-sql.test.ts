import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, describe, expect, it } from "vitest";
import { createIngest } from "../../../core/data/ingest.ts";
import type { LevelSummary, NumberSummary, Profile } from "../../../core/data/profile.ts";
import { athenaStatements } from "../../../core/dataset/athena-tables.ts";
import { profileQuery, ROWS_VIEW, sqlColumn, sqlText } from "../../../core/dataset/profile-sql.ts";
import { parseDefinition } from "../../../core/definition/parse.ts";
import type { ModelDefinition } from "../../../core/definition/schema.ts";
import { createRandom } from "../../../core/statistics/random.ts";
import { copiedOutput } from "../../support/copied-output.ts";

const directory = mkdtempSync(join(tmpdir(), "mlops-sql-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const FEATURES = `
    size: { type: number }
    "it's small": { type: number, min: -1, max: 1 }
    "Farbe, Ton": { type: category, maxLevels: 50 }
    night: { type: boolean }
    moment: { type: timestamp, format: "%d/%m/%Y %H:%M:%S" }
    note: { type: text }`;

function definitionOf(problem: string, target: string): ModelDefinition {
  return parseDefinition(
    `schemaVersion: 1
name: sql-test
problem: ${problem}
data:
  target: ${target}
  features:${FEATURES}
gate: { metric: ${problem === "regression" ? "rmse" : "accuracy"} }
`,
    "model.yaml",
  );
}

function csv(rows: number, target: (random: ReturnType<typeof createRandom>) => string): string {
  const random = createRandom(11);
  const levels = ["red", '"dark, blue"', '"say ""hi"""', "grün", " spaced"];
  const lines = Array.from({ length: rows }, () =>
    [
      random.uniform() < 0.1
        ? "NA"
        : (Math.exp(4 * random.normal()) * (random.uniform() < 0.5 ? -1 : 1)).toPrecision(6),
      random.uniform() < 0.2 ? "0" : (random.uniform() * 2 - 1).toFixed(3),
      random.uniform() < 0.05 ? "" : levels[random.integer(levels.length)],
      ["yes", "no", "", "TRUE"][random.integer(4)],
      random.uniform() < 0.1
        ? ""
        : `${1 + random.integer(28)}/${1 + random.integer(12)}/${1960 + random.integer(60)} 7:05:09`,
      random.uniform() < 0.1 ? "" : `"${"grün, ".repeat(random.integer(4))}🛬 ${random.integer(9)}"`,
      target(random),
    ].join(","),
  );
  return `size,it's small,"Farbe, Ton",night,moment,note,answer\n${lines.join("\n")}\n`;
}

/** The kernel's profile, and its parts as files. */
function ingest(definition: ModelDefinition, file: string): { profile: Profile; paths: Record<string, string> } {
  const kernel = createIngest(definition, { batchId: "b" });
  const first = copiedOutput(kernel.write(new TextEncoder().encode(file)));
  const result = kernel.end();
  if (!result.accepted) throw new Error(JSON.stringify(result.reasons));
  const paths: Record<string, string> = {};
  for (const side of ["train", "validation", "test"] as const) {
    const path = join(directory, `${definition.problem}-${side}.${side === "test" ? "jsonl" : "csv"}`);
    writeFileSync(path, Buffer.concat([first[side], result.output[side]]));
    paths[side] = path;
  }
  return { profile: result.profile, paths };
}

/** What stands in for Athena's tables: the view over the same parts in DuckDB's own words. The profile query is the same text. */
function duckView(definition: ModelDefinition, paths: Record<string, string>): string {
  const names = Object.keys(definition.data.features);
  const cells = names.map((name, index) => `"${name}" AS ${sqlColumn(index)}`);
  const members = names.map((name, index) => `features->>${sqlText(name)} AS ${sqlColumn(index)}`);
  const { column } = definition.data.target;
  const types = [...names, column].map((name) => `${sqlText(name)}: 'VARCHAR'`).join(", ");
  return `CREATE VIEW ${ROWS_VIEW} AS
    SELECT ${cells.join(", ")}, "${column}" AS target
      FROM read_csv([${sqlText(paths["train"] ?? "")}, ${sqlText(paths["validation"] ?? "")}], header = true, delim = ',', quote = '"', escape = '"', columns = {${types}}, nullstr = '')
    UNION ALL
    SELECT ${members.join(", ")}, label AS target
      FROM read_json(${sqlText(paths["test"] ?? "")}, format = 'newline_delimited', columns = {'id': 'VARCHAR', 'label': 'VARCHAR', 'features': 'JSON'})`;
}

type Cell = number | bigint | null | { entries: { key: unknown; value: unknown }[] };

async function profileBySql(definition: ModelDefinition, paths: Record<string, string>): Promise<Record<string, Cell>> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  await connection.run(duckView(definition, paths));
  const reader = await connection.runAndReadAll(profileQuery(definition));
  const [row] = reader.getRowObjects();
  connection.closeSync();
  instance.closeSync();
  return row as Record<string, Cell>;
}

/** A map that may be NULL (no such value) as a record of counts. */
function counts(cell: Cell | undefined): Record<string, number> {
  if (cell === null || typeof cell !== "object") return {};
  return Object.fromEntries(cell.entries.map(({ key, value }) => [String(key), Number(value)]));
}

function expectMoments(row: Record<string, Cell>, prefix: string, summary: Omit<NumberSummary, "sketch">): void {
  const at = (name: string) => Number(row[`${prefix}_${name}`]);
  expect(at("count")).toBe(summary.count);
  expect(at("min")).toBe(summary.min);
  expect(at("max")).toBe(summary.max);
  expect(Math.abs(at("mean") - summary.mean)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(summary.mean)));
  expect(Math.abs(at("m2") - summary.m2)).toBeLessThanOrEqual(1e-9 * summary.m2);
}

function expectNumber(row: Record<string, Cell>, prefix: string, summary: NumberSummary): void {
  const at = (name: string) => Number(row[`${prefix}_${name}`]);
  expectMoments(row, prefix, summary);
  expect(at("zero")).toBe(summary.sketch.zero);
  expect(counts(row[`${prefix}_positive`])).toEqual(summary.sketch.positive);
  expect(counts(row[`${prefix}_negative`])).toEqual(summary.sketch.negative);
}

function expectLevels(row: Record<string, Cell>, prefix: string, { levels }: LevelSummary): void {
  expect(counts(row[`${prefix}_levels`])).toEqual(levels);
}

describe("the profile by SQL", () => {
  it("is the kernel's, for numbers, categories, booleans and a binary target", async () => {
    const definition = definitionOf("binary-classification", "{ column: answer, positive: [yes], negative: [no] }");
    const { profile, paths } = ingest(
      definition,
      csv(5_000, (random) => (random.uniform() < 0.3 ? "yes" : "no")),
    );
    const row = await profileBySql(definition, paths);
    expect(Number(row["row_count"])).toBe(profile.rows);
    for (const [index, feature] of Object.values(profile.features).entries()) {
      const prefix = sqlColumn(index);
      expect(Number(row[`${prefix}_count`])).toBe(feature.count);
      expect(Number(row[`${prefix}_nulls`])).toBe(feature.nulls);
      if (feature.type === "number") expectNumber(row, prefix, feature);
      else if (feature.type === "category") expectLevels(row, prefix, feature);
      else if (feature.type === "timestamp") expectMoments(row, prefix, feature);
      else if (feature.type === "text") expectMoments(row, prefix, feature.length);
      else expect(Number(row[`${prefix}_true`])).toBe(feature.trueCount);
    }
    expect(profile.target).toEqual({
      type: "binary",
      positive: Number(row["target_positive"]),
      negative: Number(row["target_negative"]),
    });
  });

  it("is the kernel's for a target with several classes", async () => {
    const definition = definitionOf("multiclass-classification", "{ column: answer }");
    const { profile, paths } = ingest(
      definition,
      csv(2_000, (random) => ["a", "b", '"c, d"'][random.integer(3)] ?? ""),
    );
    const row = await profileBySql(definition, paths);
    if (profile.target.type !== "multiclass") throw new Error("another target");
    expectLevels(row, "target", profile.target);
  });

  it("is the kernel's for a number as target", async () => {
    const definition = definitionOf("regression", "{ column: answer }");
    const { profile, paths } = ingest(
      definition,
      csv(2_000, (random) => (100 * random.normal()).toFixed(4)),
    );
    const row = await profileBySql(definition, paths);
    if (profile.target.type !== "regression") throw new Error("another target");
    expectNumber(row, "target", profile.target);
  });

  it("stands over tables that name exactly the dataset's batches", () => {
    const definition = definitionOf("regression", "{ column: answer }");
    const part = { key: "k", versionId: "v", rows: 1, sha256: "s" };
    const [training, heldOut, view] = athenaStatements(
      definition,
      {
        schemaVersion: 1,
        model: "sql-test",
        datasetId: "d",
        createdAt: "2026-01-01T00:00:00Z",
        batches: ["aaaa", "bbbb"],
        rows: { total: 2, train: 1, validation: 0, test: 1 },
        parts: { train: [part], validation: [], test: [part] },
        profileKey: "p",
      },
      "bucket",
    );
    expect(training).toContain("f1 string COMMENT 'it''s small'");
    for (const table of [training, heldOut]) {
      expect(table).toContain("'projection.batch.values' = 'aaaa,bbbb'");
      expect(table).toMatch(/s3:\/\/bucket\/sql-test\/batches\/\$\{batch\}\/\$\{side\}\//);
    }
    expect(view).toContain("element_at(features, 'it''s small') AS f1");
  });
});
