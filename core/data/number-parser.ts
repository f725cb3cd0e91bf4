import { decode } from "./text.ts";

/** Largest finite 32-bit float: trainers compute with those, anything larger would become infinite. */
export const MAX_NUMBER = 3.4028234663852886e38;

const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/**
 * Reads numbers from bytes without making strings. Grammar: JSON's, and besides a leading `+`, leading zeros, `.5`, `5.` and
 * spaces around. No hexadecimal, no thousands separators, no names such as Infinity, and nothing that overflows (1e999).
 * Results are the same as JavaScript's `Number`: exact by Clinger's fast path
 * (https://doi.org/10.1145/93542.93557), else through `Number` itself.
 */
export class NumberParser {
  /** The number that was read last. */
  value = 0;
  /** Where the number without spaces around begins and ends. */
  start = 0;
  end = 0;
  /** Whether the text is a JSON number as it stands. */
  isJson = false;

  /** Reads bytes [start, end); false when they are no number. */
  parse(bytes: Uint8Array, start: number, end: number): boolean {
    let i = start;
    let last = end;
    while (i < last && (bytes[i] === 0x20 || bytes[i] === 0x09)) i++;
    while (last > i && (bytes[last - 1] === 0x20 || bytes[last - 1] === 0x09)) last--;
    this.start = i;
    this.end = last;
    this.isJson = false;
    if (i === last) return false;
    let json = true;
    const first = bytes[i];
    const negative = first === 0x2d;
    if (negative || first === 0x2b) {
      json = negative;
      i++;
    }
    let mantissa = 0;
    let digits = 0;
    const integerStart = i;
    for (; i < last; i++) {
      const digit = (bytes[i] as number) - 0x30;
      if (digit < 0 || digit > 9) break;
      mantissa = mantissa * 10 + digit;
    }
    digits = i - integerStart;
    if (digits === 0 || (digits > 1 && bytes[integerStart] === 0x30)) json = false;
    let exponent = 0;
    if (i < last && bytes[i] === 0x2e) {
      const fractionStart = ++i;
      for (; i < last; i++) {
        const digit = (bytes[i] as number) - 0x30;
        if (digit < 0 || digit > 9) break;
        mantissa = mantissa * 10 + digit;
      }
      if (i === fractionStart) json = false;
      exponent = fractionStart - i;
      digits += i - fractionStart;
    }
    if (digits === 0) return false;
    if (i < last && ((bytes[i] as number) | 0x20) === 0x65) {
      i++;
      const sign = bytes[i];
      if (sign === 0x2d || sign === 0x2b) i++;
      const exponentStart = i;
      let written = 0;
      for (; i < last; i++) {
        const digit = (bytes[i] as number) - 0x30;
        if (digit < 0 || digit > 9) break;
        if (written < 100_000) written = written * 10 + digit;
      }
      if (i === exponentStart) return false;
      exponent += sign === 0x2d ? -written : written;
    }
    if (i !== last) return false;
    this.isJson = json;
    let value: number;
    if (digits <= 15 && exponent >= -22 && exponent <= 22) {
      value = exponent < 0 ? mantissa / (POWERS[-exponent] as number) : mantissa * (POWERS[exponent] as number);
      if (negative) value = -value;
    } else {
      value = Number(decode(bytes, this.start, last));
    }
    this.value = value;
    return value - value === 0;
  }
}
