// The fraction of a key, by which its row's side is chosen: that of split.ts, two MurmurHash3_x86_32 in one pass.

import { fractions, keyEnds, keyStarts } from "./variables";

const HIGH_SEED: i32 = 0x2f0b4c47;
const LOW_SEED: i32 = 0x9747b28c;
const FIRST_FACTOR: i32 = 0xcc9e2d51;
const SECOND_FACTOR: i32 = 0x1b873593;
const STEP: i32 = 0xe6546b64;

@inline function mix(k: u32): u32 {
  return rotl<u32>(k * FIRST_FACTOR, 15) * SECOND_FACTOR;
}

@inline function absorb(h: u32, k: u32): u32 {
  return rotl<u32>(h ^ k, 13) * 5 + STEP;
}

@inline function rotate(x: v128, bits: i32): v128 {
  return v128.or(i32x4.shl(x, bits), i32x4.shr_u(x, 32 - bits));
}

@inline function absorb4(h: v128, k: v128): v128 {
  const x = rotate(v128.xor(h, k), 13);
  return i32x4.add(i32x4.add(i32x4.shl(x, 2), x), i32x4.splat(STEP));
}

@inline function finish(state: u32, length: u32): u32 {
  let h = state ^ length;
  h = (h ^ (h >> 16)) * 0x85ebca6b;
  h = (h ^ (h >> 13)) * 0xc2b2ae35;
  return h ^ (h >> 16);
}

// Goes on with the hashes of a key of which `done` bytes, a multiple of 4, are hashed.
function hashRest(row: usize, done: usize, highState: u32, lowState: u32): void {
  let high = highState;
  let low = lowState;
  const start = <usize>load<u32>(keyStarts + (row << 2));
  const end = <usize>load<u32>(keyEnds + (row << 2));
  const length = <u32>(end - start);
  const blocksEnd = start + (length & ~3);
  let i = start + done;
  for (; i < blocksEnd; i += 4) {
    const k = mix(load<u32>(i));
    high = absorb(high, k);
    low = absorb(low, k);
  }
  if (i < end) {
    const k = mix(load<u32>(i) & ((1 << (((<u32>(end - i)) & 3) << 3)) - 1));
    high ^= k;
    low ^= k;
  }
  const fraction = (<f64>finish(high, length) * 2097152.0 + <f64>(finish(low, length) >> 11)) / 9007199254740992.0;
  store<f64>(fractions + (row << 3), fraction);
}

@inline function start(row: usize): usize {
  return <usize>load<u32>(keyStarts + (row << 2));
}

@inline function size(row: usize): usize {
  return <usize>load<u32>(keyEnds + (row << 2)) - start(row);
}

// Four keys at once, as far as all have bytes.
function hashFour(row: usize): void {
  const a = start(row);
  const b = start(row + 1);
  const c = start(row + 2);
  const d = start(row + 3);
  const common = min(min(size(row), size(row + 1)), min(size(row + 2), size(row + 3))) & ~3;
  let high = i32x4.splat(HIGH_SEED);
  let low = i32x4.splat(LOW_SEED);
  for (let i: usize = 0; i < common; i += 4) {
    let k = v128.load32_zero(a + i);
    k = v128.load32_lane(b + i, k, 1);
    k = v128.load32_lane(c + i, k, 2);
    k = v128.load32_lane(d + i, k, 3);
    k = i32x4.mul(rotate(i32x4.mul(k, i32x4.splat(FIRST_FACTOR)), 15), i32x4.splat(SECOND_FACTOR));
    high = absorb4(high, k);
    low = absorb4(low, k);
  }
  hashRest(row, common, i32x4.extract_lane(high, 0), i32x4.extract_lane(low, 0));
  hashRest(row + 1, common, i32x4.extract_lane(high, 1), i32x4.extract_lane(low, 1));
  hashRest(row + 2, common, i32x4.extract_lane(high, 2), i32x4.extract_lane(low, 2));
  hashRest(row + 3, common, i32x4.extract_lane(high, 3), i32x4.extract_lane(low, 3));
}

// Writes the fraction of each row's key to `fractions`.
export function hashKeys(rows: i32): void {
  let row: usize = 0;
  for (; row + 4 <= <usize>rows; row += 4) hashFour(row);
  for (; row < <usize>rows; row++) hashRest(row, 0, HIGH_SEED, LOW_SEED);
}
