import fc from "fast-check";
import { expect, it } from "vitest";
import { cuts, definition, file, HEADER, writtenValues } from "../unit/data/random-files.ts";
import { divide, readFile } from "../unit/data/read-file.ts";
import { referenceCsv, referenceIngest } from "../unit/data/reference-ingest.ts";

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
