import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { parseDefinition } from "../../../core/definition/parse.ts";
import { divide, readFile, readText } from "./read-file.ts";
import { referenceCsv, referenceIngest } from "./reference-ingest.ts";

const definition = parseDefinition(
  `
schemaVersion: 1
name: random
problem: binary-classification
data:
  target: { column: outcome, positive: ["yes, it is"] }
  features:
    amount: { type: number, min: -1000, max: 1000, maxNullFraction: 1 }
    "kind, or so": { type: category, maxLevels: 10000, maxNullFraction: 1 }
    flag: { type: boolean, maxNullFraction: 1 }
gate: { metric: auc }
`,
  "random.yaml",
);
const HEADER = 'amount,"kind, or so",flag,unused,outcome';

const amount = fc.oneof(
  fc.double({ noNaN: true, min: -1500, max: 1500 }).map(String),
  fc.integer({ min: -2000, max: 2000 }).map(String),
  fc.constantFrom(
    "",
    "NA",
    " 12 ",
    "+5",
    ".5",
    "5.",
    "007",
    "-0",
    "1e2",
    "1E-3",
    "0x10",
    "1,5",
    "1e999",
    "--1",
    "1 2",
    ".",
  ),
);
const anyText = fc.string({
  unit: fc.constantFrom("a", "b", ",", '"', "\n", "\r", " ", "é", "🛬", "_", "\t"),
  maxLength: 8,
});
const kind = fc.oneof(anyText, fc.constantFrom("Climb", "NA", "", "null", "=1+1"));
const flag = fc.constantFrom("true", "FALSE", "1", "0", "y", "no", "", "NaN", "perhaps");
const outcome = fc.constantFrom("yes, it is", "no", "no", "no", "maybe", "");
const record = fc.tuple(amount, kind, flag, anyText, outcome);
/** Records that break no rule, so that whole files are accepted. */
const cleanRecord = fc.tuple(
  fc.oneof(
    fc.double({ noNaN: true, min: -1000, max: 1000 }).map(String),
    fc.integer({ min: -1000, max: 1000 }).map(String),
    fc.constantFrom("", "NA", " 12 ", "+5", ".5", "5.", "007", "-0", "1e2", "1E-3"),
  ),
  kind,
  fc.constantFrom("true", "FALSE", "1", "0", "y", "no", "", "NaN"),
  anyText,
  fc.constantFrom("yes, it is", "no"),
);
const records = fc.oneof(
  fc.array(record, { minLength: 1, maxLength: 30 }),
  fc.array(cleanRecord, { minLength: 1, maxLength: 40 }),
);

