// The fast lane of the ingest kernel in AssemblyScript (https://www.assemblyscript.org): reads records of CSV that are as they
// should be, with all accumulators in its own memory. The first record that is anything else stops it, and is left to the
// TypeScript lane. fast-lane-layout.ts says what is where in memory. Build: npx tsx core/data/wasm/build.ts

// Reads a number that is not plain decimal notation: 0 = something else, 1 = missing, 2 = number (value and place in the descriptor).
@external("host", "oddNumber") declare function oddNumber(cell: i32, start: usize, end: usize): i32;
// Exact value of decimal notation with too many digits for the fast path.
@external("host", "exactNumber") declare function exactNumber(start: usize, end: usize): f64;
// Makes the entry of a new text; 0 = the record is left to the other lane.
@external("host", "newLevel") declare function newLevel(cell: i32, start: usize, end: usize, hash: u32, slot: usize): usize;
// Milliseconds since the epoch of an unusual notation; NaN = no time.
@external("host", "oddTime") declare function oddTime(cell: i32, start: usize, end: usize): f64;
// Writes JavaScript's text of a number; returns its length.
@external("host", "formatNumber") declare function formatNumber(value: f64, out: usize): i32;
// Writes the canonical form of a key's cell; returns its length.
@external("host", "keyCell") declare function keyCell(index: i32, start: usize, end: usize, out: usize): i32;
// Takes note of a row's key.
@external("host", "rowKey") declare function rowKey(fraction: f64, row: f64, length: i32): void;
// Counts a value whose magnitude is beyond the bucket table.
@external("host", "farValue") declare function farValue(cell: i32, value: f64): void;

// Kinds of cells.
const IGNORED: i32 = 0;
const NUMBER: i32 = 1;
const LEVEL: i32 = 2;

// Descriptor of a cell; the same offsets are in fast-lane-layout.ts.
const D_KIND: usize = 0;
const D_FLAGS: usize = 4;
const D_MIN: usize = 8;
const D_MAX: usize = 16;
const D_VALUES: usize = 24;
const D_SKETCH: usize = 28;
const D_REGISTERS: usize = 32;
const D_SLOTS: usize = 36;
const D_SLOT_MASK: usize = 40;
const D_NULL_ENTRY: usize = 44;
const D_NULLS: usize = 48;
const D_ZEROS: usize = 52;
const D_COUNT: usize = 56;
const D_LOWEST: usize = 64;
const D_HIGHEST: usize = 72;
const D_MEAN: usize = 80;
const D_M2: usize = 88;
const D_START: usize = 96;
const D_END: usize = 100;
const D_NUMBER_START: usize = 104;
const D_NUMBER_END: usize = 108;
const D_ENTRY: usize = 116;
const D_NOTES: usize = 120;
const D_VALUE: usize = 128;
const D_EARLIEST: usize = 136;
const D_LATEST: usize = 144;
const D_EARLIEST_TEXT: usize = 152;
const D_LATEST_TEXT: usize = 156;
const D_EARLIEST_LENGTH: usize = 160;
const D_LATEST_LENGTH: usize = 164;
const D_STRIDE: usize = 192;

const FLAG_INTEGER: i32 = 1;
const FLAG_REQUIRED: i32 = 2;
const FLAG_KEY_ODD: i32 = 4;

// Notes about the cell of the current record.
const NOTE_MISSING: i32 = 1;
const NOTE_NOT_JSON: i32 = 2;
const NOTE_KEY_PLAIN: i32 = 4;
const NOTE_KEY_FLOAT: i32 = 8;

const E_HASH: usize = 16;
const E_LENGTH: usize = 20;
const E_TEXT: usize = 24;
const E_COUNT: usize = 32;
const E_CSV: usize = 36;
const E_CSV_LENGTH: usize = 40;
const E_JSON: usize = 44;
const E_JSON_LENGTH: usize = 48;
const E_KEY: usize = 52;
const E_KEY_LENGTH: usize = 56;

const QUOTE: u32 = 0x22;
const LF: u32 = 0x0a;
const CR: u32 = 0x0d;
const KEY_SEPARATOR: u32 = 0x1f;
const FLOAT_MARK: u32 = 0x1e;
const COMMA: u32 = 0x2c;

