// Columns of numbers.

import { decimalNote, longDecimal } from "./decimal";
import { oddNumber } from "./host";
import {
  D_ENDS, D_FLAGS, D_MAX, D_MIN, D_NOTES, D_NUMBER_END, D_NUMBER_NOTE, D_NUMBER_START, D_STARTS, D_VALUE, D_VALUES, FLAG_INTEGER,
  FLAG_REQUIRED, NOTE_FLOAT, NOTE_MISSING, NOTE_ODD, QUOTE,
} from "./layout";
import { fieldText, textEnd, textStart } from "./text";
import { again, differs, digitMoves, divisors } from "./variables";

// Vectors that the loop keeps at hand.
const CONSTANTS: usize = memory.data<u8>([
  0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30,
  0x2e, 0x2e, 0x2e, 0x2e, 0x2e, 0x2e, 0x2e, 0x2e, 0x2e, 0x2e, 0x2e, 0x2e, 0x2e, 0x2e, 0x2e, 0x2e,
  118, 118, 118, 118, 118, 118, 118, 118, 118, 118, 118, 118, 118, 118, 118, 118,
  0xff, 0, 0xff, 0, 0xff, 0, 0xff, 0, 0xff, 0, 0xff, 0, 0xff, 0, 0xff, 0,
  10, 0, 10, 0, 10, 0, 10, 0, 10, 0, 10, 0, 10, 0, 10, 0,
  100, 0, 1, 0, 100, 0, 1, 0, 100, 0, 1, 0, 100, 0, 1, 0,
  0x10, 0x27, 1, 0, 0x10, 0x27, 1, 0, 0x10, 0x27, 1, 0, 0x10, 0x27, 1, 0,
  0x2d, 0x2d, 0x2d, 0x2d, 0x2d, 0x2d, 0x2d, 0x2d, 0x2d, 0x2d, 0x2d, 0x2d, 0x2d, 0x2d, 0x2d, 0x2d,
], 16);

// Where the dot is, when there is none.
const NO_DOT: u32 = 15;

// Reads the cells of a column into its values and notes: cell r is between the byte after item r * step and item r * step + 1 at `places`.
// Gives the number of rows before the first one that is for the other lane.
//
// The first loop reads the digits of plain decimal notation of up to 15 bytes; the second one makes numbers of them, two at a time. So each has
// short chains, of which the processor works on several. Neither has a branch that depends on the digits; all other cells are looked at again
// afterwards.
export function readNumbers(cell: usize, index: i32, places: usize, step: usize, rows: i32, inBlock: i32): i32 {
  const values = <usize>load<u32>(cell, D_VALUES) + (<usize>inBlock << 3);
  let toAgain = readDigits(cell, places, step, rows, values);
  toAgain = divide(cell, rows, values, toAgain);
  let good = <usize>rows;
  for (let at = again; at < toAgain; at += 4) {
    const row = <usize>load<u32>(at);
    if (row >= good) continue;
    const start = <usize>load<u32>(places + row * step) + 1;
    const end = <usize>load<u32>(places + row * step, 4);
    if (!readNumber(cell, index, start, end, values + (row << 3), row)) good = row;
  }
  return <i32>good;
}

// Sixteen digits are added up at once: they are moved to the right with sign and dot left out, then joined to pairs, fours and eights (the
// idea of Mula and Lemire 2017, http://0x80.pl/articles/simd-parsing-int-sequences.html). A value is left as two 32-bit numbers, the first
// eight digits and the last eight, both below zero with a minus. Gives the end of the list of rows to look at again.
function readDigits(cell: usize, places: usize, step: usize, rows: i32, values: usize): usize {
  const zeros = v128.load(CONSTANTS);
  const dots = v128.load(CONSTANTS, 16);
  const toTop = v128.load(CONSTANTS, 32);
  const lowBytes = v128.load(CONSTANTS, 48);
  const tens = v128.load(CONSTANTS, 64);
  const hundreds = v128.load(CONSTANTS, 80);
  const tenThousands = v128.load(CONSTANTS, 96);
  const minuses = v128.load(CONSTANTS, 112);
  const firstByte = i8x16.splat(0);
  const notes = <usize>load<u32>(cell, D_NOTES);
  const moves = digitMoves;
  let toAgain = again;
  let place = places;
  for (let row: usize = 0; row < <usize>rows; row++) {
    const start = <usize>load<u32>(place) + 1;
    const size = load<u32>(place, 4) - <u32>start;
    place += step;
    const length = size & 15;
    const bytes = v128.load(start);
    const negative = <u32>(load<u8>(start) == 0x2d);
    const firstDot = <u32>ctz(i8x16.bitmask(i8x16.eq(bytes, dots)) | 0x8000);
    const dot = firstDot < length ? firstDot : NO_DOT;
    const digits = i8x16.swizzle(
      i8x16.sub(bytes, zeros),
      v128.load(moves + (<usize>((negative << 8) | (length << 4) | dot) << 4)),
    );
    const pairs = i16x8.add(i16x8.mul(v128.and(digits, lowBytes), tens), i16x8.shr_u(digits, 8));
    const fours = i32x4.dot_i16x8_s(pairs, hundreds);
    const eights = i32x4.dot_i16x8_s(i16x8.narrow_i32x4_s(fours, fours), tenThousands);
    const sign = i8x16.swizzle(i8x16.eq(bytes, minuses), firstByte);
    v128.store64_lane(values + (row << 3), i32x4.sub(v128.xor(eights, sign), sign), 0);
    store<u8>(notes + row, <u8>(length + 16 - dot));
    store<u32>(toAgain, <u32>row);
    // What is no digit is above 127 with 118 more; a 0 has no digit after it ("0:" is refused for its colon).
    const isOther =
      i8x16.bitmask(i8x16.add_sat_u(digits, toTop)) |
      <i32>((load<u16>(start + <usize>negative) & 0xf0ff) == 0x3030) |
      <i32>(size > 15);
    toAgain += <usize>(isOther != 0) << 2;
  }
  return toAgain;
}

