import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { parseInstant } from "../../../core/data/instant-parser.ts";

function parse(text: string): number {
  const bytes = new TextEncoder().encode(`x${text}99`);
  return parseInstant(bytes, 1, bytes.length - 2);
}

describe("parseInstant", () => {
  const dates = fc.date({
    min: new Date("0000-01-01T00:00:00Z"),
    max: new Date("9999-12-31T23:59:59Z"),
    noInvalidDate: true,
  });

  test.prop([dates], { numRuns: 2_000 })("reads what Date prints", (date) => {
    const iso = date.toISOString();
    expect(parse(iso)).toBe(date.getTime());
    expect(parse(iso.slice(0, 10))).toBe(Date.parse(iso.slice(0, 10)));
    expect(parse(`${iso.slice(0, 10)} ${iso.slice(11, 16)}`)).toBe(Date.parse(`${iso.slice(0, 16)}Z`));
  });

  it("understands offsets", () => {
    expect(parse("2001-12-31T23:30:00-01:00")).toBe(Date.parse("2002-01-01T00:30:00Z"));
    expect(parse("2001-12-31T23:30+0200")).toBe(Date.parse("2001-12-31T21:30:00Z"));
  });

  it.each([
    "2001-02-29",
    "2001-13-01",
    "2001-00-10",
    "2001-01-00",
    "2001-1-1",
    "01-01-2001",
    "20010101",
    "2001-01-01T",
    "2001-01-01T25:00",
    "2001-01-01T10:60",
    "2001-01-01T10:00:00.",
    "2001-01-01T10:00:00+",
    "2001-01-01T10:00:00Zx",
    "2001-01-01T10:00:00+99:00",
    "",
    "1900-02-29",
  ])("refuses %j", (text) => {
    expect(parse(text)).toBeNaN();
  });
});