// Tables and buffers, set by the host.
export let cells: usize = 0;
export let cellCount: i32 = 0;
export let delimiter: u32 = 44;
export let powers: usize = 0;
export let fives: usize = 0;
export let fivesCount: i32 = 0;
export let masks: usize = 0;
export let firstBuckets: usize = 0;
export let uppers: usize = 0;
export let lowestExponent: i32 = 0;
export let exponents: i32 = 0;
export let buckets: i32 = 0;
export let blockRows: i32 = 256;
export let scratch: usize = 0;
export let keyList: usize = 0;
export let keyCount: i32 = 0;
export let keyBuffer: usize = 0;
export let mayVary: usize = 0;
export let featureList: usize = 0;
export let featureCount: i32 = 0;
export let target: usize = 0;
export let countedList: usize = 0;
export let countedCount: i32 = 0;
export let summedList: usize = 0;
export let summedCount: i32 = 0;
export let timed: usize = 0;
export let testShare: f64 = 0;
export let validationEnd: f64 = 0;
export let idStart: usize = 0;
export let idStartLength: i32 = 0;
export let labelText: usize = 0;
export let labelTextLength: i32 = 0;
export let featuresText: usize = 0;
export let featuresTextLength: i32 = 0;
// Largest output of a record besides its own bytes, and where a part's buffer ends.
export let outputBound: usize = 0;
export let outTrain: usize = 0;
export let outValidation: usize = 0;
export let outTest: usize = 0;
export let outTrainEnd: usize = 0;
export let outValidationEnd: usize = 0;
export let outTestEnd: usize = 0;
// Results of a run.
export let rowsTrain: i32 = 0;
export let rowsValidation: i32 = 0;
export let rowsTest: i32 = 0;
export let rows: i32 = 0;
// Why a run ended: 0 = the bytes do, 1 = a record for the other lane, 2 = an output is full.
export let stopped: i32 = 0;

let inBlock: i32 = 0;
let fieldStart: usize = 0;
let fieldEnd: usize = 0;
let scratchAt: usize = 0;

@inline function isStop(byte: u32): bool {
  return byte == delimiter || byte == LF || byte == CR;
}

// Position of the next delimiter, LF or CR; LFs after the end of the bytes stop it.
@inline function findStop(at: usize): usize {
  const d = i8x16.splat(<i8>delimiter);
  const lf = i8x16.splat(<i8>LF);
  const cr = i8x16.splat(<i8>CR);
  while (true) {
    const bytes = v128.load(at);
    const hit = i8x16.bitmask(v128.or(v128.or(i8x16.eq(bytes, d), i8x16.eq(bytes, lf)), i8x16.eq(bytes, cr)));
    if (hit != 0) return at + <usize>ctz(hit);
    at += 16;
  }
}

// Reads a quoted field; `at` is its opening quote. Sets fieldStart and fieldEnd, gives the position of the byte after the closing
// quote, or 0 when the field does not end before `end`.
function quoted(at: usize, end: usize): usize {
  const quote = i8x16.splat(<i8>QUOTE);
  let from = at + 1;
  let i = from;
  let copied: usize = 0;
  while (true) {
    let hit = i8x16.bitmask(i8x16.eq(v128.load(i), quote));
    while (hit == 0) {
      i += 16;
      if (i >= end) return 0;
      hit = i8x16.bitmask(i8x16.eq(v128.load(i), quote));
    }
    i += <usize>ctz(hit);
    if (i + 1 >= end) return 0;
    if (load<u8>(i + 1) != QUOTE) break;
    // A doubled quote: what comes before goes to the scratch with one quote.
    if (copied == 0) copied = scratchAt;
    const length = i + 1 - from;
    memory.copy(scratchAt, from, length);
    scratchAt += length;
    i += 2;
    from = i;
  }
  if (copied == 0) {
    fieldStart = from;
    fieldEnd = i;
  } else {
    memory.copy(scratchAt, from, i - from);
    scratchAt += i - from;
    fieldStart = copied;
    fieldEnd = scratchAt;
  }
  return i + 1;
}

let productLow: u64 = 0;

