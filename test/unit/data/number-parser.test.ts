import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { NumberParser } from "../../../core/data/number-parser.ts";

const parser = new NumberParser();

function parse(text: string): number | undefined {
  const bytes = new TextEncoder().encode(`x${text}x`);
  return parser.parse(bytes, 1, bytes.length - 1) ? parser.value : undefined;
}

describe("NumberParser", () => {
  test.prop([fc.double({ noNaN: true, noDefaultInfinity: true })], { numRuns: 3_000 })(
    "reads what JavaScript prints",
    (x) => {
      expect(parse(String(x))).toBe(x === 0 ? 0 : x);
      expect(parse(x.toExponential())).toSatisfy((value) => Object.is(value, x) || x === 0);
      if (Math.abs(x) < 1e20) expect(parse(x.toFixed(6))).toBe(Number(x.toFixed(6)));
    },
  );

  const digits = fc.string({ unit: fc.constantFrom(..."0123456789+-.eE "), maxLength: 24 });
  test.prop([digits], { numRuns: 5_000 })("accepts its grammar and nothing else, with Number's value", (text) => {
    const value = Number(text);
    const fits = /^ *[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)? *$/.test(text) && Number.isFinite(value);
    expect(parse(text)).toBe(fits ? value : undefined);
    if (!fits) return;
    const trimmed = text.trim();
    expect(parser.isJson).toBe(/^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/.test(trimmed));
    if (parser.isJson) expect(JSON.parse(trimmed)).toBe(parser.value);
  });

  it.each([
    "",
    " ",
    "-",
    "+",
    ".",
    "e5",
    "1e",
    "1e+",
    "0x10",
    "1_000",
    "1,000",
    "Infinity",
    "NaN",
    "1e999",
    "-1e999",
    "1 2",
    "12a",
    "١٢",
  ])("refuses %j", (text) => {
    expect(parse(text)).toBeUndefined();
  });
});
