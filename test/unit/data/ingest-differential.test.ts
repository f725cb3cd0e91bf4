import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { cuts, definition, field, file, HEADER, records, writtenValues } from "./random-files.ts";
import { divide, readFile, readText } from "./read-file.ts";
import { referenceCsv, referenceIngest } from "./reference-ingest.ts";

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
        expect(profile.min).toBe(Math.min(...amounts) + 0);
        expect(profile.max).toBe(Math.max(...amounts) + 0);
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