// High half of the product of two 64-bit numbers; the low half is in productLow.
@inline function multiply(a: u64, b: u64): u64 {
  const aLow = a & 0xffffffff;
  const aHigh = a >> 32;
  const bLow = b & 0xffffffff;
  const bHigh = b >> 32;
  const low = aLow * bLow;
  const middle = aHigh * bLow + (low >> 32);
  const cross = aLow * bHigh + (middle & 0xffffffff);
  productLow = (cross << 32) | (low & 0xffffffff);
  return aHigh * bHigh + (middle >> 32) + (cross >> 32);
}

// The double nearest to mantissa / 10^fraction, by the method of Eisel and Lemire (Lemire 2021,
// https://doi.org/10.1002/spe.2984); NaN where the method does not decide. The table at `fives` has 128 bits of 5^-fraction.
function nearest(mantissa: u64, fraction: usize): f64 {
  if (mantissa == 0) return 0;
  const zeros = clz(mantissa);
  const w = mantissa << zeros;
  let high = multiply(w, load<u64>(fives + (fraction << 4), 8));
  let low = productLow;
  if ((high & 0x1ff) == 0x1ff) {
    const second = multiply(w, load<u64>(fives + (fraction << 4)));
    low += second;
    if (second > low) high++;
  }
  if (low == 0xffffffffffffffff && fraction > 27) return NaN;
  const upper = high >> 63;
  let bits = high >> (upper + 9);
  const power = -(<i64>fraction);
  let exponent = (((152170 + 65536) * power) >> 16) + 63 + <i64>upper - <i64>zeros + 1023;
  if (exponent <= 0 || exponent >= 0x7ff) return NaN;
  if (low <= 1 && fraction <= 4 && (bits & 3) == 1 && bits << (upper + 9) == high) bits &= ~<u64>1;
  bits += bits & 1;
  bits >>= 1;
  if (bits >= (<u64>2 << 52)) {
    bits = <u64>1 << 52;
    exponent++;
  }
  bits &= ~(<u64>1 << 52);
  return reinterpret<f64>(bits | (<u64>exponent << 52));
}

// Reads plain decimal notation at `at`; the caller checks what follows. Gives where it ends, 0 when it is something else.
@inline function decimal(cell: usize, at: usize): usize {
  let i = at;
  const negative = load<u8>(i) == 0x2d;
  if (negative) i++;
  const first = i;
  let mantissa: u64 = 0;
  let digit: u32 = <u32>load<u8>(i) - 0x30;
  while (digit <= 9) {
    mantissa = mantissa * 10 + digit;
    i++;
    digit = <u32>load<u8>(i) - 0x30;
  }
  const whole = i - first;
  if (whole == 0 || (whole > 1 && load<u8>(first) == 0x30)) return 0;
  let fraction: usize = 0;
  if (digit == 0xfffffffe) {
    i++;
    const begin = i;
    digit = <u32>load<u8>(i) - 0x30;
    while (digit <= 9) {
      mantissa = mantissa * 10 + digit;
      i++;
      digit = <u32>load<u8>(i) - 0x30;
    }
    fraction = i - begin;
    if (fraction == 0) return 0;
  }
  let digits = whole + fraction;
  let value: f64;
  // Minus zero is written as zero in keys.
  const notes: i32 = fraction != 0 ? NOTE_KEY_FLOAT : mantissa != 0 || !negative ? NOTE_KEY_PLAIN : 0;
  if (digits > 19 && load<u8>(first) == 0x30) {
    // Zeros in front are no digits of the mantissa.
    let zero = first;
    while (load<u8>(zero) == 0x30 || load<u8>(zero) == 0x2e) zero++;
    digits = i - zero;
  }
  if (digits <= 19 && fraction <= 22 && mantissa <= 9007199254740992) {
    // Clinger's fast path (https://doi.org/10.1145/93542.93557): both operands are exact.
    value = <f64>mantissa;
    if (fraction != 0) value = value / load<f64>(powers + (fraction << 3));
    if (negative) value = -value;
  } else {
    value = digits <= 19 && fraction < <usize>fivesCount ? nearest(mantissa, fraction) : NaN;
    if (value != value) value = exactNumber(first, i);
    if (!(value <= 1.7976931348623157e308)) return 0;
    if (negative) value = -value;
  }
  store<f64>(cell, value, D_VALUE);
  store<i32>(cell, notes, D_NOTES);
  store<u32>(cell, <u32>at, D_NUMBER_START);
  store<u32>(cell, <u32>i, D_NUMBER_END);
  return i;
}

