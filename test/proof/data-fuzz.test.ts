import fc from "fast-check";
import { expect, it } from "vitest";
import { instantReader } from "../../core/data/instant-reader.ts";
import { cuts, definition, file, HEADER, writtenValues } from "../unit/data/random-files.ts";
import { timedCsv, timedDefinition, timedRecords, writtenTimedValues } from "../unit/data/random-timed-files.ts";
import { divide, readFile } from "../unit/data/read-file.ts";
import { referenceCsv, referenceIngest, referenceInstant } from "../unit/data/reference-ingest.ts";

const encoder = new TextEncoder();

it("agrees with the slow reference on the verdict, the rows and every value of 10,000 files, wherever chunks end", () => {
  fc.assert(
    fc.property(file, cuts, (text, positions) => {
      const { result, parts } = readFile(definition, divide(encoder.encode(text), positions));
      const expected = referenceIngest(definition, text.replace(/^\ufeff/, ""));
      expect(new Set(result.reasons.map((reason) => reason.rule))).toEqual(expected.rules);
      expect(result.profile.rows).toBe(expected.rows);
      if (!result.accepted) return;
      expect(result.rows.total).toBe(expected.rows);
      expect(writtenValues(parts)).toEqual(expected.values.map((values) => JSON.stringify(values)).sort());
      const { amount, flag } = result.profile.features;
      const numbers = expected.values.map((values) => values[0]).filter((value) => typeof value === "number");
      expect(amount).toMatchObject({ count: numbers.length, nulls: expected.rows - numbers.length });
      expect(flag).toMatchObject({ trueCount: expected.values.filter((values) => values[2] === true).length });
      const { positive } = result.profile.target.type === "binary" ? result.profile.target : { positive: -1 };
      expect(positive).toBe(expected.values.filter((values) => values[3] === 1).length);
    }),
    { numRuns: 10_000 },
  );
});

it("agrees with the slow reference on 10,000 files with times and texts, from CSV and from JSON Lines", () => {
  const names = ["moment", "at, or so", "unused", "day", "note", "outcome"];
  const jsonLines = { ...timedDefinition, data: { ...timedDefinition.data, format: "jsonl" as const } };
  fc.assert(
    fc.property(timedRecords, cuts, fc.boolean(), (rows, positions, isJson) => {
      const csv = timedCsv(rows, true);
      const lines = rows.map((fields) => JSON.stringify(Object.fromEntries(fields.map((v, i) => [names[i] ?? "", v]))));
      const bytes = encoder.encode(isJson ? `${lines.join("\n")}\n` : csv);
      const { result, parts } = readFile(isJson ? jsonLines : timedDefinition, divide(bytes, positions));
      const expected = referenceIngest(timedDefinition, csv);
      expect(new Set(result.reasons.map((reason) => reason.rule))).toEqual(expected.rules);
      expect(result.profile.rows).toBe(expected.rows);
      if (!result.accepted) return;
      expect(writtenTimedValues(parts)).toEqual(expected.values.map((values) => JSON.stringify(values)).sort());
      for (const [index, name] of ["moment", "at, or so", "day", "note"].entries()) {
        const count = expected.values.filter((values) => values[index] !== null).length;
        expect(result.profile.features[name]).toMatchObject({ count, nulls: expected.rows - count, invalid: 0 });
      }
    }),
    { numRuns: 10_000 },
  );
});

it("agrees with the slow reference on the instants of 200,000 texts in three notations", () => {
  const text = fc.oneof(
    fc.string({ unit: fc.constantFrom(..."0123456789-/:T.Z+ "), maxLength: 24 }),
    fc
      .tuple(
        fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }),
        fc.nat({ max: 30 }),
        fc.nat({ max: 9 }),
      )
      .map(([date, at, digit]) => {
        const iso = date.toISOString();
        return `${iso.slice(0, at)}${digit}${iso.slice(at + 1)}`;
      }),
    fc
      .tuple(
        fc.nat({ max: 32 }),
        fc.nat({ max: 13 }),
        fc.integer({ min: 0, max: 9_999 }),
        fc.nat({ max: 24 }),
        fc.nat({ max: 60 }),
      )
      .map(([d, m, y, hour, minute]) => `${d}/${m}/${String(y).padStart(4, "0")} ${hour}:${minute}`),
    fc.double({ noNaN: true, min: -1e12, max: 1e12 }).map(String),
  );
  const format = fc.constantFrom(undefined, "%d/%m/%Y %H:%M", "epoch-seconds");
  fc.assert(
    fc.property(text, format, (value, declared) => {
      const bytes = encoder.encode(value.trim());
      const found = instantReader(declared)(bytes, 0, bytes.length);
      expect(Number.isNaN(found) ? null : found).toBe(referenceInstant(value.trim(), declared));
    }),
    { numRuns: 200_000 },
  );
});

it("agrees with the slow reference on the records of 10,000 hostile texts", () => {
  const hostile = fc.string({ unit: fc.constantFrom("a", "1", ",", '"', "\n", "\r", "é", " "), maxLength: 120 });
  fc.assert(
    fc.property(hostile, cuts, (body, positions) => {
      const text = `${HEADER}\n${body}`;
      const { result } = readFile(definition, divide(encoder.encode(text), positions));
      const { records, unbalanced } = referenceCsv(text);
      const rules = new Set<string>(result.reasons.map((reason) => reason.rule));
      expect(rules.has("unbalanced-quote")).toBe(unbalanced);
      expect(rules.has("ragged-row")).toBe(records.slice(1).some((row) => row.length !== 5));
      expect(result.profile.rows).toBe(records.length - 1);
    }),
    { numRuns: 10_000 },
  );
});
