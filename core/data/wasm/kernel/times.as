// The column of times.

import { oddTime } from "./host";
import {
  D_EARLIEST, D_EARLIEST_LENGTH, D_EARLIEST_TEXT, D_ENDS, D_LATEST, D_LATEST_LENGTH, D_LATEST_TEXT, D_NUMBER_END, D_NUMBER_START, D_STARTS,
  D_VALUES,
} from "./layout";
import { fieldText, textEnd, textStart } from "./text";

@inline function two(at: usize): u32 {
  const tens = <u32>load<u8>(at) - 0x30;
  const ones = <u32>load<u8>(at, 1) - 0x30;
  return tens > 9 || ones > 9 ? 1000 : tens * 10 + ones;
}

// Days since the epoch, by the algorithm of https://howardhinnant.github.io/date_algorithms.html#days_from_civil (years 0 to 9999).
@inline function epochDay(year: i32, month: i32, day: i32): i32 {
  const y = month <= 2 ? year - 1 : year;
  const era = (y >= 0 ? y : y - 399) / 400;
  const yearOfEra = y - era * 400;
  const dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + (yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear) - 719468;
}

@inline function monthDays(year: i32, month: i32): i32 {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// The date that was read last, in seconds since the epoch, and its ten bytes: rows that follow each other often have the same.
let lastDay: i64 = 0;
let lastDate: u64 = 0;
let lastDateEnd: u16 = 0;

// Reads yyyy-mm-dd.
function plainDate(at: usize): bool {
  if (load<u8>(at, 4) != 0x2d || load<u8>(at, 7) != 0x2d) return false;
  const century = two(at);
  const ofCentury = two(at + 2);
  const month = two(at + 5);
  const day = two(at + 8);
  if (century > 99 || ofCentury > 99 || month - 1 > 11 || day - 1 > 30) return false;
  const year = <i32>(century * 100 + ofCentury);
  if (<i32>day > monthDays(year, <i32>month)) return false;
  lastDay = <i64>epochDay(year, <i32>month, <i32>day) * 86400;
  return true;
}

// The plain time that was read last, in milliseconds since the epoch.
let plainValue: f64 = 0;

// Reads yyyy-mm-dd, yyyy-mm-ddThh:mm or yyyy-mm-ddThh:mm:ss, each optionally with Z; gives where it ends, 0 when it is something else.
function plainTime(at: usize): usize {
  if (load<u64>(at) != lastDate || load<u16>(at, 8) != lastDateEnd) {
    if (!plainDate(at)) return 0;
    lastDate = load<u64>(at);
    lastDateEnd = load<u16>(at, 8);
  }
  let seconds = lastDay;
  let i = at + 10;
  const mark = <u32>load<u8>(i);
  if (mark == 0x54 || mark == 0x20) {
    const hour = two(i + 1);
    const minute = two(i + 4);
    if (hour > 23 || minute > 59 || load<u8>(i, 3) != 0x3a) return 0;
    seconds += hour * 3600 + minute * 60;
    i += 6;
    if (load<u8>(i) == 0x3a) {
      const second = two(i + 1);
      if (second > 59) return 0;
      seconds += second;
      i += 3;
    }
    if (load<u8>(i) == 0x5a) i++;
  }
  plainValue = <f64>(seconds * 1000);
  return i;
}

// Reads the cells of the column into its values, starts and ends; cells and result as those of readNumbers.
export function readTimes(cell: usize, index: i32, places: usize, step: usize, rows: i32): i32 {
  const values = <usize>load<u32>(cell, D_VALUES);
  const starts = <usize>load<u32>(cell, D_STARTS);
  const ends = <usize>load<u32>(cell, D_ENDS);
  for (let row: usize = 0; row < <usize>rows; row++) {
    let start = <usize>load<u32>(places + row * step) + 1;
    let end = <usize>load<u32>(places + row * step, 4);
    let value = plainValue;
    if (plainTime(start) == end) {
      value = plainValue;
    } else {
      if (!fieldText(start, end)) return <i32>row;
      value = oddTime(index, textStart, textEnd);
      if (value != value) return <i32>row;
      start = <usize>load<u32>(cell, D_NUMBER_START);
      end = <usize>load<u32>(cell, D_NUMBER_END);
    }
    store<f64>(values + (row << 3), value);
    store<u32>(starts + (row << 2), <u32>start);
    store<u32>(ends + (row << 2), <u32>end);
  }
  return rows;
}

@inline function keepText(to: usize, from: usize): void {
  v128.store(to, v128.load(from));
  v128.store(to, v128.load(from, 16), 16);
  v128.store(to, v128.load(from, 32), 32);
}

// Keeps the earliest and the latest time of the rows, with their texts.
export function countTimes(cell: usize, rows: i32): void {
  const values = <usize>load<u32>(cell, D_VALUES);
  const starts = <usize>load<u32>(cell, D_STARTS);
  const ends = <usize>load<u32>(cell, D_ENDS);
  for (let row: usize = 0; row < <usize>rows; row++) {
    const value = load<f64>(values + (row << 3));
    const start = <usize>load<u32>(starts + (row << 2));
    const length = load<u32>(ends + (row << 2)) - <u32>start;
    if (value < load<f64>(cell, D_EARLIEST)) {
      store<f64>(cell, value, D_EARLIEST);
      store<u32>(cell, length, D_EARLIEST_LENGTH);
      keepText(<usize>load<u32>(cell, D_EARLIEST_TEXT), start);
    }
    if (value > load<f64>(cell, D_LATEST)) {
      store<f64>(cell, value, D_LATEST);
      store<u32>(cell, length, D_LATEST_LENGTH);
      keepText(<usize>load<u32>(cell, D_LATEST_TEXT), start);
    }
  }
}