// Checks the number that was read and keeps it for the block.
@inline function keepNumber(cell: usize): bool {
  const value = load<f64>(cell, D_VALUE);
  if (value < load<f64>(cell, D_MIN) || value > load<f64>(cell, D_MAX)) return false;
  if ((load<i32>(cell, D_FLAGS) & FLAG_INTEGER) != 0 && floor(value) != value) return false;
  store<f64>(<usize>load<u32>(cell, D_VALUES) + (<usize>inBlock << 3), value);
  return true;
}

@inline function missingNumber(cell: usize): bool {
  if ((load<i32>(cell, D_FLAGS) & FLAG_REQUIRED) != 0) return false;
  store<i32>(cell, NOTE_MISSING, D_NOTES);
  store<f64>(<usize>load<u32>(cell, D_VALUES) + (<usize>inBlock << 3), NaN);
  return true;
}

function oddNumberCell(cell: usize, index: i32, start: usize, end: usize): bool {
  if (start == end) return missingNumber(cell);
  const kind = oddNumber(index, start, end);
  if (kind == 0) return false;
  if (kind == 1) return missingNumber(cell);
  return keepNumber(cell);
}

@inline function hashOf(low: u64, high: u64, length: u32): u32 {
  let h = (low ^ rotl<u64>(high, 29)) * 0x9e3779b97f4a7c15;
  h ^= h >> 32;
  h = (h + high + length) * 0xd6e8feb86659fd93;
  return <u32>(h >> 32) ^ <u32>h;
}

function levelCell(cell: usize, index: i32, start: usize, end: usize): bool {
  const length = <u32>(end - start);
  if (length == 0) {
    const entry = load<u32>(cell, D_NULL_ENTRY);
    store<u32>(cell, entry, D_ENTRY);
    return entry != 0;
  }
  let low: u64;
  let high: u64;
  let hash: u32;
  if (length <= 16) {
    const bytes = v128.and(v128.load(start), v128.load(masks + (<usize>length << 4)));
    low = i64x2.extract_lane(bytes, 0);
    high = i64x2.extract_lane(bytes, 1);
    hash = hashOf(low, high, length);
  } else {
    low = 0;
    high = 0;
    let i = start;
    for (; i + 16 <= end; i += 16) {
      low = (low ^ load<u64>(i)) * 0x9e3779b97f4a7c15;
      high = (high ^ load<u64>(i, 8) ^ (low >> 29)) * 0xd6e8feb86659fd93;
    }
    low ^= load<u64>(end - 16);
    high ^= load<u64>(end - 8);
    hash = hashOf(low, high, length);
  }
  const slots = <usize>load<u32>(cell, D_SLOTS);
  const mask = load<u32>(cell, D_SLOT_MASK);
  let slot = hash & mask;
  while (true) {
    const entry = <usize>load<u32>(slots + (<usize>slot << 2));
    if (entry == 0) break;
    if (load<u32>(entry, E_HASH) == hash && load<u32>(entry, E_LENGTH) == length) {
      let same: bool;
      if (length <= 16) same = load<u64>(entry) == low && load<u64>(entry, 8) == high;
      else same = sameBytes(<usize>load<u32>(entry, E_TEXT), start, length);
      if (same) {
        store<u32>(cell, <u32>entry, D_ENTRY);
        return true;
      }
    }
    slot = (slot + 1) & mask;
  }
  const made = newLevel(index, start, end, hash, slots + (<usize>slot << 2));
  store<u32>(cell, <u32>made, D_ENTRY);
  return made != 0;
}

function sameBytes(a: usize, b: usize, length: u32): bool {
  for (let i: u32 = 0; i < length; i++) if (load<u8>(a + i) != load<u8>(b + i)) return false;
  return true;
}

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

