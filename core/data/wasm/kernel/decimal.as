// Decimal notation of any length.

import { exactNumber } from "./host";
import { NOTE_FLOAT, NOTE_WHOLE } from "./layout";
import { fives, fivesCount, powers } from "./variables";

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

// Reads plain decimal notation of any length that ends at `stop`; NaN when it is something else. Sets decimalNote.
export function longDecimal(at: usize, stop: usize): f64 {
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
  let value: f64;
  if (digits > 19 && load<u8>(first) == 0x30) {
    // Zeros in front are no digits of the mantissa.
    let zero = first;
    while (load<u8>(zero) == 0x30 || load<u8>(zero) == 0x2e) zero++;
    digits = i - zero;
  }
  if (digits <= 19 && fraction <= 22 && mantissa <= 9007199254740992) {
    value = <f64>mantissa / load<f64>(powers + (fraction << 3));
  } else {
    value = digits <= 19 && fraction < <usize>fivesCount ? nearest(mantissa, fraction) : NaN;
    if (value != value) value = exactNumber(first, i);
    if (!(value <= 1.7976931348623157e308)) return NaN;
  }
  decimalNote = fraction != 0 ? NOTE_FLOAT : NOTE_WHOLE;
  return negative ? -value : value;
}

