import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseDefinition } from "../../../core/definition/parse.ts";
import { inFormat, readBytes } from "./support.ts";

const definition = parseDefinition(
  `
schemaVersion: 1
name: random
problem: regression
data:
  target: { column: price }
  key: [id, moment]
  time: moment
  features:
    exact: { type: number }
    single: { type: number }
    big: { type: number }
    money: { type: number }
    small: { type: number, maxNullFraction: 1 }
    text: { type: category, maxLevels: 10000, maxNullFraction: 1 }
    flag: { type: boolean, maxNullFraction: 1 }
    day: { type: category, maxLevels: 10000 }
gate: { metric: rmse }
`,
  "random.yaml",
);

const TABLE = `SELECT
  i AS id,
  TIMESTAMP '2020-01-01 00:00:00' + to_seconds(i * 977) AS moment,
  sin(i) * 1000 AS exact,
  (cos(i) * 10)::FLOAT AS single,
  i::BIGINT * 1000003 AS big,
  (i / 100.0)::DECIMAL(12, 2) AS money,
  CASE WHEN i % 7 = 0 THEN NULL ELSE (i % 100)::TINYINT END AS small,
  CASE WHEN i % 11 = 0 THEN NULL ELSE 'level, "' || (i % 13) || '" é' END AS text,
  i % 3 = 0 AS flag,
  (DATE '2020-01-01' + (i % 400)::INTEGER) AS day,
  i * 0.5 AS price,
  [i, i + 1] AS not_needed
FROM range(5000) t(i)`;

let folder: string;
let write: (name: string, options: string, columns?: string, rows?: number) => Promise<Uint8Array>;
let close: () => void;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "formats-"));
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  write = async (name, options, columns = "*", rows = 5_000) => {
    const path = join(folder, name);
    await connection.run(`COPY (SELECT ${columns} FROM (${TABLE}) LIMIT ${rows}) TO '${path}' (${options})`);
    return readFileSync(path);
  };
  close = () => {
    connection.closeSync();
    instance.closeSync();
  };
});
afterAll(() => {
  close();
  rmSync(folder, { recursive: true });
});

describe("files that DuckDB has written", () => {
  it("give the same verdict, profile, splits and parts as the CSV export", async () => {
    const times = "* EXCLUDE (not_needed) REPLACE (strftime(moment, '%Y-%m-%dT%H:%M:%SZ') AS moment)";
    const expected = await readBytes(definition, "a.csv", await write("a.csv", "FORMAT csv, HEADER", times), 65_536);
    expect(expected.result.reasons).toEqual([]);
    const jsonl = inFormat(definition, "jsonl");
    const parquet = inFormat(definition, "parquet");
    const cases = await Promise.all([
      readBytes(definition, "a.csv.gz", await write("a.csv.gz", "FORMAT csv, HEADER, COMPRESSION gzip", times), 65_536),
      readBytes(
        definition,
        "a.csv.zst",
        await write("a.csv.zst", "FORMAT csv, HEADER, COMPRESSION zstd", times),
        65_536,
      ),
      readBytes(jsonl, "a.jsonl", await write("a.jsonl", "FORMAT json", times), 65_536),
      readBytes(jsonl, "a.jsonl.zst", await write("a.jsonl.zst", "FORMAT json, COMPRESSION zstd", times), 65_536),
      ...(await Promise.all(
        ["uncompressed", "snappy", "gzip", "zstd", "brotli", "lz4", "lz4_raw"].flatMap((codec) =>
          ["V1", "V2"].map(async (version) =>
            readBytes(
              parquet,
              "a.parquet",
              await write(
                `${codec}-${version}.parquet`,
                `FORMAT parquet, COMPRESSION ${codec}, ROW_GROUP_SIZE 2048, PARQUET_VERSION ${version}`,
              ),
            ),
          ),
        ),
      )),
    ]);
    for (const [index, { result, parts }] of cases.entries()) {
      const label = `case ${index}`;
      expect(result.reasons, label).toEqual([]);
      expect(result.rows, label).toEqual(expected.result.rows);
      for (const [name, feature] of Object.entries(expected.result.profile.features)) {
        const other = result.profile.features[name];
        const { count, nulls } = feature;
        expect(other, `${label} ${name}`).toMatchObject({ count, nulls });
        if (feature.type === "number" && other?.type === "number") {
          expect([other.min, other.max, other.sketch], `${label} ${name}`).toEqual([
            feature.min,
            feature.max,
            feature.sketch,
          ]);
          expect(Math.abs(other.mean - feature.mean)).toBeLessThan(1e-6 * Math.max(1, Math.abs(feature.mean)));
        } else {
          expect(other, `${label} ${name}`).toEqual(feature);
        }
      }
      const ids = (text: string) => text.split("\n").map((line) => line.split(",", 1)[0]);
      expect(ids(parts.test), label).toEqual(ids(expected.parts.test));
      expect(parts.train.split("\n").length, label).toBe(expected.parts.train.split("\n").length);
    }
  });

  it("are refused when a declared column is a list", async () => {
    const listed = { ...definition, data: { ...definition.data, format: "parquet" as const, key: ["not_needed"] } };
    const { result } = await readBytes(listed, "a.parquet", await write("list.parquet", "FORMAT parquet"));
    expect(result.reasons[0]).toMatchObject({ rule: "type", column: "not_needed" });
  });

  it("are read whatever single byte of them is damaged: with a verdict, not with a crash", async () => {
    const small = await write("small.parquet", "FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 2048", "*", 500);
    const parquet = inFormat(definition, "parquet");
    for (let at = 3; at < small.length; at += Math.ceil(small.length / 60)) {
      const damaged = Uint8Array.from(small);
      damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
      const { result } = await readBytes(parquet, "a.parquet", damaged, 1_000_000);
      for (const { message } of result.reasons) expect(message.length).toBeLessThan(2_000);
    }
  });
});