// Reads yyyy-mm-dd, yyyy-mm-ddThh:mm or yyyy-mm-ddThh:mm:ss, each optionally with Z; gives where it ends, 0 when it is something else.
function plainTime(cell: usize, at: usize): usize {
  if (load<u8>(at, 4) != 0x2d || load<u8>(at, 7) != 0x2d) return 0;
  const century = two(at);
  const ofCentury = two(at + 2);
  const month = two(at + 5);
  const day = two(at + 8);
  if (century > 99 || ofCentury > 99 || month - 1 > 11 || day - 1 > 30) return 0;
  const year = <i32>(century * 100 + ofCentury);
  if (<i32>day > monthDays(year, <i32>month)) return 0;
  let seconds = <i64>epochDay(year, <i32>month, <i32>day) * 86400;
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
  store<f64>(cell, <f64>(seconds * 1000), D_VALUE);
  store<u32>(cell, <u32>at, D_NUMBER_START);
  store<u32>(cell, <u32>i, D_NUMBER_END);
  return i;
}

function timeCell(cell: usize, index: i32, start: usize, end: usize): bool {
  const value = oddTime(index, start, end);
  if (value != value) return false;
  store<f64>(cell, value, D_VALUE);
  return true;
}

// Reads a record into the descriptors. Gives the position after its line end, 0 when it does not end before `end`, 1 when it is
// for the other lane.
function record(from: usize, end: usize): usize {
  scratchAt = scratch;
  const last = cellCount - 1;
  let at = from;
  let cell = cells;
  for (let index = 0; index <= last; index++, cell += D_STRIDE) {
    const kind = load<i32>(cell, D_KIND);
    let stop: usize = 0;
    if (load<u8>(at) == QUOTE) {
      stop = quoted(at, end);
      if (stop == 0) return 0;
      if (!isStop(load<u8>(stop))) return 1;
      if (kind == NUMBER) {
        if (fieldStart == fieldEnd) {
          if (!missingNumber(cell)) return 1;
        } else if (!oddNumberCell(cell, index, fieldStart, fieldEnd)) return 1;
      } else if (kind == LEVEL) {
        if (!levelCell(cell, index, fieldStart, fieldEnd)) return 1;
      } else if (kind != IGNORED) {
        if (!timeCell(cell, index, fieldStart, fieldEnd)) return 1;
      }
      store<u32>(cell, <u32>fieldStart, D_START);
      store<u32>(cell, <u32>fieldEnd, D_END);
    } else {
      if (kind == NUMBER) {
        stop = decimal(cell, at);
        if (stop != 0 && isStop(load<u8>(stop))) {
          if (stop >= end) return 0;
          if (!keepNumber(cell)) return 1;
        } else {
          stop = findStop(at);
          if (stop >= end) return 0;
          if (!oddNumberCell(cell, index, at, stop)) return 1;
        }
      } else if (kind == LEVEL) {
        stop = findStop(at);
        if (stop >= end) return 0;
        if (!levelCell(cell, index, at, stop)) return 1;
      } else if (kind == IGNORED) {
        stop = findStop(at);
      } else {
        stop = plainTime(cell, at);
        if (stop == 0 || !isStop(load<u8>(stop))) {
          stop = findStop(at);
          if (stop >= end) return 0;
          if (!timeCell(cell, index, at, stop)) return 1;
        }
      }
      if (stop >= end) return 0;
      store<u32>(cell, <u32>at, D_START);
      store<u32>(cell, <u32>stop, D_END);
    }
    const byte = <u32>load<u8>(stop);
    if (index == last) {
      if (byte == delimiter) return 1;
    } else if (byte != delimiter) {
      return 1;
    }
    at = stop + 1;
  }
  return at;
}

@inline function copy(to: usize, from: usize, length: usize): usize {
  v128.store(to, v128.load(from));
  for (let i: usize = 16; i < length; i += 16) v128.store(to + i, v128.load(from + i));
  return to + length;
}

