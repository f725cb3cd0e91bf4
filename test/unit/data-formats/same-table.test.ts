import { gzipSync } from "node:zlib";
import { fc, test } from "@fast-check/vitest";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, it } from "vitest";
import type { Profile } from "../../../core/data/profile.ts";
import { parseDefinition } from "../../../core/definition/parse.ts";
import type { ModelDefinition } from "../../../core/definition/schema.ts";
import { inFormat, rawZstd, readBytes, sha256 } from "./support.ts";

const YAML = `
schemaVersion: 1
name: random
problem: binary-classification
data:
  target: { column: outcome, positive: ["yes, it is"] }
  key: [id, day, flag]
  time: day
  features:
    amount: { type: number, min: -1000, max: 1000, maxNullFraction: 1 }
    whole: { type: number, integer: true, maxNullFraction: 1 }
    "kind, or so": { type: category, maxLevels: 10000, maxNullFraction: 1 }
    flag: { type: boolean, maxNullFraction: 1 }
gate: { metric: auc }
`;
const definition = parseDefinition(YAML, "random.yaml");
/** The same with times and a text, which the fast lane leaves to the other one. */
const timed = parseDefinition(
  YAML.replace(
    "gate:",
    `    day: { type: timestamp, maxNullFraction: 1 }
    seen: { type: timestamp, format: "%d/%m/%Y %H:%M", maxNullFraction: 1 }
    note: { type: text, maxLength: 10, maxNullFraction: 1 }
gate:`,
  ),
  "timed.yaml",
);

interface TableRow {
  id: number;
  day: string;
  amount: number | null;
  whole: number | null;
  kind: string | null;
  flag: boolean | null;
  /** Milliseconds since the epoch, whole minutes. */
  seen: number | null;
  note: string | null;
  outcome: string;
}

const row: fc.Arbitrary<TableRow> = fc.record({
  id: fc.oneof(fc.integer({ min: -50, max: 50 }), fc.constantFrom(0.5, 1e21, 2 ** 53, 12_345_678_901)),
  day: fc.integer({ min: 0, max: 20_000 }).map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10)),
  amount: fc.option(fc.oneof(fc.double({ noNaN: true, min: -1000, max: 1000 }), fc.integer({ min: -9, max: 9 }))),
  whole: fc.option(fc.integer({ min: -1_000_000, max: 1_000_000 })),
  kind: fc.option(
    fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", " ", "é", "🛬", "N", "A"), minLength: 1, maxLength: 6 }),
  ),
  flag: fc.option(fc.boolean()),
  seen: fc.option(fc.integer({ min: 0, max: 30_000_000 }).map((minute) => minute * 60_000)),
  note: fc.option(
    fc
      .array(fc.constantFrom("gull", "é", '"', "a,b", "\n", "北京", "🛬"), { maxLength: 3 })
      .map((list) => list.join(" ")),
  ),
  outcome: fc.constantFrom("yes, it is", "no", "no", "no"),
});
/** Rows that break rules, too. */
const anyRow = row.chain((good) =>
  fc.record({ spoilt: fc.boolean() }).map(({ spoilt }) => (spoilt ? { ...good, outcome: "", amount: 1e4 } : good)),
);

function field(value: unknown): string {
  if (value === null) return "";
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const encoder = new TextEncoder();
const COLUMNS = ["id", "day", "amount", "whole", "kind, or so", "flag", "seen", "note", "outcome"];
const cells = (r: TableRow) => [r.id, r.day, r.amount, r.whole, r.kind, r.flag, declared(r.seen), r.note, r.outcome];

/** An instant as %d/%m/%Y %H:%M. */
function declared(instant: number | null): string | null {
  if (instant === null) return null;
  const [year, month, day, clock] = new Date(instant).toISOString().split(/[-T]/);
  return `${day}/${month}/${year} ${clock?.slice(0, 5)}`;
}

function csvOf(rows: readonly TableRow[]): Uint8Array {
  const lines = rows.map((r) => cells(r).map(field).join(","));
  return encoder.encode(`${[COLUMNS.map(field).join(","), ...lines].join("\n")}\n`);
}

function jsonlOf(rows: readonly TableRow[]): Uint8Array {
  const object = (r: TableRow) => Object.fromEntries(cells(r).map((value, index) => [COLUMNS[index] ?? "", value]));
  return encoder.encode(rows.map((r) => `${JSON.stringify(object(r))}\n`).join(""));
}

function parquetOf(
  rows: readonly TableRow[],
  rowGroupSize: number,
  codec: "SNAPPY" | "GZIP" | "UNCOMPRESSED",
): Uint8Array {
  const column = <T>(name: string, type: string, value: (r: TableRow) => T) => ({
    name,
    type,
    data: rows.map(value),
    nullable: true,
  });
  const columnData = [
    column("id", "DOUBLE", (r) => r.id),
    column("day", "STRING", (r) => r.day),
    column("amount", "DOUBLE", (r) => r.amount),
    column("whole", "INT64", (r) => (r.whole === null ? null : BigInt(r.whole))),
    column("kind, or so", "STRING", (r) => r.kind),
    column("flag", "BOOLEAN", (r) => r.flag),
    column("seen", "TIMESTAMP", (r) => (r.seen === null ? null : new Date(r.seen))),
    column("note", "STRING", (r) => r.note),
    column("outcome", "STRING", (r) => r.outcome),
  ];
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: columnData as Parameters<typeof parquetWriteBuffer>[0]["columnData"],
      rowGroupSize,
      codec,
      ...(codec === "GZIP" && { compressors: { GZIP: (bytes: Uint8Array) => Uint8Array.from(gzipSync(bytes)) } }),
    }),
  );
}

