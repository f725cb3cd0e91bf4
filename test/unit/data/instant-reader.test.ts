import { readFileSync } from "node:fs";
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { instantOf } from "../../../core/data/instant-of.ts";
import { instantReader } from "../../../core/data/instant-reader.ts";
import { instantText } from "../../../core/data/instant-text.ts";
import { timeFormatProblem } from "../../../core/data/time-format.ts";
import { TIME_PARTS, timePart } from "../../../core/definition/time-parts.ts";

interface Case {
  readonly format: string | null;
  readonly text: string;
  readonly instant: number | null;
}

const cases: readonly Case[] = JSON.parse(
  readFileSync(new URL("../../fixtures/data/instants.json", import.meta.url), "utf8"),
);

/** As `instantOf`, but spaces around are not taken away. */
function read(text: string, format: string | null): number {
  const bytes = new TextEncoder().encode(text);
  return instantReader(format ?? undefined)(bytes, 0, bytes.length);
}

const instants = fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 });

describe("reading instants", () => {
  it.each(cases)("reads $text by $format as Python's datetime does", ({ format, text, instant }) => {
    expect(read(text, format)).toBe(instant ?? Number.NaN);
  });

  test.prop([instants])("reads back every instant that it writes", (instant) => {
    expect(instantOf(instantText(instant))).toBe(instant);
    expect(read(instantText(instant), "%d/%m/%Y")).toBe(instant);
    expect(read(String(instant), "epoch-milliseconds")).toBe(instant);
  });

  test.prop([instants])("reads an instant written by day, month and year in any order as the same", (instant) => {
    const [date = "", time = ""] = new Date(Math.floor(instant / 1_000) * 1_000).toISOString().slice(0, 19).split("T");
    const [year = "", month = "", day = ""] = date.split("-");
    const expected = Math.floor(instant / 1_000) * 1_000;
    expect(read(`${day}/${month}/${year} ${time}`, "%d/%m/%Y %H:%M:%S")).toBe(expected);
    expect(read(`${Number(month)}-${Number(day)}-${year} ${time}`, "%m-%d-%Y %H:%M:%S")).toBe(expected);
    expect(read(`${year}${month}${day}${time.replaceAll(":", "")}`, "%Y%m%d%H%M%S")).toBe(expected);
  });

  test.prop([
    fc.string({ unit: fc.constantFrom("0", "1", "9", "-", ":", "T", "Z", "+", ".", " ", "/"), maxLength: 26 }),
  ])("never reads beyond its bytes, and never gives a fraction of a millisecond", (text) => {
    const bytes = new TextEncoder().encode(`${text}0123456789Z`);
    for (const format of [undefined, "%d/%m/%Y", "%Y%m%d%H%M%S", "%d.%m.%y %H:%M:%S.%f %z", "epoch-seconds"]) {
      const found = instantReader(format)(bytes, 0, text.length);
      expect(found).toBe(read(text, format ?? null));
      if (!Number.isNaN(found)) expect(Number.isInteger(found)).toBe(true);
    }
  });
});

describe("a declared format", () => {
  it.each([
    ["dd/MM/yyyy HH:mm", "it has no directive; write %d/%m/%Y %H:%M instead"],
    ["%d/%m", "must have the year once"],
    ["%Y/%m", "must have the day"],
    ["%Y/%d", "must have the month once"],
    ["%Y/%m/%d %y", "must have the year once"],
    ["%Y/%m/%d %d", "has %d twice"],
    ["%Y/%m/%-d", "it has %-; write %d, which reads one digit as well as two"],
    ["%Y/%m/%d %T", "it has %T; known are: %Y year"],
    ["%Y/%m/%d %I:%M", "belong together"],
    ["%Y/%m/%d %M", "%M needs the hour"],
    ["%Y/%m/%d %H:%M %", "it has %; known are"],
    ["%Y-%d-%m", "cannot be told from ISO 8601"],
    ["", "must have the year"],
  ])("%s is refused with what to write", (format, problem) => {
    expect(timeFormatProblem(format)).toContain(problem);
  });

  it("is epoch seconds, epoch milliseconds or a pattern", () => {
    for (const format of ["epoch-seconds", "epoch-milliseconds", "%d.%m.%Y", "%Y%m%d"]) {
      expect(timeFormatProblem(format)).toBeUndefined();
    }
  });
});

describe("the parts of an instant", () => {
  it("are those of the calendar in UTC", () => {
    const parts = (text: string) => TIME_PARTS.map((part) => timePart(part, instantOf(text)));
    expect(parts("2000-12-31T23:59:00Z")).toEqual([59, 23, 7, 31, 366, 12, 2000, 11_322 + 1439 / 1440]);
    expect(parts("1969-12-31T12:00:00Z")).toEqual([0, 12, 3, 31, 365, 12, 1969, -0.5]);
    expect(parts("2024-07-01")).toEqual([0, 0, 1, 1, 183, 7, 2024, 19_905]);
    expect(parts("0099-01-01")[4]).toBe(1);
  });
});
