// Where the cells of the records are.

import { CR, LF, QUOTE } from "./layout";
import { cellCount, cellEnds, delimiter, rowStarts } from "./variables";

// Whether the record after those that were found is for the other lane.
export let isOddNext: bool = false;
// Whether the bytes of the records have a CR outside of quotes.
export let hasReturns: bool = false;

@inline function found(a: v128, b: v128, c: v128, d: v128, byte: v128): u64 {
  return (
    <u64>(<u32>i8x16.bitmask(i8x16.eq(a, byte)) | (<u32>i8x16.bitmask(i8x16.eq(b, byte)) << 16)) |
    (<u64>(<u32>i8x16.bitmask(i8x16.eq(c, byte)) | (<u32>i8x16.bitmask(i8x16.eq(d, byte)) << 16)) << 32)
  );
}

// Bit i of the result: whether the number of bits up to and including i is odd.
@inline function parity(bits: u64): u64 {
  let x = bits;
  x ^= x << 1;
  x ^= x << 2;
  x ^= x << 4;
  x ^= x << 8;
  x ^= x << 16;
  return x ^ (x << 32);
}

@inline function storeEnds(out: usize, at: usize, bits: u64): void {
  let rest = bits;
  // Eight at a time without a look: what is too much is written over by the next.
  let to = out;
  do {
    for (let i: usize = 0; i < 32; i += 4) {
      store<u32>(to + i, <u32>at + <u32>ctz(rest));
      rest &= rest - 1;
    }
    to += 32;
  } while (rest != 0);
}

// Finds the cells of the records that begin at `from`, at most `limit` of them, as far as they end before `end` and have the right number of
// cells; works on 64 bytes at a time, with a bit for each (Langdale and Lemire 2019, https://doi.org/10.1007/s00778-019-00578-5). Gives
// the number of records. Cell i of record r ends before cellEnds[r * cellCount + i] (a last
// one with its CR); the record begins after rowStarts[r].
export function indexRows(from: usize, end: usize, limit: i32): i32 {
  const delimiterBytes = i8x16.splat(<i8>delimiter);
  const width = cellCount;
  let count = 0;
  let records = 0;
  let inside: u64 = 0;
  // Whether a quote may open a field at the next byte, and whether the byte before was a CR outside of quotes.
  let mayOpen: u64 = 1;
  let afterReturn: u64 = 0;
  let allReturns: u64 = 0;
  isOddNext = false;
  store<u32>(rowStarts, <u32>from - 1);
  store<u32>(cellEnds - 4, <u32>from - 1);
  for (let at = from; at < end; at += 64) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    let delimiters = found(a, b, c, d, delimiterBytes);
    let feeds = found(a, b, c, d, i8x16.splat(<i8>LF));
    const returnsHere = found(a, b, c, d, i8x16.splat(<i8>CR));
    let quotes = found(a, b, c, d, i8x16.splat(<i8>QUOTE));
    let present: u64 = 0xffffffffffffffff;
    if (at + 64 > end) {
      present = (<u64>1 << <u64>(end - at)) - 1;
      delimiters &= present;
      feeds &= present;
      quotes &= present;
    }
    const quoted = parity(quotes) ^ inside;
    feeds &= ~quoted;
    const returns = returnsHere & ~quoted;
    allReturns |= returns;
    let ends = (delimiters & ~quoted) | feeds;
    // A quote opens a field after the end of another one, or goes on with it after a quote; a CR comes before an LF.
    const misplaced = (quotes & quoted & ~(((ends | quotes) << 1) | mayOpen)) | (((returns << 1) | afterReturn) & ~feeds);
    const wrong = misplaced & present;
    if (wrong != 0) {
      const before = (wrong & (0 - wrong)) - 1;
      ends &= before;
      feeds &= before;
      isOddNext = true;
    }
    inside = <u64>(<i64>quoted >> 63);
    mayOpen = (ends | quotes) >> 63;
    afterReturn = returns >> 63;
    storeEnds(cellEnds + (<usize>count << 2), at, ends);
    while (feeds != 0) {
      const bit = feeds & (0 - feeds);
      const cellsBefore = count + <i32>popcnt(ends & (bit - 1));
      if (cellsBefore != (records + 1) * width - 1) {
        isOddNext = true;
        break;
      }
      records++;
      store<u32>(rowStarts + (<usize>records << 2), <u32>at + <u32>ctz(bit));
      if (records == limit) {
        isOddNext = false;
        hasReturns = allReturns != 0;
        return records;
      }
      feeds &= feeds - 1;
    }
    if (isOddNext) break;
    count += <i32>popcnt(ends);
    if (count - records * width >= width) {
      isOddNext = true;
      break;
    }
  }
  hasReturns = allReturns != 0;
  return records;
}
