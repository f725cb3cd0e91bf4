import { MlopsError } from "../errors/mlops-error.ts";
import { daysInMonth, epochDay, parseInstant } from "./instant-parser.ts";
import { NumberParser } from "./number-parser.ts";
import { EPOCH_FORMATS, parseTimeFormat, type TimeItem } from "./time-format.ts";

/** Reads a time from bytes [start, end) without spaces around: whole milliseconds since the epoch, NaN when they are no time. */
export type InstantReader = (bytes: Uint8Array, start: number, end: number) => number;

/** First and last millisecond of the years 0000 to 9999. */
const EARLIEST = -62_167_219_200_000;
const LATEST = 253_402_300_799_999;

const MONTHS = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
];
const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

function inRange(millis: number): number {
  return millis >= EARLIEST && millis <= LATEST ? millis : Number.NaN;
}

function isoReader(bytes: Uint8Array, start: number, end: number): number {
  return inRange(Math.floor(parseInstant(bytes, start, end)));
}

/**
 * A reader of a declared format, and of ISO 8601 besides, which no format that is allowed can be mistaken for; without a format of
 * ISO 8601 alone. A time without an offset is UTC; what is finer than a millisecond is cut off.
 *
 * @throws MlopsError `internal.invariant` for a format that the definition's check would have refused
 */
export function instantReader(format?: string): InstantReader {
  if (format === undefined) return isoReader;
  const declared =
    format === EPOCH_FORMATS[0] ? epochReader(1_000) : format === EPOCH_FORMATS[1] ? epochReader(1) : null;
  const read = declared ?? patternReader(format);
  return (bytes, start, end) => {
    const instant = read(bytes, start, end);
    return Number.isNaN(instant) ? isoReader(bytes, start, end) : instant;
  };
}

function epochReader(millis: number): InstantReader {
  const parser = new NumberParser();
  return (bytes, start, end) =>
    parser.parse(bytes, start, end)
      ? inRange(millis === 1 ? Math.floor(parser.value) : Math.floor(parser.value * millis + 0.5))
      : Number.NaN;
}

/** A place in the bytes that are read, and what was found before it. */
interface Cursor {
  bytes: Uint8Array;
  at: number;
  end: number;
}

function digits(cursor: Cursor, least: number, most: number): number {
  let value = 0;
  let count = 0;
  while (count < most && cursor.at < cursor.end) {
    const digit = (cursor.bytes[cursor.at] as number) - 0x30;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
    count++;
    cursor.at++;
  }
  return count < least ? Number.NaN : value;
}

function oneOrTwo(cursor: Cursor, isFixed: boolean): number {
  return digits(cursor, isFixed ? 2 : 1, 2);
}

/** Milliseconds of a fraction of a second; finer digits are read and cut off. */
function fraction(cursor: Cursor): number {
  const start = cursor.at;
  const millis = digits(cursor, 1, 3) * 10 ** (3 - (cursor.at - start));
  digits(cursor, 0, 30);
  return millis;
}

function name(cursor: Cursor, names: readonly string[]): number {
  let length = 0;
  let text = "";
  while (cursor.at + length < cursor.end && length < 9) {
    const letter = (cursor.bytes[cursor.at + length] as number) | 0x20;
    if (letter < 0x61 || letter > 0x7a) break;
    text += String.fromCharCode(letter);
    length++;
  }
  const full = names.findIndex((candidate) => text.startsWith(candidate));
  if (full >= 0) {
    cursor.at += names[full]?.length ?? 0;
    return full + 1;
  }
  const short = names.findIndex((candidate) => text.startsWith(candidate.slice(0, 3)));
  if (short < 0) return Number.NaN;
  cursor.at += 3;
  return short + 1;
}

/** Minutes of an offset: Z, +hh, +hhmm or +hh:mm. */
function offset(cursor: Cursor): number {
  const first = cursor.bytes[cursor.at++] as number;
  if (first === 0x5a || first === 0x7a) return 0;
  const sign = first === 0x2b ? 1 : first === 0x2d ? -1 : Number.NaN;
  const hours = digits(cursor, 2, 2);
  if (cursor.at < cursor.end && cursor.bytes[cursor.at] === 0x3a) cursor.at++;
  const hasMinutes = cursor.at < cursor.end && ((cursor.bytes[cursor.at] as number) - 0x30) >>> 0 <= 9;
  const minutes = hasMinutes ? digits(cursor, 2, 2) : 0;
  return hours > 23 || minutes > 59 ? Number.NaN : sign * (hours * 60 + minutes);
}

function halfOfDay(cursor: Cursor): number {
  const first = (cursor.bytes[cursor.at] as number) | 0x20;
  const second = (cursor.bytes[cursor.at + 1] as number) | 0x20;
  if (cursor.at + 2 > cursor.end || second !== 0x6d) return Number.NaN;
  cursor.at += 2;
  return first === 0x61 ? 0 : first === 0x70 ? 12 : Number.NaN;
}

function patternReader(format: string): InstantReader {
  const items = parseTimeFormat(format);
  if (typeof items === "string") {
    throw new MlopsError("internal.invariant", `the time format ${JSON.stringify(format)} is wrong: ${items}`);
  }
  return (bytes, start, end) => readItems(items, { bytes, at: start, end });
}

function readItems(items: readonly TimeItem[], cursor: Cursor): number {
  let [year, month, day, hour, minute, second, millis, half, shift] = [0, 1, 1, 0, 0, 0, 0, 0, 0];
  for (const item of items) {
    if (cursor.at >= cursor.end) return Number.NaN;
    if ("literal" in item) {
      if (cursor.bytes[cursor.at++] !== item.literal) return Number.NaN;
      continue;
    }
    if (item.field === "Y") year = digits(cursor, 4, 4);
    else if (item.field === "y") {
      const short = digits(cursor, 2, 2);
      year = short + (short >= 69 ? 1900 : 2000);
    } else if (item.field === "m") month = oneOrTwo(cursor, item.isFixed);
    else if (item.field === "b") month = name(cursor, MONTHS);
    else if (item.field === "d") day = oneOrTwo(cursor, item.isFixed);
    else if (item.field === "H") {
      hour = oneOrTwo(cursor, item.isFixed);
      if (!(hour <= 23)) return Number.NaN;
    } else if (item.field === "I") {
      const twelve = oneOrTwo(cursor, item.isFixed);
      if (!(twelve >= 1 && twelve <= 12)) return Number.NaN;
      hour = twelve % 12;
    } else if (item.field === "p") half = halfOfDay(cursor);
    else if (item.field === "M") minute = oneOrTwo(cursor, item.isFixed);
    else if (item.field === "S") second = oneOrTwo(cursor, item.isFixed);
    else if (item.field === "f") millis = fraction(cursor);
    else if (item.field === "z") shift = offset(cursor);
    else if (Number.isNaN(name(cursor, WEEKDAYS))) return Number.NaN;
  }
  if (cursor.at !== cursor.end || !(year >= 0 && month >= 1 && month <= 12 && day >= 1 && minute <= 59))
    return Number.NaN;
  if (!(second <= 59) || day > daysInMonth(year, month)) return Number.NaN;
  const minutes = (hour + half) * 60 + minute - shift;
  return inRange(epochDay(year, month, day) * 86_400_000 + minutes * 60_000 + second * 1_000 + millis);
}
