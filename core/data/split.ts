/** The three sides that a row can be on. */
export const SPLITS = ["train", "validation", "test"] as const;

/** A side that a row can be on. */
export type Split = (typeof SPLITS)[number];

const SEED_HIGH = 0x2f0b4c47;
const SEED_LOW = 0x9747b28c;

function finish(state: number, length: number): number {
  let h = state ^ length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function mix(k: number): number {
  const m = Math.imul(k, 0xcc9e2d51);
  return Math.imul((m << 15) | (m >>> 17), 0x1b873593);
}

function absorb(h: number, k: number): number {
  const x = h ^ k;
  return (Math.imul((x << 13) | (x >>> 19), 5) + 0xe6546b64) | 0;
}

/**
 * Maps bytes to a fraction in [0, 1) that never changes: two MurmurHash3_x86_32 (public domain, Austin Appleby,
 * https://github.com/aappleby/smhasher) with different seeds in one pass, of which 53 bits are used.
 */
export function hashFraction(bytes: Uint8Array, start = 0, end = bytes.length): number {
  const length = end - start;
  let high = SEED_HIGH;
  let low = SEED_LOW;
  let i = start;
  for (const blocksEnd = start + (length & ~3); i < blocksEnd; i += 4) {
    const word =
      (bytes[i] as number) |
      ((bytes[i + 1] as number) << 8) |
      ((bytes[i + 2] as number) << 16) |
      ((bytes[i + 3] as number) << 24);
    const k = mix(word);
    high = absorb(high, k);
    low = absorb(low, k);
  }
  if (i < end) {
    let word = bytes[i] as number;
    if (i + 1 < end) word |= (bytes[i + 1] as number) << 8;
    if (i + 2 < end) word |= (bytes[i + 2] as number) << 16;
    const k = mix(word);
    high ^= k;
    low ^= k;
  }
  return (finish(high, length) * 2_097_152 + (finish(low, length) >>> 11)) / 9_007_199_254_740_992;
}

/**
 * The side of a row, from its key's fraction: the test share first, then validation, the rest is train. It depends on nothing
 * but the key, so a row never changes side when other rows come.
 */
export function splitOf(fraction: number, shares: { validation: number; test: number }): Split {
  if (fraction < shares.test) return "test";
  return fraction < shares.test + shares.validation ? "validation" : "train";
}