// Writes a whole number of milliseconds.
function writeWhole(to: usize, value: f64): usize {
  let rest = <i64>value;
  if (rest < 0) {
    store<u8>(to++, 0x2d);
    rest = -rest;
  }
  let digits: usize = 1;
  for (let limit: i64 = 10; limit <= rest; limit *= 10) digits++;
  for (let i = digits; i > 0; i--) {
    store<u8>(to + i - 1, <u8>(0x30 + (rest % 10)));
    rest /= 10;
  }
  return to + digits;
}

// Writes the canonical key of the record; gives its end.
function writeKey(): usize {
  let to = keyBuffer;
  for (let k = 0; k < keyCount; k++) {
    const cell = <usize>load<u32>(keyList + (<usize>k << 2));
    const kind = load<i32>(cell, D_KIND);
    const start = <usize>load<u32>(cell, D_START);
    const end = <usize>load<u32>(cell, D_END);
    const isOdd = (load<i32>(cell, D_FLAGS) & FLAG_KEY_ODD) != 0;
    if (start == end) {
      // A missing value is nothing.
    } else if (kind == LEVEL) {
      const entry = <usize>load<u32>(cell, D_ENTRY);
      to = copy(to, <usize>load<u32>(entry, E_KEY), <usize>load<u32>(entry, E_KEY_LENGTH));
    } else if (isOdd) {
      to += keyCell(k, start, end, to);
    } else if (kind == NUMBER) {
      const notes = load<i32>(cell, D_NOTES);
      if ((notes & NOTE_KEY_PLAIN) != 0) {
        to = copy(to, <usize>load<u32>(cell, D_NUMBER_START), <usize>(load<u32>(cell, D_NUMBER_END) - load<u32>(cell, D_NUMBER_START)));
      } else if ((notes & NOTE_KEY_FLOAT) != 0 && abs(load<f64>(cell, D_VALUE)) < 9007199254740992) {
        const value = load<f64>(cell, D_VALUE);
        if (floor(value) == value) {
          to = writeWhole(to, value);
        } else {
          store<u8>(to, <u8>FLOAT_MARK);
          store<f64>(to, value, 1);
          to += 9;
        }
      } else if ((notes & NOTE_MISSING) == 0) {
        to += keyCell(k, start, end, to);
      }
    } else if (kind == IGNORED) {
      if (load<u8>(mayVary + load<u8>(start)) == 0) to = copy(to, start, end - start);
      else to += keyCell(k, start, end, to);
    } else {
      to = writeWhole(to, floor(load<f64>(cell, D_VALUE)));
    }
    store<u8>(to++, <u8>KEY_SEPARATOR);
  }
  return to;
}

@inline function mix(k: u32): u32 {
  return rotl<u32>(k * 0xcc9e2d51, 15) * 0x1b873593;
}

@inline function finish(state: u32, length: u32): u32 {
  let h = state ^ length;
  h = (h ^ (h >> 16)) * 0x85ebca6b;
  h = (h ^ (h >> 13)) * 0xc2b2ae35;
  return h ^ (h >> 16);
}

// The fraction of split.ts.
function fractionOf(start: usize, end: usize): f64 {
  let high: u32 = 0x2f0b4c47;
  let low: u32 = 0x9747b28c;
  const length = <u32>(end - start);
  const blocksEnd = start + (length & ~3);
  let i = start;
  for (; i < blocksEnd; i += 4) {
    const k = mix(load<u32>(i));
    high = rotl<u32>(high ^ k, 13) * 5 + 0xe6546b64;
    low = rotl<u32>(low ^ k, 13) * 5 + 0xe6546b64;
  }
  if (i < end) {
    const k = mix(load<u32>(i) & ((1 << (((<u32>(end - i)) & 3) << 3)) - 1));
    high ^= k;
    low ^= k;
  }
  return (<f64>finish(high, length) * 2097152.0 + <f64>(finish(low, length) >> 11)) / 9007199254740992.0;
}