/** Writes a field with quotes where they are needed, or where they are not. */
function field(text: string, alwaysQuote: boolean): string {
  return alwaysQuote || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const file = fc
  .tuple(records, fc.constantFrom("\n", "\r\n", "\r"), fc.boolean(), fc.boolean(), fc.boolean())
  .map(([rows, lineEnd, quotes, lastEnd, mark]) => {
    const lines = rows.map((fields) => fields.map((text) => field(text, quotes)).join(","));
    return `${mark ? "\ufeff" : ""}${[HEADER, ...lines].join(lineEnd)}${lastEnd ? lineEnd : ""}`;
  });
const cuts = fc.array(fc.nat({ max: 3_000 }), { maxLength: 40 });

/** The values that the parts hold, by row: read back with the reference parser. */
function writtenValues(parts: { train: string; validation: string; test: string }): string[] {
  const rows: string[] = [];
  for (const part of [parts.train, parts.validation]) {
    const { records } = referenceCsv(part);
    for (const [amountText = "", kindText = "", flagText = "", label = ""] of records.slice(1)) {
      const number = amountText === "" ? null : JSON.parse(amountText);
      rows.push(
        JSON.stringify([
          number,
          kindText === "" ? null : kindText,
          flagText === "" ? null : flagText === "true",
          Number(label),
        ]),
      );
    }
  }
  for (const line of parts.test.split("\n").filter((text) => text !== "")) {
    const { label, features } = JSON.parse(line);
    rows.push(JSON.stringify([features.amount, features["kind, or so"], features.flag, label]));
  }
  return rows.sort();
}

describe("the ingest kernel against a slow, obvious implementation", () => {
  test.prop([file, cuts], { numRuns: 500 })(
    "agrees on the verdict, the rules and every value, wherever chunks end",
    (text, positions) => {
      const bytes = new TextEncoder().encode(text);
      const { result, parts } = readFile(definition, divide(bytes, positions));
      const expected = referenceIngest(definition, text.replace(/^\ufeff/, ""));
      expect(new Set(result.reasons.map((reason) => reason.rule))).toEqual(expected.rules);
      if (!result.accepted) return;
      expect(result.rows.total).toBe(expected.rows);
      expect(writtenValues(parts)).toEqual(expected.values.map((values) => JSON.stringify(values)).sort());
      expect(result.profile.rows).toBe(expected.rows);
      const amounts = expected.values.map((values) => values[0]).filter((value) => typeof value === "number");
      const { amount: profile } = result.profile.features;
      expect(profile).toMatchObject({ type: "number", count: amounts.length, nulls: expected.rows - amounts.length });
      if (profile?.type === "number" && amounts.length > 0) {
        expect(profile.min).toBe(Math.min(...amounts));
        expect(profile.max).toBe(Math.max(...amounts));
        expect(profile.mean).toBeCloseTo(amounts.reduce((sum, value) => sum + value, 0) / amounts.length, 8);
      }
    },
  );

  test.prop([fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", "\r", "é"), maxLength: 60 }), cuts], {
    numRuns: 1_000,
  })("agrees on the records of arbitrary, also malformed, text", (body, positions) => {
    const text = `${HEADER}\n${body}`;
    const { result } = readFile(definition, divide(new TextEncoder().encode(text), positions));
    const { records, unbalanced } = referenceCsv(text);
    const rows = records.slice(1);
    const rules = new Set<string>(result.reasons.map((reason) => reason.rule));
    expect(rules.has("unbalanced-quote")).toBe(unbalanced);
    expect(rules.has("ragged-row")).toBe(rows.some((row) => row.length !== 5));
    expect(typeof result.rows === "number" ? result.rows : result.rows.total).toBe(rows.length);
  });

  test.prop([file, cuts, cuts])("gives the same bytes for every division into chunks", (text, first, second) => {
    const bytes = new TextEncoder().encode(text);
    const one = readFile(definition, divide(bytes, first));
    const other = readFile(definition, divide(bytes, second));
    expect(other.result.reasons).toEqual(one.result.reasons);
    if (one.result.accepted) expect(other.parts).toEqual(one.parts);
  });

  test.prop([records])("reads JSON Lines like CSV", (all) => {
    const isClean = ([, , , , outcomeText]: (typeof all)[number]) => outcomeText !== "";
    const rows = all.filter(isClean).map(([, ...rest], index) => [String(index), ...rest] as const);
    const csv = `${HEADER}\n${rows.map((fields) => `${fields.map((text) => field(text, true)).join(",")}\n`).join("")}`;
    const lines = rows.map(([number, kindText, flagText, unused, outcomeText]) =>
      JSON.stringify({ outcome: outcomeText, unused, flag: flagText, "kind, or so": kindText, amount: Number(number) }),
    );
    const jsonl = { ...definition, data: { ...definition.data, format: "jsonl" as const } };
    const fromCsv = readText(definition, csv);
    const fromJson = readText(jsonl, lines.map((line) => `${line}\n`).join(""));
    if (rows.length === 0) return;
    expect(fromJson.result.reasons.map((reason) => [reason.rule, reason.count])).toEqual(
      fromCsv.result.reasons.map((reason) => [reason.rule, reason.count]),
    );
    if (fromCsv.result.accepted) expect(fromJson.parts).toEqual(fromCsv.parts);
  });
});
