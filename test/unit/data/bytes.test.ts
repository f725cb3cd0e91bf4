import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { ByteWriter } from "../../../core/data/byte-writer.ts";
import { LevelTable } from "../../../core/data/level-table.ts";
import { detectMagic } from "../../../core/data/magic.ts";
import { csvField, decode, shownValue, utf8 } from "../../../core/data/text.ts";
import { Utf8Check } from "../../../core/data/utf8-check.ts";
import { divide } from "./read-file.ts";
import { referenceCsv } from "./reference-ingest.ts";

const pieces = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 20 }).map(utf8),
  fc.uint8Array({ maxLength: 4 }),
  fc.constantFrom(Uint8Array.of(0xc0, 0x80), Uint8Array.of(0xed, 0xa0, 0x80), Uint8Array.of(0xf4, 0x90, 0x80, 0x80)),
);
const bytes = fc.array(pieces, { maxLength: 6 }).map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));
const cuts = fc.array(fc.nat({ max: 60 }), { maxLength: 20 });

function isValid(content: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(content);
    return true;
  } catch {
    return false;
  }
}

describe("Utf8Check", () => {
  test.prop([bytes, cuts], { numRuns: 3_000 })("agrees with TextDecoder wherever chunks end", (content, positions) => {
    const check = new Utf8Check();
    const verdicts = divide(content, positions).map((chunk) => check.next(chunk));
    expect(verdicts.every((verdict) => verdict === undefined) && check.end()).toBe(isValid(content));
  });

  test.prop([bytes])("says where the first wrong character begins", (content) => {
    const at = new Utf8Check().next(content);
    if (at === undefined) return;
    expect(isValid(content.subarray(0, at))).toBe(true);
    for (let length = 1; length <= 4 && at + length <= content.length; length++) {
      expect(isValid(content.subarray(0, at + length))).toBe(false);
    }
  });
});

describe("LevelTable", () => {
  test.prop([fc.array(fc.string({ maxLength: 3 }), { maxLength: 600 })])(
    "numbers distinct texts like a Map",
    (texts) => {
      const table = new LevelTable();
      const expected = new Map<string, number>();
      for (const text of texts) {
        if (!expected.has(text)) expected.set(text, expected.size);
        const content = utf8(`<${text}>`);
        expect(table.intern(content, 1, content.length - 1)).toBe(expected.get(text));
      }
      expect(table.names).toEqual([...expected.keys()]);
    },
  );

  it("refuses new texts when it is full, and still knows the old ones", () => {
    const table = new LevelTable(1_000);
    const idOf = (n: number) => table.intern(utf8(`level ${n}`), 0, utf8(`level ${n}`).length);
    for (let n = 0; n < 1_000; n++) expect(idOf(n)).toBe(n);
    expect(idOf(1_000)).toBe(-1);
    expect(idOf(777)).toBe(777);
  });
});

describe("ByteWriter", () => {
  test.prop([fc.array(fc.uint8Array({ maxLength: 200 }))])("joins what is written", (parts) => {
    const writer = new ByteWriter(1);
    for (const part of parts) writer.slice(Uint8Array.of(1, ...part, 2), 1, part.length + 1);
    writer.byte(10);
    writer.ascii("end");
    expect([...writer.take()]).toEqual([...parts.flatMap((part) => [...part]), 10, ...utf8("end")]);
    expect(writer.take().length).toBe(0);
  });
});

describe("text", () => {
  test.prop([fc.string({ unit: "grapheme", maxLength: 40 })])("decodes what it encodes", (text) => {
    const content = utf8(`x${text}x`);
    expect(decode(content, 1, content.length - 1)).toBe(text);
  });

  test.prop([
    fc.array(fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", "\r", " "), minLength: 1 }), { minLength: 1 }),
  ])("writes CSV fields that read back the same", (fields) => {
    const { records } = referenceCsv(`${fields.map((field) => csvField(field)).join(",")}\n`);
    expect(records).toEqual([fields]);
  });

  it("cuts and escapes what is shown", () => {
    expect(shownValue("a\nb\u0000")).toBe("a\\u000ab\\u0000");
    expect(shownValue("🛬".repeat(100))).toBe(`${"🛬".repeat(77)}...`);
    expect(shownValue("x".repeat(80)).length).toBe(80);
  });
});

describe("detectMagic", () => {
  it("does not take the letters of a header line for a signature", () => {
    for (const header of ["PAR1,speed\n", "BZh,speed\n", "ORC\nspeed\n", "PK,speed"]) {
      expect(detectMagic(utf8(header))).toBeUndefined();
    }
  });
});
