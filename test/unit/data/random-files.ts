import fc from "fast-check";
import { parseDefinition } from "../../../core/definition/parse.ts";
import { referenceCsv } from "./reference-ingest.ts";

/** Definition of the generated files. */
export const definition = parseDefinition(
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
/** Their header line. */
export const HEADER = 'amount,"kind, or so",flag,unused,outcome';

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
/** Rows as fields. */
export const records = fc.oneof(
  fc.array(record, { minLength: 1, maxLength: 30 }),
  fc.array(cleanRecord, { minLength: 1, maxLength: 40 }),
);

/** Writes a field with quotes where they are needed, or where they are not. */
export function field(text: string, alwaysQuote: boolean): string {
  return alwaysQuote || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Whole files as text. */
export const file = fc
  .tuple(records, fc.constantFrom("\n", "\r\n", "\r"), fc.boolean(), fc.boolean(), fc.boolean())
  .map(([rows, lineEnd, quotes, lastEnd, mark]) => {
    const lines = rows.map((fields) => fields.map((text) => field(text, quotes)).join(","));
    return `${mark ? "\ufeff" : ""}${[HEADER, ...lines].join(lineEnd)}${lastEnd ? lineEnd : ""}`;
  });
/** Where chunks end. */
export const cuts = fc.array(fc.nat({ max: 3_000 }), { maxLength: 40 });

/** The values that the parts hold, by row: read back with the reference parser. */
export function writtenValues(parts: { train: string; validation: string; test: string }): string[] {
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
