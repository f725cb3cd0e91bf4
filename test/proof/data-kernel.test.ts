import { closeSync, mkdtempSync, openSync, readSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance, type DuckDBValue } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COLUMNS, tableDefinition, writeTable } from "../../bench/data/table.ts";
import { DISTINCT_STANDARD_ERROR, estimateDistinct } from "../../core/data/distinct-sketch.ts";
import { createIngest } from "../../core/data/ingest.ts";
import type { Profile } from "../../core/data/profile.ts";
import { createRangeScanner, cutRanges, planRanges } from "../../core/data/ranges.ts";
import { GAMMA, quantile, sketchEntries } from "../../core/data/sketch.ts";
import { SPLITS } from "../../core/data/split.ts";
import { createRangeMerge } from "../../core/dataset/merge-ranges.ts";
import { createRangeIngest } from "../../core/dataset/range-ingest.ts";

const ROWS = 120_000;
const CHUNK_BYTES = 65_536;
const QUANTILES = [0, 0.01, 0.25, 0.5, 0.75, 0.99, 1];

let folder = "";
let path = "";
let profile: Profile;
let oneRun: ReturnType<typeof readWhole>;

/** The bytes [from, to) of the file in chunks. */
function* read(from: number, to: number): Generator<Uint8Array> {
  const file = openSync(path, "r");
  try {
    for (let at = from; at < to; ) {
      const buffer = new Uint8Array(Math.min(CHUNK_BYTES, to - at));
      at += readSync(file, buffer, 0, buffer.length, at);
      yield buffer;
    }
  } finally {
    closeSync(file);
  }
}

function readWhole() {
  const ingest = createIngest(tableDefinition(), { batchId: "batch" });
  const parts = { train: "", validation: "", test: "" };
  const keep = (output: Record<keyof typeof parts, Uint8Array>) => {
    for (const side of SPLITS) parts[side] += Buffer.from(output[side]).toString("utf8");
  };
  for (const chunk of read(0, statSync(path).size)) keep(ingest.write(chunk));
  const result = ingest.end();
  keep(result.output);
  if (!result.accepted) throw new Error(JSON.stringify(result.reasons));
  return { profile: result.profile, rows: result.rows, parts, timeRange: result.timeRange };
}

