import { type InstantReader, instantReader } from "../data/instant-reader.ts";

/** A declared format that fits every value so far. */
export interface FittingFormat {
  readonly format: string;
  /** Share of different values that are not earlier than the one before: 1 when the file is in the order of time by this format. */
  readonly inOrder: number;
}

interface Candidate {
  readonly format: string;
  readonly read: InstantReader;
  last: number;
  steps: number;
}

const NUMERIC = /^(\d{1,4})([/.-])(\d{1,2})\2(\d{1,4})(.*)$/;
const DAY_FIRST = /^\d{1,2}([ -])[A-Za-z]{3,9}\1(\d{4}|\d{2})(.*)$/;
const MONTH_FIRST = /^[A-Za-z]{3,9} \d{1,2}(,?) (\d{4})(.*)$/;
const TIME = /^([ T])\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?)([AaPp][Mm])?( ?)(?:Z|[+-]\d{2}(?::?\d{2})?)?$/;

/** Finds the declared formats that fit all dates of a column which are not ISO 8601, such as 31/12/2001 and 12/31/2001. */
export class DateFormats {
  private candidates: Candidate[] | undefined;
  private values = 0;

  /** Takes a value in bytes [start, end), and the same as text. */
  add(text: string, bytes: Uint8Array, start: number, end: number): void {
    this.candidates ??= formatsLike(text).map((format) => ({
      format,
      read: instantReader(format),
      last: Number.NEGATIVE_INFINITY,
      steps: 0,
    }));
    this.values++;
    this.candidates = this.candidates.filter((candidate) => {
      const instant = candidate.read(bytes, start, end);
      if (Number.isNaN(instant)) return false;
      if (instant >= candidate.last) candidate.steps++;
      candidate.last = instant;
      return true;
    });
  }

  /** The formats that fit all values, most likely first: by the order of the rows, then day before month. */
  build(): FittingFormat[] {
    return (this.candidates ?? [])
      .map(({ format, steps }) => ({ format, inOrder: steps / this.values }))
      .sort((a, b) => b.inOrder - a.inOrder);
  }
}

/** Formats that a value may be written in, by its shape. */
function formatsLike(text: string): string[] {
  const numeric = NUMERIC.exec(text);
  if (numeric !== null) {
    const [, first = "", separator = "", , last = "", rest = ""] = numeric;
    const orders =
      first.length === 4
        ? ["Y m d", ...(separator === "-" ? [] : ["Y d m"])]
        : last.length === 4
          ? ["d m Y", "m d Y"]
          : ["d m y", "m d y", "y m d"];
    const dates = orders.map((order) =>
      order
        .split(" ")
        .map((field) => `%${field}`)
        .join(separator),
    );
    return withTime(dates, rest);
  }
  const dayFirst = DAY_FIRST.exec(text);
  if (dayFirst !== null) {
    const [, separator = "", year = "", rest = ""] = dayFirst;
    return withTime([["%d", "%b", year.length === 4 ? "%Y" : "%y"].join(separator)], rest);
  }
  const [, comma = "", , rest = "?"] = MONTH_FIRST.exec(text) ?? [];
  return withTime([`%b %d${comma} %Y`], rest);
}

function withTime(dates: readonly string[], rest: string): string[] {
  if (rest === "") return [...dates];
  const time = TIME.exec(rest);
  if (time === null) return [];
  const [whole, separator = "", seconds, fraction, beforeHalf = "", half, beforeZone = ""] = time;
  const hasZone = /(?:Z|[+-]\d{2}(?::?\d{2})?)$/.test(whole);
  const second = `${seconds === undefined ? "" : ":%S"}${fraction === undefined ? "" : ".%f"}`;
  const gap = half === undefined ? "" : beforeHalf;
  const zoneGap = half === undefined ? beforeHalf : beforeZone;
  const clock = `${half === undefined ? "%H" : "%I"}:%M${second}${half === undefined ? "" : `${gap}%p`}`;
  return dates.map((date) => `${date}${separator}${clock}${hasZone ? `${zoneGap}%z` : ""}`);
}