// Writes the cell as CSV (empty when missing) or as JSON (null when missing).
@inline function writeCell(to: usize, cell: usize, json: bool): usize {
  if (load<i32>(cell, D_KIND) == LEVEL) {
    const entry = <usize>load<u32>(cell, D_ENTRY);
    if (json) return copy(to, <usize>load<u32>(entry, E_JSON), <usize>load<u32>(entry, E_JSON_LENGTH));
    return copy(to, <usize>load<u32>(entry, E_CSV), <usize>load<u32>(entry, E_CSV_LENGTH));
  }
  const notes = load<i32>(cell, D_NOTES);
  if ((notes & NOTE_MISSING) != 0) {
    if (!json) return to;
    store<u32>(to, 0x6c6c756e);
    return to + 4;
  }
  if ((notes & NOTE_NOT_JSON) != 0) return to + formatNumber(load<f64>(cell, D_VALUE), to);
  const start = <usize>load<u32>(cell, D_NUMBER_START);
  return copy(to, start, <usize>load<u32>(cell, D_NUMBER_END) - start);
}

function writeTraining(to: usize): usize {
  for (let f = 0; f < featureCount; f++) {
    to = writeCell(to, <usize>load<u32>(featureList + (<usize>f * 12)), false);
    store<u8>(to++, <u8>COMMA);
  }
  to = writeCell(to, target, false);
  store<u8>(to++, <u8>LF);
  return to;
}

function writeHeldOut(to: usize, row: f64): usize {
  to = copy(to, idStart, idStartLength);
  to = writeWhole(to, row);
  to = copy(to, labelText, labelTextLength);
  to = writeCell(to, target, true);
  to = copy(to, featuresText, featuresTextLength);
  for (let f = 0; f < featureCount; f++) {
    const item = featureList + <usize>f * 12;
    to = copy(to, <usize>load<u32>(item, 4), <usize>load<u32>(item, 8));
    to = writeCell(to, <usize>load<u32>(item), true);
  }
  store<u16>(to, 0x7d7d);
  store<u8>(to, <u8>LF, 2);
  return to + 3;
}

// Decides the side of the record and writes it; false when the part's buffer has no room.
function writeRecord(row: f64, size: usize): bool {
  const bound = outputBound + size;
  if (outTrain + bound > outTrainEnd || outValidation + bound > outValidationEnd || outTest + bound > outTestEnd) return false;
  const keyEnd = writeKey();
  const fraction = fractionOf(keyBuffer, keyEnd);
  rowKey(fraction, row, <i32>(keyEnd - keyBuffer));
  if (fraction < testShare) {
    outTest = writeHeldOut(outTest, row);
    rowsTest++;
  } else if (fraction < validationEnd) {
    outValidation = writeTraining(outValidation);
    rowsValidation++;
  } else {
    outTrain = writeTraining(outTrain);
    rowsTrain++;
  }
  return true;
}

@inline function keepText(to: usize, from: usize): void {
  v128.store(to, v128.load(from));
  v128.store(to, v128.load(from, 16), 16);
  v128.store(to, v128.load(from, 32), 32);
}

@inline function commitRecord(): void {
  for (let k = 0; k < countedCount; k++) {
    const cell = <usize>load<u32>(countedList + (<usize>k << 2));
    const entry = <usize>load<u32>(cell, D_ENTRY);
    store<u32>(entry, load<u32>(entry, E_COUNT) + 1, E_COUNT);
  }
  if (timed != 0) {
    const value = load<f64>(timed, D_VALUE);
    const start = <usize>load<u32>(timed, D_NUMBER_START);
    const length = load<u32>(timed, D_NUMBER_END) - <u32>start;
    if (value < load<f64>(timed, D_EARLIEST)) {
      store<f64>(timed, value, D_EARLIEST);
      store<u32>(timed, length, D_EARLIEST_LENGTH);
      keepText(<usize>load<u32>(timed, D_EARLIEST_TEXT), start);
    }
    if (value > load<f64>(timed, D_LATEST)) {
      store<f64>(timed, value, D_LATEST);
      store<u32>(timed, length, D_LATEST_LENGTH);
      keepText(<usize>load<u32>(timed, D_LATEST_TEXT), start);
    }
  }
}

@inline function scramble(x: u32): u32 {
  let h = (x ^ (x >> 16)) * 0x85ebca6b;
  h = (h ^ (h >> 13)) * 0xc2b2ae35;
  return h ^ (h >> 16);
}