/** Sums depend on the order of the additions, which chunks decide: mean and m2 agree up to rounding, everything else exactly. */
function expectSameProfile(profile: Profile, expected: Profile): void {
  const counts = (key: string, value: unknown) => (key === "mean" || key === "m2" ? undefined : value);
  expect(JSON.parse(JSON.stringify(profile, counts))).toEqual(JSON.parse(JSON.stringify(expected, counts)));
  for (const [name, feature] of Object.entries(profile.features)) {
    const other = expected.features[name];
    if (feature.type === "category" || feature.type === "boolean" || feature.type === "text") continue;
    if (other?.type !== feature.type) continue;
    const size = Math.max(1, Math.abs(other.min ?? 0), Math.abs(other.max ?? 0));
    expect(Math.abs(feature.mean - other.mean)).toBeLessThan(1e-9 * size);
    expect(Math.abs(feature.m2 - other.m2)).toBeLessThan(1e-9 * size * size * profile.rows);
  }
}

describe("the same table in all formats", () => {
  test.prop(
    [
      fc.oneof(fc.array(row, { minLength: 1, maxLength: 60 }), fc.array(anyRow, { minLength: 1, maxLength: 20 })),
      fc.integer({ min: 1, max: 40 }),
    ],
    { numRuns: 60 },
  )("gives the same verdict, profile, splits and parts", async (rows, group) => expectSame(definition, rows, group));

  test.prop(
    [
      fc.oneof(fc.array(row, { minLength: 1, maxLength: 60 }), fc.array(anyRow, { minLength: 1, maxLength: 20 })),
      fc.integer({ min: 1, max: 40 }),
    ],
    { numRuns: 25 },
  )("gives the same with times and texts", async (rows, group) => expectSame(timed, rows, group));

  async function expectSame(definition: ModelDefinition, rows: readonly TableRow[], group: number): Promise<void> {
    const csv = csvOf(rows);
    const jsonl = jsonlOf(rows);
    const expected = await readBytes(definition, "a.csv", csv);
    const others = await Promise.all([
      readBytes(definition, "a.csv.gz", gzipSync(csv)),
      readBytes(definition, "a.csv.zst", rawZstd(csv, "right")),
      readBytes(inFormat(definition, "jsonl"), "a.jsonl", jsonl),
      readBytes(inFormat(definition, "jsonl"), "a.jsonl.gz", gzipSync(jsonl)),
      readBytes(inFormat(definition, "jsonl"), "a.jsonl.zst", rawZstd(jsonl)),
      readBytes(inFormat(definition, "parquet"), "a.parquet", parquetOf(rows, group, "SNAPPY")),
      readBytes(inFormat(definition, "parquet"), "a.parquet", parquetOf(rows, group, "GZIP")),
      readBytes(inFormat(definition, "parquet"), "a.parquet", parquetOf(rows, group, "UNCOMPRESSED")),
    ]);
    for (const { result, parts } of others) {
      expect(result.reasons).toEqual(expected.result.reasons);
      expect(result.warnings).toEqual(expected.result.warnings);
      expect(result.rows).toEqual(expected.result.rows);
      expectSameProfile(result.profile, expected.result.profile);
      expect(result.timeRange).toEqual(expected.result.timeRange);
      expect([...result.columns].sort()).toEqual([...expected.result.columns].sort());
      if (expected.result.accepted) expect(parts).toEqual(expected.parts);
    }
  }

  it("has the hash of the file as it was uploaded", async () => {
    const csv = csvOf([
      { id: 1, day: "2001-01-01", amount: 1, whole: 1, kind: "a", flag: true, seen: null, note: null, outcome: "no" },
    ]);
    const packed = gzipSync(csv);
    expect((await readBytes(definition, "a.csv.gz", packed)).result.table).toMatchObject({
      compression: "gzip",
      sha256: sha256(packed),
    });
  });

  it("puts a row on the same side however its key is written", async () => {
    const lines = (write: (n: number) => string) =>
      encoder.encode(
        `id,day,amount,whole,"kind, or so",flag,outcome\n${Array.from({ length: 300 }, (_, n) => write(n)).join("\n")}\n`,
      );
    const spellings = [
      lines((n) => `${n},2001-01-01,${n},1,a,true,no`),
      lines((n) => `${n}.0,2001-01-01T00:00:00Z,${n},1,a,YES,no`),
      lines((n) => `+0${n},2001-01-01 01:00:00+01:00,${n},1,a,t,no`),
      lines((n) => `${n}e0,2001-01-01T00:00,${n},1,a,1,no`),
    ];
    const results = await Promise.all(spellings.map((bytes) => readBytes(definition, "a.csv", bytes)));
    for (const { parts } of results) expect(parts).toEqual(results[0]?.parts);
  });
});
