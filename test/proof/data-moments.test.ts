import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance, type DuckDBValue } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DISTINCT_STANDARD_ERROR, estimateDistinct } from "../../core/data/distinct-sketch.ts";
import type { Profile } from "../../core/data/profile.ts";
import { createRangeScanner, cutRanges, planRanges } from "../../core/data/ranges.ts";
import { GAMMA, quantile } from "../../core/data/sketch.ts";
import { timeQuantile, timeSlices } from "../../core/data/time-histogram.ts";
import { createRangeMerge } from "../../core/dataset/merge-ranges.ts";
import { createRangeIngest } from "../../core/dataset/range-ingest.ts";
import { parseDefinition } from "../../core/definition/parse.ts";
import { createRandom } from "../../core/statistics/random.ts";
import { readFile } from "../unit/data/read-file.ts";

const ROWS = 100_000;
const QUANTILES = [0, 0.01, 0.25, 0.5, 0.75, 0.99, 1];
const definition = parseDefinition(
  `
schemaVersion: 1
name: moments
problem: binary-classification
data:
  target: { column: bad, positive: ["yes"] }
  features:
    iso: { type: timestamp }
    declared: { type: timestamp, format: "%d/%m/%Y %H:%M:%S" }
    epoch: { type: timestamp, format: epoch-seconds }
    note: { type: text, maxLength: 1000 }
gate: { metric: auc }
`,
  "moments.yaml",
);

let folder = "";
let path = "";
let profile: Profile;
let bytes: Buffer;

function makeTable(): string {
  const random = createRandom("moments");
  const words = ["gull", "hit", "engine", "é", "北京", '"quoted"', "a,b", "line\nbreak", "🛬"];
  const two = (n: number) => String(n).padStart(2, "0");
  const lines = ["iso,declared,epoch,note,bad"];
  for (let row = 0; row < ROWS; row++) {
    const seconds = 900_000_000 + random.integer(300_000_000);
    const old = new Date((random.integer(2_000_000_000) - 1_000_000_000) * 1_000);
    const [year, month, day] = [old.getUTCFullYear(), old.getUTCMonth() + 1, old.getUTCDate()];
    const clock = [old.getUTCHours(), old.getUTCMinutes(), old.getUTCSeconds()].map(two).join(":");
    const text = Array.from({ length: 1 + random.integer(12) }, () => words[random.integer(words.length)])
      // Equal texts give equal words, so there are few of them.
      .concat(String(random.integer(900)))
      .join(" ");
    lines.push(
      [
        random.uniform() < 0.05 ? "" : new Date(seconds * 1_000 + random.integer(1_000)).toISOString(),
        random.uniform() < 0.05 ? "NA" : `${day}/${month}/${year} ${clock}`,
        String(seconds - 800_000_000),
        random.uniform() < 0.05 ? "" : `"${text.replaceAll('"', '""')}"`,
        random.uniform() < 0.3 ? "yes" : "no",
      ].join(","),
    );
  }
  return `${lines.join("\n")}\n`;
}

/** One row of statistics; `iso`, `declared` and `epoch` are milliseconds since the epoch by DuckDB's own parsers. */
async function query(select: string): Promise<DuckDBValue[]> {
  const source = `(select
    epoch_ms(cast(nullif(iso, '') as timestamp)) as iso,
    epoch_ms(strptime(nullif(declared, 'NA'), '%d/%m/%Y %H:%M:%S')) as declared,
    cast(epoch as bigint) * 1000 as epoch,
    nullif(note, '') as note
    from read_csv('${path}', header = true, delim = ',', quote = '"', escape = '"', auto_detect = false, all_varchar = true,
      columns = {'iso': 'VARCHAR', 'declared': 'VARCHAR', 'epoch': 'VARCHAR', 'note': 'VARCHAR', 'bad': 'VARCHAR'}))`;
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  const [row] = (await connection.runAndReadAll(`select ${select} from ${source}`)).getRows();
  connection.closeSync();
  return row ?? [];
}