// Puts the digits together and divides by powers of ten (Clinger's fast path, https://doi.org/10.1145/93542.93557: both operands are exact), which
// makes NaN of missing ones, and checks the numbers. Gives the end of the list of rows to look at again.
function divide(cell: usize, rows: i32, values: usize, afterAgain: usize): usize {
  const flags = load<u32>(cell, D_FLAGS);
  const lowest = f64x2.splat(load<f64>(cell, D_MIN));
  const highest = f64x2.splat(load<f64>(cell, D_MAX));
  // Of a required column nothing is missing; one of integers has no dots.
  const fewest: u32 = (flags & FLAG_REQUIRED) != 0 ? NOTE_MISSING + 1 : NOTE_MISSING;
  const forms: u32 = ((flags & FLAG_INTEGER) != 0 ? NOTE_FLOAT : NOTE_ODD) - fewest;
  const notes = <usize>load<u32>(cell, D_NOTES);
  const powersByNote = divisors;
  let toAgain = afterAgain;
  for (let row: usize = 0; row < <usize>rows; row += 2) {
    const at = values + (row << 3);
    const note1 = <u32>load<u8>(notes + row);
    const note2 = <u32>load<u8>(notes + row, 1) & 31;
    const powers = v128.load64_lane(
      powersByNote + (<usize>note2 << 3),
      v128.load64_zero(powersByNote + (<usize>note1 << 3)),
      1,
    );
    const halves = v128.load(at);
    const firstDigits = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(halves, halves, 0, 2, 0, 2));
    const lastDigits = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(halves, halves, 1, 3, 1, 3));
    const pair = f64x2.div(f64x2.add(f64x2.mul(firstDigits, f64x2.splat(100000000.0)), lastDigits), powers);
    v128.store(at, pair);
    const isOutside = i64x2.bitmask(v128.or(f64x2.lt(pair, lowest), f64x2.gt(pair, highest)));
    const isOther = isOutside | <i32>(note1 - fewest >= forms) | <i32>(note2 - fewest >= forms);
    if (isOther == 0) continue;
    store<u32>(toAgain, <u32>row);
    store<u32>(toAgain, <u32>row + 1, 4);
    toAgain += row + 1 < <usize>rows ? 8 : 4;
  }
  return toAgain;
}

function keepMissing(cell: usize, value: usize, row: usize): bool {
  if ((load<u32>(cell, D_FLAGS) & FLAG_REQUIRED) != 0) return false;
  store<u8>(<usize>load<u32>(cell, D_NOTES) + row, <u8>NOTE_MISSING);
  store<f64>(value, NaN);
  return true;
}

// Reads any cell; false when it is for the other lane.
function readNumber(cell: usize, index: i32, start: usize, end: usize, value: usize, row: usize): bool {
  if (start == end) return keepMissing(cell, value, row);
  let x = load<u8>(start) == QUOTE ? NaN : longDecimal(start, end);
  let note = decimalNote;
  if (x != x) {
    store<u8>(differs + row, 1);
    if (!fieldText(start, end)) return false;
    if (textStart == textEnd) return keepMissing(cell, value, row);
    const kind = oddNumber(index, textStart, textEnd);
    if (kind == 0) return false;
    if (kind == 1) return keepMissing(cell, value, row);
    x = load<f64>(cell, D_VALUE);
    note = load<u32>(cell, D_NUMBER_NOTE);
    store<u32>(<usize>load<u32>(cell, D_STARTS) + (row << 2), load<u32>(cell, D_NUMBER_START));
    store<u32>(<usize>load<u32>(cell, D_ENDS) + (row << 2), load<u32>(cell, D_NUMBER_END));
  }
  if (x < load<f64>(cell, D_MIN) || x > load<f64>(cell, D_MAX)) return false;
  if ((load<u32>(cell, D_FLAGS) & FLAG_INTEGER) != 0 && floor(x) != x) return false;
  store<u8>(<usize>load<u32>(cell, D_NOTES) + row, <u8>note);
  store<f64>(value, x + 0.0);
  return true;
}
