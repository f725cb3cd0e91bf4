// Statistics of a column's numbers, block by block.

import { farValue } from "./host";
import {
  D_COUNT, D_HIGHEST, D_LOWEST, D_M2, D_MEAN, D_NULLS, D_REGISTERS, D_SKETCH, D_VALUES, D_ZEROS,
} from "./layout";
import { buckets, exponents, firstBuckets, lowestExponent, uppers } from "./variables";

@inline function scramble(x: v128): v128 {
  let h = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 16)), i32x4.splat(<i32>0x85ebca6b));
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 13)), i32x4.splat(<i32>0xc2b2ae35));
  return v128.xor(h, i32x4.shr_u(h, 16));
}

@inline function register(registers: usize, b: u32, c: u32): void {
  const place = registers + (b >> 21);
  const rank = <u32>clz(c) + 1;
  if (rank > <u32>load<u8>(place)) store<u8>(place, <u8>rank);
}

// Counts `count` numbers into the registers of distinct-sketch.ts, four at a time; beyond them there must be room for three more.
@inline function countDistinct(registers: usize, values: usize, count: i32): void {
  // The last one again, until there are four: the same value changes no register.
  const again = load<f64>(values + (<usize>(count - 1) << 3));
  for (let i = count; (i & 3) != 0; i++) store<f64>(values + (<usize>i << 3), again);
  for (let i = 0; i < count; i += 4) {
    const from = values + (<usize>i << 3);
    const first = v128.load(from);
    const second = v128.load(from, 16);
    const low = v128.shuffle<i32>(first, second, 0, 2, 4, 6);
    const high = v128.shuffle<i32>(first, second, 1, 3, 5, 7);
    const a = scramble(i32x4.add(low, i32x4.splat(<i32>0x9e3779b9)));
    const b = scramble(v128.xor(high, a));
    const c = scramble(i32x4.add(a, i32x4.mul(b, i32x4.splat(0x2545f491))));
    register(registers, <u32>i32x4.extract_lane(b, 0), <u32>i32x4.extract_lane(c, 0));
    register(registers, <u32>i32x4.extract_lane(b, 1), <u32>i32x4.extract_lane(c, 1));
    register(registers, <u32>i32x4.extract_lane(b, 2), <u32>i32x4.extract_lane(c, 2));
    register(registers, <u32>i32x4.extract_lane(b, 3), <u32>i32x4.extract_lane(c, 3));
  }
}

// Counts numbers in the buckets of bucket-table.ts.
@inline function countBuckets(cell: usize, index: i32, values: usize, count: i32): void {
  const sketch = <usize>load<u32>(cell, D_SKETCH);
  const floorExponent = <u32>lowestExponent;
  const range = <u32>exponents;
  for (let i = 0; i < count; i++) {
    const x = load<f64>(values + (<usize>i << 3));
    const high = <u32>(reinterpret<u64>(x) >> 32);
    const exponent = ((high >> 20) & 0x7ff) - floorExponent;
    if (exponent < range) {
      const first = <u32>load<u16>(firstBuckets + (<usize>((exponent << 7) | ((high >> 13) & 127)) << 1));
      const isAbove = <u32>(abs(x) > load<f64>(uppers + (<usize>first << 3)));
      const bucket = first + isAbove + (<u32>buckets & (<u32>(<i32>high >> 31)));
      const place = sketch + (<usize>bucket << 2);
      store<u32>(place, load<u32>(place) + 1);
    } else if (x == 0) {
      store<u32>(cell, load<u32>(cell, D_ZEROS) + 1, D_ZEROS);
    } else {
      farValue(index, x);
    }
  }
}

// Adds the block's values of one cell: moments by two passes and Chan's merge (each pass has a sum for every other value, as
// number-summary.ts has them), buckets and distinct values.
export function sumNumbers(cell: usize, index: i32, rows: i32): void {
  const values = <usize>load<u32>(cell, D_VALUES);
  // The values without the gaps.
  let count = 0;
  for (let i = 0; i < rows; i++) {
    const x = load<f64>(values + (<usize>i << 3));
    store<f64>(values + (<usize>count << 3), x);
    count += <i32>(x == x);
  }
  store<u32>(cell, load<u32>(cell, D_NULLS) + <u32>(rows - count), D_NULLS);
  if (count == 0) return;
  const pairsEnd = values + (<usize>(count & ~1) << 3);
  const isOdd = (count & 1) != 0;
  let sums = f64x2.splat(0);
  let lowest = f64x2.splat(load<f64>(cell, D_LOWEST));
  let highest = f64x2.splat(load<f64>(cell, D_HIGHEST));
  for (let at = values; at < pairsEnd; at += 16) {
    const pair = v128.load(at);
    sums = f64x2.add(sums, pair);
    lowest = f64x2.pmin(lowest, pair);
    highest = f64x2.pmax(highest, pair);
  }
  let sum = f64x2.extract_lane(sums, 0);
  let low = min(f64x2.extract_lane(lowest, 0), f64x2.extract_lane(lowest, 1));
  let high = max(f64x2.extract_lane(highest, 0), f64x2.extract_lane(highest, 1));
  if (isOdd) {
    const x = load<f64>(pairsEnd);
    sum += x;
    low = min(low, x);
    high = max(high, x);
  }
  store<f64>(cell, low, D_LOWEST);
  store<f64>(cell, high, D_HIGHEST);
  const mean = (sum + f64x2.extract_lane(sums, 1)) / <f64>count;
  const means = f64x2.splat(mean);
  let squares = f64x2.splat(0);
  for (let at = values; at < pairsEnd; at += 16) {
    const delta = f64x2.sub(v128.load(at), means);
    squares = f64x2.add(squares, f64x2.mul(delta, delta));
  }
  let even = f64x2.extract_lane(squares, 0);
  if (isOdd) {
    const delta = load<f64>(pairsEnd) - mean;
    even += delta * delta;
  }
  const m2 = even + f64x2.extract_lane(squares, 1);
  countBuckets(cell, index, values, count);
  countDistinct(<usize>load<u32>(cell, D_REGISTERS), values, count);
  const before = load<f64>(cell, D_COUNT);
  const n2 = <f64>count;
  const total = before + n2;
  const delta = mean - load<f64>(cell, D_MEAN);
  store<f64>(cell, total, D_COUNT);
  store<f64>(cell, load<f64>(cell, D_MEAN) + (delta * n2) / total, D_MEAN);
  store<f64>(cell, load<f64>(cell, D_M2) + m2 + delta * delta * ((before * n2) / total), D_M2);
}

// Writes number and count of each bucket of a cell that is not empty to `out`, 4 bytes each; gives how many there are.
export function listBuckets(cell: usize, out: usize): i32 {
  const sketch = <usize>load<u32>(cell, D_SKETCH);
  let to = out;
  for (let bucket = 0; bucket < buckets * 2; bucket++) {
    const count = load<u32>(sketch + (<usize>bucket << 2));
    if (count == 0) continue;
    store<u32>(to, <u32>bucket);
    store<u32>(to, count, 4);
    to += 8;
  }
  return <i32>((to - out) >> 3);
}