// Adds the block's values of one cell: moments by two passes and Chan's merge, buckets, and the registers of distinct-sketch.ts.
function commitColumn(cell: usize, index: i32): void {
  const values = <usize>load<u32>(cell, D_VALUES);
  const n = inBlock;
  let count = 0;
  let sum: f64 = 0;
  let lowest = load<f64>(cell, D_LOWEST);
  let highest = load<f64>(cell, D_HIGHEST);
  for (let i = 0; i < n; i++) {
    const x = load<f64>(values + (<usize>i << 3));
    if (x == x) {
      sum += x;
      count++;
      if (x < lowest) lowest = x;
      if (x > highest) highest = x;
    }
  }
  store<u32>(cell, load<u32>(cell, D_NULLS) + <u32>(n - count), D_NULLS);
  if (count == 0) return;
  store<f64>(cell, lowest, D_LOWEST);
  store<f64>(cell, highest, D_HIGHEST);
  const mean = sum / <f64>count;
  const sketch = <usize>load<u32>(cell, D_SKETCH);
  const registers = <usize>load<u32>(cell, D_REGISTERS);
  const floorExponent = <u32>lowestExponent;
  const range = <u32>exponents;
  let m2: f64 = 0;
  for (let i = 0; i < n; i++) {
    const x = load<f64>(values + (<usize>i << 3));
    if (x != x) continue;
    const delta = x - mean;
    m2 += delta * delta;
    const bits = reinterpret<u64>(x == 0 ? 0.0 : x);
    const lowWord = <u32>bits;
    const highWord = <u32>(bits >> 32);
    if (x == 0) {
      store<u32>(cell, load<u32>(cell, D_ZEROS) + 1, D_ZEROS);
    } else {
      const exponent = ((highWord >> 20) & 0x7ff) - floorExponent;
      if (exponent < range) {
        const bin = (exponent << 7) | ((highWord >> 13) & 127);
        let bucket = <u32>load<u16>(firstBuckets + (<usize>bin << 1));
        if (abs(x) > load<f64>(uppers + (<usize>bucket << 3))) bucket++;
        if (x < 0) bucket += <u32>buckets;
        const place = sketch + (<usize>bucket << 2);
        store<u32>(place, load<u32>(place) + 1);
      } else {
        farValue(index, x);
      }
    }
    const a = scramble(lowWord + 0x9e3779b9);
    const b = scramble(highWord ^ a);
    const c = scramble(a + b * 0x2545f491);
    const place = registers + (b >> 21);
    const rank = <u32>clz(c) + 1;
    if (rank > <u32>load<u8>(place)) store<u8>(place, <u8>rank);
  }
  const before = load<f64>(cell, D_COUNT);
  const n2 = <f64>count;
  const total = before + n2;
  const delta = mean - load<f64>(cell, D_MEAN);
  store<f64>(cell, total, D_COUNT);
  store<f64>(cell, load<f64>(cell, D_MEAN) + (delta * n2) / total, D_MEAN);
  store<f64>(cell, load<f64>(cell, D_M2) + m2 + delta * delta * ((before * n2) / total), D_M2);
}

// Adds the numbers of the open block to the sums.
export function flush(): void {
  if (inBlock == 0) return;
  for (let k = 0; k < summedCount; k++) {
    const cell = <usize>load<u32>(summedList + (<usize>k << 2));
    commitColumn(cell, <i32>((cell - cells) / D_STRIDE));
  }
  inBlock = 0;
}

// Reads records in [from, end) as far as they are whole and as they should be; gives where the next one begins.
// `firstRow` is the number of the first record as data row; `writes` whether rows are written to the parts.
export function run(from: usize, end: usize, firstRow: f64, writes: i32): usize {
  rows = 0;
  stopped = 0;
  let at = from;
  while (true) {
    while (at < end) {
      const byte = <u32>load<u8>(at);
      if (byte != LF && byte != CR) break;
      at++;
    }
    if (at >= end) break;
    const next = record(at, end);
    if (next <= 1) {
      stopped = <i32>next;
      break;
    }
    if (writes != 0 && !writeRecord(firstRow + <f64>rows, next - at)) {
      stopped = 2;
      break;
    }
    commitRecord();
    at = next;
    rows++;
    if (++inBlock == blockRows) flush();
  }
  return at;
}
