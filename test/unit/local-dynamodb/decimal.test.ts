import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addNumbers,
  canonicalNumber,
  numberSizeBytes,
  numberSortToken,
  subtractNumbers,
} from "../../../local/services/dynamodb/decimal.ts";

/** Decimals as text with up to 15 digits and a small exponent: exact in BigInt when scaled. */
const decimal = fc
  .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 15n }), fc.integer({ min: -10, max: 10 }))
  .map(([negative, digits, exponent]) => `${negative ? "-" : ""}${digits}E${exponent}`);

/** The value times 10^15, exactly. */
function scaled(text: string): bigint {
  const [, sign = "", digits = "0", exponent = "0"] = /^(-?)(\d+)E(-?\d+)$/.exec(text) ?? [];
  const value = BigInt(digits) * 10n ** BigInt(Number(exponent) + 15);
  return sign === "-" ? -value : value;
}

/** The value of canonical text times 10^15, exactly. */
function scaledPlain(text: string): bigint {
  const [, sign = "", whole = "0", fraction = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  const value = BigInt(whole + fraction.padEnd(15, "0"));
  return sign === "-" ? -value : value;
}

describe("numbers", () => {
  it.each([
    ["0", "0"],
    ["-0.00", "0"],
    ["+5", "5"],
    ["007", "7"],
    ["1.500", "1.5"],
    [".5", "0.5"],
    ["5.", "5"],
    ["1e3", "1000"],
    ["12.5E-3", "0.0125"],
    ["9.9999999999999999999999999999999999999E+125", `99999999999999999999999999999999999999${"0".repeat(88)}`],
    ["1E-130", `0.${"0".repeat(129)}1`],
  ])("%s is kept as %s", (text, expected) => {
    expect(canonicalNumber(text)).toBe(expected);
  });

  it.each([
    ["", /cannot be converted/],
    ["abc", /cannot be converted to a numeric value: abc/],
    ["1e", /cannot be converted/],
    ["0x10", /cannot be converted/],
    ["1E126", /overflow/],
    ["1E-131", /underflow/],
    ["1.00000000000000000000000000000000000001", /38 significant digits/],
  ])("%s is refused", (text, message) => {
    expect(() => canonicalNumber(text)).toThrow(message);
  });

  it("are canonical: equal values have equal text, and it reads back as itself", () => {
    fc.assert(
      fc.property(decimal, decimal, (a, b) => {
        const [left, right] = [canonicalNumber(a), canonicalNumber(b)];
        expect(canonicalNumber(left)).toBe(left);
        expect(left === right).toBe(scaled(a) === scaled(b));
        expect(scaledPlain(left)).toBe(scaled(a));
      }),
    );
  });

  it("sort by their tokens as by value", () => {
    fc.assert(
      fc.property(decimal, decimal, (a, b) => {
        const [left, right] = [numberSortToken(canonicalNumber(a)), numberSortToken(canonicalNumber(b))];
        const expected = scaled(a) < scaled(b) ? -1 : scaled(a) > scaled(b) ? 1 : 0;
        expect(left < right ? -1 : left > right ? 1 : 0).toBe(expected);
      }),
      { numRuns: 1_000 },
    );
  });

  it("add and subtract exactly", () => {
    fc.assert(
      fc.property(decimal, decimal, (a, b) => {
        const [left, right] = [canonicalNumber(a), canonicalNumber(b)];
        expect(scaledPlain(addNumbers(left, right))).toBe(scaled(a) + scaled(b));
        expect(scaledPlain(subtractNumbers(left, right))).toBe(scaled(a) - scaled(b));
      }),
    );
  });

  it("refuse a sum of more than 38 digits", () => {
    expect(addNumbers("0.1", "0.2")).toBe("0.3");
    expect(() => addNumbers("1", "1E-40")).toThrow(/38 significant digits/);
  });

  it("count about a byte for two digits", () => {
    expect(numberSizeBytes("0")).toBe(1);
    expect(numberSizeBytes("1234")).toBe(3);
    expect(numberSizeBytes("-1234")).toBe(4);
  });
});
