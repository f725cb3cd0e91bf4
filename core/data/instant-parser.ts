const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Days from 1970-01-01 to a date of the proleptic Gregorian calendar; month and day start at 1. */
export function epochDay(year: number, month: number, day: number): number {
  const before = year - 1;
  const leaps = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400);
  const inYear = (DAYS_BEFORE_MONTH[month - 1] as number) + (month > 2 && isLeap(year) ? 1 : 0) + day - 1;
  return before * 365 + leaps + inYear - 719_162;
}

/** Number of days of a month of a year; months start at 1. */
export function daysInMonth(year: number, month: number): number {
  return (MONTH_DAYS[month - 1] as number) + (month === 2 && isLeap(year) ? 1 : 0);
}

/**
 * Reads ISO 8601 dates and times from bytes without making strings: `yyyy-mm-dd`, then optionally `T` or a space, `hh:mm`,
 * `:ss`, a fraction, and `Z` or an offset (`+02:00`, `+0200`). Without an offset the time is UTC.
 *
 * @returns milliseconds since the epoch, NaN when the bytes are no such date
 */
export function parseInstant(bytes: Uint8Array, start: number, end: number): number {
  const two = (at: number): number => {
    if (at + 2 > end) return -1;
    const tens = (bytes[at] as number) - 0x30;
    const ones = (bytes[at + 1] as number) - 0x30;
    return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
  };
  if (end - start < 10 || bytes[start + 4] !== 0x2d || bytes[start + 7] !== 0x2d) return Number.NaN;
  const century = two(start);
  const yearOfCentury = two(start + 2);
  const month = two(start + 5);
  const day = two(start + 8);
  if (century < 0 || yearOfCentury < 0 || month < 1 || month > 12 || day < 1) return Number.NaN;
  const year = century * 100 + yearOfCentury;
  if (day > daysInMonth(year, month)) return Number.NaN;
  let millis = epochDay(year, month, day) * 86_400_000;
  let i = start + 10;
  if (i === end) return millis;
  if (bytes[i] !== 0x54 && bytes[i] !== 0x20 && bytes[i] !== 0x74) return Number.NaN;
  const hour = two(i + 1);
  const minute = two(i + 4);
  if (bytes[i + 3] !== 0x3a || hour < 0 || hour > 23 || minute < 0 || minute > 59) return Number.NaN;
  millis += (hour * 60 + minute) * 60_000;
  i += 6;
  if (i < end && bytes[i] === 0x3a) {
    const second = two(i + 1);
    if (second < 0 || second > 59) return Number.NaN;
    millis += second * 1_000;
    i += 3;
    if (i < end && (bytes[i] === 0x2e || bytes[i] === 0x2c)) {
      let scale = 1_000;
      const fractionStart = ++i;
      for (; i < end; i++) {
        const digit = (bytes[i] as number) - 0x30;
        if (digit < 0 || digit > 9) break;
        scale /= 10;
        millis += digit * scale;
      }
      if (i === fractionStart) return Number.NaN;
    }
  }
  if (i === end) return millis;
  if (bytes[i] === 0x5a || bytes[i] === 0x7a) return i + 1 === end ? millis : Number.NaN;
  const sign = bytes[i] === 0x2b ? 1 : bytes[i] === 0x2d ? -1 : 0;
  const offsetHour = two(i + 1);
  const colon = bytes[i + 3] === 0x3a ? 1 : 0;
  const offsetMinute = two(i + 3 + colon);
  if (sign === 0 || offsetHour < 0 || offsetHour > 23 || offsetMinute < 0 || offsetMinute > 59) return Number.NaN;
  if (i + 5 + colon !== end) return Number.NaN;
  return millis - sign * (offsetHour * 60 + offsetMinute) * 60_000;
}
