import fc from "fast-check";
import { parseDefinition } from "../../../core/definition/parse.ts";
import { field } from "./random-files.ts";
import { referenceCsv } from "./reference-ingest.ts";

/** Definition of generated files with times in three notations and a free text. */
export const timedDefinition = parseDefinition(
  `
schemaVersion: 1
name: timed
problem: binary-classification
data:
  target: { column: outcome, positive: ["yes"] }
  key: [moment, note]
  features:
    moment: { type: timestamp, format: "%d/%m/%Y %H:%M", min: 1990-01-01, max: "2030-06-30T12:00:00Z", maxNullFraction: 1 }
    "at, or so": { type: timestamp, format: epoch-seconds, maxNullFraction: 1 }
    day: { type: timestamp, maxNullFraction: 1 }
    note: { type: text, minLength: 2, maxLength: 12, maxNullFraction: 1 }
gate: { metric: auc }
`,
  "timed.yaml",
);
/** Their header line. */
export const TIMED_HEADER = 'moment,"at, or so",unused,day,note,outcome';

const two = (n: number) => String(n).padStart(2, "0");
const year = fc.integer({ min: 1990, max: 2029 });
const month = fc.integer({ min: 1, max: 12 });
const dayOfMonth = fc.integer({ min: 1, max: 28 });
const clock = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }));
const missing = fc.constantFrom("", "NA", " ", " NA ", "null");

const declared = fc
  .tuple(year, month, dayOfMonth, clock, fc.boolean())
  .map(([y, m, d, [hour, minute], short]) =>
    short ? `${d}/${m}/${y} ${hour}:${minute}` : `${two(d)}/${two(m)}/${y} ${two(hour)}:${two(minute)}`,
  );
const iso = fc
  .tuple(year, month, dayOfMonth, clock, fc.constantFrom("", "Z", "+02:00", "-0530", ":59.5Z", ":07.1239"))
  .map(([y, m, d, [hour, minute], rest]) => `${y}-${two(m)}-${two(d)}T${two(hour)}:${two(minute)}${rest}`);
const date = fc.tuple(year, month, dayOfMonth).map(([y, m, d]) => `${y}-${two(m)}-${two(d)}`);
const epoch = fc.oneof(
  fc.integer({ min: -1_000_000_000, max: 2_000_000_000 }).map(String),
  fc.constantFrom("0", "-1.5", "1.5e9", "+7", " 1009792800 "),
);
const wrongTime = fc.constantFrom(
  "31/02/2001 10:00",
  "13/13/2001 10:00",
  "1/1/2001",
  "2001-02-29",
  "2001-01-01T24:00",
  "1009792800000000",
  "yesterday",
  "1989-12-31",
  "2031-01-01",
  "12:00",
);
const words = fc.constantFrom("gull", "Gull", "engine", "é", "北京", "🛬", "a,b", '"hi"', "x\ny", "...", " ", "\t");
const note = fc.array(words, { minLength: 1, maxLength: 3 }).map((list) => list.join(" "));
const cleanNote = note.filter((text) => {
  const { length } = Array.from(text);
  return text.trim() === "" || (length >= 2 && length <= 12);
});
const unused = fc.constantFrom("", "x", "a,b");
const outcome = fc.constantFrom("yes", "no");

const record = fc.tuple(
  fc.oneof(declared, iso, missing, wrongTime),
  fc.oneof(epoch, iso, missing, wrongTime),
  unused,
  fc.oneof(iso, date, missing, wrongTime),
  fc.oneof(note, missing),
  outcome,
);
const cleanRecord = fc.tuple(
  fc.oneof(declared, iso, missing),
  fc.oneof(epoch, iso, missing),
  unused,
  fc.oneof(iso, date, missing),
  fc.oneof(
    cleanNote,
    missing.filter((text) => text !== " NA "),
  ),
  outcome,
);
/** Rows as fields; those of the second kind break no rule. */
export const timedRecords = fc.oneof(
  fc.array(record, { minLength: 1, maxLength: 12 }),
  fc.array(cleanRecord, { minLength: 1, maxLength: 40 }),
);
/** Rows that break no rule. */
export const cleanTimedRecords = fc.array(cleanRecord, { minLength: 1, maxLength: 40 });

/** A file of rows as CSV text. */
export function timedCsv(rows: readonly (readonly string[])[], quotes = false, lineEnd = "\n"): string {
  const lines = rows.map((fields) => fields.map((text) => field(text, quotes)).join(","));
  return [TIMED_HEADER, ...lines, ""].join(lineEnd);
}

/** Whole files as text. */
export const timedFile = fc
  .tuple(timedRecords, fc.boolean(), fc.constantFrom("\n", "\r\n"))
  .map(([rows, quotes, lineEnd]) => timedCsv(rows, quotes, lineEnd));

/** The values that the parts hold, by row: read back with the reference parser. */
export function writtenTimedValues(parts: { train: string; validation: string; test: string }): string[] {
  const rows: string[] = [];
  for (const part of [parts.train, parts.validation]) {
    const { records } = referenceCsv(part);
    for (const [moment = "", at = "", day = "", text = "", label] of records.slice(1)) {
      rows.push(JSON.stringify([...[moment, at, day, text].map((value) => value || null), Number(label)]));
    }
  }
  for (const line of parts.test.split("\n").filter((text) => text !== "")) {
    const { label, features } = JSON.parse(line);
    rows.push(JSON.stringify([features.moment, features["at, or so"], features.day, features.note, label]));
  }
  return rows.sort();
}