async function query(sql: string): Promise<DuckDBValue[]> {
  const types = COLUMNS.map(({ name, kind }) =>
    kind === "category" || kind === "time" ? `'${name}': 'VARCHAR'` : `'${name}': 'DOUBLE'`,
  ).join(", ");
  const source = `read_csv('${path}', header = true, delim = ',', quote = '"', escape = '"', auto_detect = false, columns = {${types}})`;
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  const [row] = (await connection.runAndReadAll(`${sql} from ${source}`)).getRows();
  connection.closeSync();
  return row ?? [];
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "data-kernel-"));
  path = join(folder, "table.csv");
  writeTable(path, ROWS);
  oneRun = readWhole();
  profile = oneRun.profile;
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the ingest kernel's profile against DuckDB on the same file", () => {
  it("has the same number of rows, targets and times", async () => {
    const counts = await query(
      "select count(*), count(*) filter (where outcome = 'yes'), count(*) filter (where outcome = 'no'), min(moment), max(moment)",
    );
    expect(counts.slice(0, 3).map(Number)).toEqual([
      profile.rows,
      ...(profile.target.type === "binary" ? [profile.target.positive, profile.target.negative] : []),
    ]);
    expect(counts.slice(3)).toEqual([oneRun.timeRange?.from, oneRun.timeRange?.to]);
  });

  for (const { name } of COLUMNS.filter(({ kind }) => kind === "float" || kind === "integer")) {
    it(`has the same statistics of ${name}`, async () => {
      const feature = profile.features[name];
      if (feature?.type !== "number") throw new Error(`${name} must be a number`);
      const quantiles = QUANTILES.map((q) => `quantile_disc(${name}, ${q})`).join(", ");
      const [count, nulls, min, max, mean, deviation, distinct, ...exact] = (
        await query(
          `select count(${name}), count(*) - count(${name}), min(${name}), max(${name}), favg(${name}), stddev_samp(${name}), count(distinct ${name}), ${quantiles}`,
        )
      ).map(Number);
      expect([feature.count, feature.nulls, feature.invalid]).toEqual([count, nulls, 0]);
      expect([feature.min, feature.max]).toEqual([min, max]);
      const relative = (found: number, wanted = Number.NaN) => Math.abs(found - wanted) / Math.abs(wanted);
      expect(relative(feature.mean, mean)).toBeLessThanOrEqual(1e-9);
      expect(relative(Math.sqrt(feature.m2 / (feature.count - 1)), deviation)).toBeLessThanOrEqual(1e-9);
      const found = estimateDistinct(feature.distinct ?? { registers: "" });
      expect(relative(found, distinct)).toBeLessThanOrEqual(4 * DISTINCT_STANDARD_ERROR);
      const bound = (GAMMA - 1) / (GAMMA + 1) + 1e-9;
      for (const [index, q] of QUANTILES.entries()) {
        const wanted = exact[index] ?? Number.NaN;
        // quantile_disc takes the next rank where ours takes the one below: one of the two neighbours is meant.
        const near = [q, q - 1 / feature.count, q + 1 / feature.count].map((at) => quantile(feature.sketch, at));
        expect(Math.min(...near.map((x) => Math.abs(x - wanted)))).toBeLessThanOrEqual(Math.abs(wanted) * bound);
      }
      expect(sketchEntries(feature.sketch).reduce((sum, entry) => sum + entry.count, 0)).toBe(count);
    });
  }

  for (const { name } of COLUMNS.filter(({ name, kind }) => kind === "category" && name !== "outcome")) {
    it(`has the same levels of ${name}`, async () => {
      const feature = profile.features[name];
      if (feature?.type !== "category") throw new Error(`${name} must be a category`);
      const [count, distinct, levels] = await query(
        `select count(${name}), count(distinct ${name}), to_json(histogram(${name}))::varchar`,
      );
      expect(feature.count).toBe(Number(count));
      expect(Object.keys(feature.levels)).toHaveLength(Number(distinct));
      expect(feature.levels).toEqual(JSON.parse(String(levels)));
    });
  }
});

describe("the ingest kernel in 8 byte ranges", () => {
  it("gives the same rows in the same parts with the same ids, and the same counts, as one pass", () => {
    const definition = tableDefinition();
    const { size } = statSync(path);
    const scans = cutRanges(size, 8).map((range) => {
      const scanner = createRangeScanner(definition, range);
      for (const chunk of read(range.from, range.to)) scanner.write(chunk);
      return scanner.end();
    });
    const merge = createRangeMerge(definition);
    const parts = { train: "", validation: "", test: "" };
    for (const task of planRanges(scans)) {
      const ingest = createRangeIngest(definition, { batchId: "batch", task });
      const own = { train: "", validation: "", test: "" };
      const keep = (output: Record<keyof typeof own, Uint8Array>) => {
        for (const side of SPLITS) own[side] += Buffer.from(output[side]).toString("utf8");
      };
      for (const chunk of read(task.from, size)) {
        keep(ingest.write(chunk));
        if (ingest.isDone) break;
      }
      const { output, partial } = ingest.end();
      keep(output);
      merge.add(partial);
      // Every part has its own header line.
      for (const side of SPLITS) {
        const isFirst = parts[side] === "" || side === "test";
        parts[side] += isFirst ? own[side] : own[side].slice(own[side].indexOf("\n") + 1);
      }
    }
    const merged = merge.end();
    expect(merged.accepted).toBe(true);
    expect(merged.split).toEqual(oneRun.rows);
    for (const side of SPLITS) expect(parts[side] === oneRun.parts[side], side).toBe(true);
    const exact = (value: Profile) =>
      JSON.parse(JSON.stringify(value, (key, member) => (key === "mean" || key === "m2" ? 0 : member)));
    expect(exact(merged.profile)).toEqual(exact(profile));
  });
});
