// Decimal notation of any length.

import { exactNumber } from "./host";
import { NOTE_FLOAT, NOTE_WHOLE } from "./layout";
import { digitMoves, fives, fivesCount, powers } from "./variables";

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

// Note about the number that was read last.
export let decimalNote: u32 = 0;

const NO_NUMBER: u64 = 0xffffffffffffffff;
// Most digits of a mantissa.
const MAX_DIGITS: usize = 19;

// The number of the `length` digits (0 to 16) at `at`; NO_NUMBER when they are none.
@inline function digitsAt(at: usize, length: usize): u64 {
  let digits = i8x16.sub(v128.load(at), i8x16.splat(0x30));
  // The rows of digitMoves without sign and dot; 16 digits need not move.
  if (length < 16) digits = i8x16.swizzle(digits, v128.load(digitMoves + (((length << 4) | 15) << 4)));
  if (i8x16.bitmask(i8x16.add_sat_u(digits, i8x16.splat(118))) != 0) return NO_NUMBER;
  const pairs = i16x8.add(i16x8.mul(v128.and(digits, i16x8.splat(0xff)), i16x8.splat(10)), i16x8.shr_u(digits, 8));
  const fours = i32x4.dot_i16x8_s(pairs, i16x8(100, 1, 100, 1, 100, 1, 100, 1));
  const eights = i32x4.dot_i16x8_s(i16x8.narrow_i32x4_s(fours, fours), i16x8(10000, 1, 10000, 1, 10000, 1, 10000, 1));
  const both = <u64>i64x2.extract_lane(eights, 0);
  return (both & 0xffffffff) * 100000000 + (both >> 32);
}

// The double nearest to mantissa / 10^fraction, which has the digits [first, stop).
@inline function scaled(mantissa: u64, fraction: usize, first: usize, stop: usize): f64 {
  // Clinger's fast path: both operands are exact.
  if (mantissa <= 9007199254740992 && fraction <= 22) return <f64>mantissa / load<f64>(powers + (fraction << 3));
  const value = fraction < <usize>fivesCount ? nearest(mantissa, fraction) : NaN;
  return value == value ? value : exactNumber(first, stop);
}

// Reads plain decimal notation that ends at `stop`; NaN when it is something else. Sets decimalNote.
export function longDecimal(at: usize, stop: usize): f64 {
  const negative = load<u8>(at) == 0x2d;
  const first = at + <usize>negative;
  const dots = i8x16.bitmask(i8x16.eq(v128.load(first), i8x16.splat(0x2e)));
  const dot = first + <usize>ctz(dots | 0x10000);
  const whole = dot - first;
  if (dot >= stop || whole == 0 || whole > 15 || stop - first > MAX_DIGITS + 1) return anyDecimal(at, stop);
  const fraction = stop - dot - 1;
  if (fraction == 0 || (whole > 1 && load<u8>(first) == 0x30)) return NaN;
  const front = digitsAt(first, whole);
  let back = digitsAt(dot + 1, min(fraction, 16));
  if (front == NO_NUMBER || back == NO_NUMBER) return NaN;
  for (let i = dot + 17; i < stop; i++) {
    const digit = <u32>load<u8>(i) - 0x30;
    if (digit > 9) return NaN;
    back = back * 10 + digit;
  }
  const value = scaled(front * <u64>load<f64>(powers + (fraction << 3)) + back, fraction, first, stop);
  decimalNote = NOTE_FLOAT;
  return negative ? -value : value;
}

// Reads it digit by digit, however many there are.
function anyDecimal(at: usize, stop: usize): f64 {
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
  if (whole == 0 || (whole > 1 && load<u8>(first) == 0x30)) return NaN;
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
    if (fraction == 0) return NaN;
  }
  if (i != stop) return NaN;
  let digits = whole + fraction;
  if (digits > 19 && load<u8>(first) == 0x30) {
    // Zeros in front are no digits of the mantissa.
    let zero = first;
    while (load<u8>(zero) == 0x30 || load<u8>(zero) == 0x2e) zero++;
    digits = i - zero;
  }
  const value = digits <= MAX_DIGITS ? scaled(mantissa, fraction, first, i) : exactNumber(first, i);
  if (!(value <= 1.7976931348623157e308)) return NaN;
  decimalNote = fraction != 0 ? NOTE_FLOAT : NOTE_WHOLE;
  return negative ? -value : value;
}

