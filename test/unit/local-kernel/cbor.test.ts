import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { decodeCbor, encodeCbor } from "../../../local/kernel/cbor.ts";

const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(" ", ""), "hex");

describe("decodeCbor", () => {
  // Examples of RFC 8949, appendix A.
  it.each([
    ["00", 0],
    ["1818", 24],
    ["1903e8", 1_000],
    ["1b000000e8d4a51000", 1_000_000_000_000],
    ["3903e7", -1_000],
    ["f93c00", 1],
    ["f97bff", 65_504],
    ["f90001", 2 ** -24],
    ["fa47c35000", 100_000],
    ["fb3ff199999999999a", 1.1],
    ["f4", false],
    ["f6", null],
    ["6449455446", "IETF"],
    ["83010203", [1, 2, 3]],
    ["a26161016162820203", { a: 1, b: [2, 3] }],
    ["7f657374726561646d696e67ff", "streaming"],
    ["9f018202039f0405ffff", [1, [2, 3], [4, 5]]],
    ["bf61610161629f0203ffff", { a: 1, b: [2, 3] }],
    ["c11a514b67b0", new Date(1_363_896_240_000)],
    ["5f42010243030405ff", Buffer.from([1, 2, 3, 4, 5])],
  ])("reads %s", (bytes, value) => {
    expect(decodeCbor(hex(bytes))).toEqual(value);
  });

  it.each(["", "18", "6449", "8301", "0000", "ff", "1c"])("refuses '%s'", (bytes) => {
    expect(() => decodeCbor(hex(bytes))).toThrow("not valid CBOR");
  });

  it("refuses endless nesting", () => {
    expect(() => decodeCbor(Buffer.alloc(10_000, 0x81))).toThrow("nested too deeply");
  });
});

describe("encodeCbor", () => {
  test.prop([
    fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.string(),
        fc.double({ noNaN: true }).map((value) => (Object.is(value, -0) ? 0 : value)),
        fc.maxSafeInteger(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie("value")),
        fc.dictionary(fc.string(), tie("value")),
      ),
    })).value,
  ])("is read back as it was", (value) => {
    expect(JSON.stringify(decodeCbor(encodeCbor(value)))).toBe(JSON.stringify(value));
  });

  it("keeps dates and bytes and leaves out undefined", () => {
    const value = { at: new Date(1_500), bytes: Buffer.from("x"), absent: undefined };
    expect(decodeCbor(encodeCbor(value))).toEqual({ at: new Date(1_500), bytes: Buffer.from("x") });
  });
});