function relative(found: number, wanted = Number.NaN): number {
  return Math.abs(found - wanted) / Math.abs(wanted);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "data-moments-"));
  path = join(folder, "table.csv");
  const text = makeTable();
  writeFileSync(path, text);
  bytes = Buffer.from(text);
  const { result } = readFile(definition, [bytes]);
  if (!result.accepted) throw new Error(JSON.stringify(result.reasons));
  profile = result.profile;
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the profile of times and texts against DuckDB on the same file", () => {
  it.each(["iso", "declared", "epoch"])("has the same statistics of %s", async (name) => {
    const feature = profile.features[name];
    if (feature?.type !== "timestamp") throw new Error(`${name} must be a timestamp`);
    const quantiles = QUANTILES.map((q) => `quantile_disc(${name}, ${q})`).join(", ");
    const row = await query(
      `count(${name}), count(*) - count(${name}), min(${name}), max(${name}), favg(${name}), stddev_samp(${name}), count(distinct ${name}), ${quantiles}`,
    );
    const [count, nulls, min, max, mean, deviation, distinct, ...exact] = row.map(Number);
    expect([feature.count, feature.nulls, feature.invalid]).toEqual([count, nulls, 0]);
    expect([feature.min, feature.max]).toEqual([min, max]);
    expect(relative(feature.mean, mean)).toBeLessThanOrEqual(1e-9);
    expect(relative(Math.sqrt(feature.m2 / (feature.count - 1)), deviation)).toBeLessThanOrEqual(1e-9);
    expect(relative(estimateDistinct(feature.distinct ?? { registers: "" }), distinct)).toBeLessThanOrEqual(
      4 * DISTINCT_STANDARD_ERROR,
    );
    expect(timeSlices(feature.histogram).reduce((sum, slice) => sum + slice.count, 0)).toBe(count);
    for (const [index, q] of QUANTILES.entries()) {
      // quantile_disc takes the next rank where ours takes the one below: one of the two neighbours is meant.
      const near = [q, q - 1 / feature.count, q + 1 / feature.count].map((at) => timeQuantile(feature.histogram, at));
      const error = Math.min(...near.map((x) => Math.abs(x - (exact[index] ?? Number.NaN))));
      expect(error).toBeLessThanOrEqual(feature.histogram.widthSeconds * 500);
    }
  });

  it("has the same statistics of the texts and their lengths", async () => {
    const feature = profile.features["note"];
    if (feature?.type !== "text") throw new Error("note must be a text");
    const { length } = feature;
    const quantiles = QUANTILES.map((q) => `quantile_disc(length(note), ${q})`).join(", ");
    const row = await query(
      `count(note), count(*) - count(note), min(length(note)), max(length(note)), favg(length(note)), stddev_samp(length(note)), count(distinct note), ${quantiles}`,
    );
    const [count, nulls, min, max, mean, deviation, distinct, ...exact] = row.map(Number);
    expect([feature.count, length.count, feature.nulls]).toEqual([count, count, nulls]);
    expect([length.min, length.max]).toEqual([min, max]);
    expect(relative(length.mean, mean)).toBeLessThanOrEqual(1e-9);
    expect(relative(Math.sqrt(length.m2 / (length.count - 1)), deviation)).toBeLessThanOrEqual(1e-9);
    expect(relative(estimateDistinct(feature.distinct), distinct)).toBeLessThanOrEqual(4 * DISTINCT_STANDARD_ERROR);
    for (const [index, q] of QUANTILES.entries()) {
      const wanted = exact[index] ?? Number.NaN;
      const near = [q, q - 1 / length.count, q + 1 / length.count].map((at) => quantile(length.sketch, at));
      const bound = wanted * ((GAMMA - 1) / (GAMMA + 1) + 1e-9);
      expect(Math.min(...near.map((x) => Math.abs(x - wanted)))).toBeLessThanOrEqual(bound);
    }
  });

  it("samples words with the shares that they have in the texts", async () => {
    const feature = profile.features["note"];
    if (feature?.type !== "text") throw new Error("note must be a text");
    const words = "regexp_extract_all(lower(note), '[\\p{L}\\p{N}]+')";
    const shareOf = (text: string) =>
      `avg(len(list_filter(${words}, x -> x = '${text}')) / len(${words})) filter (where len(${words}) > 0)`;
    const names = ["gull", "engine", "é", "北京", "quoted", "break"];
    const row = await query(`count(note) filter (where len(${words}) > 0), ${names.map(shareOf).join(", ")}`);
    const [withWords = 0, ...shares] = row.map(Number);
    for (const [index, name] of names.entries()) {
      const share = shares[index] ?? Number.NaN;
      const found = (feature.words.levels[name] ?? 0) / withWords;
      expect(Math.abs(found - share), name).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / withWords));
    }
  });

  it("is the same when the file is read in 8 byte ranges", () => {
    const scans = cutRanges(bytes.length, 8).map((range) => {
      const scanner = createRangeScanner(definition, range);
      scanner.write(bytes.subarray(range.from, range.to));
      return scanner.end();
    });
    const merge = createRangeMerge(definition);
    for (const task of planRanges(scans)) {
      const ingest = createRangeIngest(definition, { batchId: "batch", task });
      for (let at = task.from; at < bytes.length && !ingest.isDone; at += 65_536) {
        ingest.write(bytes.subarray(at, Math.min(bytes.length, at + 65_536)));
      }
      merge.add(ingest.end().partial);
    }
    const merged = merge.end();
    expect(merged.accepted).toBe(true);
    const exact = (value: Profile) =>
      JSON.parse(JSON.stringify(value, (key, member) => (key === "mean" || key === "m2" ? 0 : member)));
    expect(exact(merged.profile)).toEqual(exact(profile));
  });
});
