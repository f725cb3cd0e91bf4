import { BUCKET_UPPERS, bucketOf, bucketUpper, GAMMA, LOWEST_BUCKET } from "./bucket-table.ts";
import type { Sketch } from "./profile.ts";

export { bucketOf, bucketUpper, GAMMA };

/** Key of zero; positive values have keys above it, negative ones below, in the order of the values. */
const KEY_OF_ZERO = 0;
/** Larger than the largest absolute bucket number of a double (about 37,700), so that keys keep the order. */
const KEY_OFFSET = 50_000;

/** Signed key of a number's bucket: an integer whose order is the order of the values. */
export function bucketKey(x: number): number {
  if (x > 0) return KEY_OFFSET + bucketOf(x);
  if (x < 0) return -(KEY_OFFSET + bucketOf(-x));
  return KEY_OF_ZERO;
}

/** Largest value that a signed key's bucket holds (for negative values the boundary nearer to zero). */
export function keyUpper(key: number): number {
  if (key > 0) return bucketUpper(key - KEY_OFFSET);
  if (key < 0) return -bucketUpper(-key - KEY_OFFSET - 1);
  return 0;
}

/** Boundary below a signed key's bucket. */
export function keyLower(key: number): number {
  if (key > 0) return bucketUpper(key - KEY_OFFSET - 1);
  if (key < 0) return -bucketUpper(-key - KEY_OFFSET);
  return 0;
}

/** A sketch's counts by signed key, in ascending order of the values. */
export function sketchEntries(sketch: Sketch): { key: number; count: number }[] {
  const entries: { key: number; count: number }[] = [];
  for (const [bucket, count] of Object.entries(sketch.negative))
    entries.push({ key: -(KEY_OFFSET + Number(bucket)), count });
  if (sketch.zero > 0) entries.push({ key: KEY_OF_ZERO, count: sketch.zero });
  for (const [bucket, count] of Object.entries(sketch.positive))
    entries.push({ key: KEY_OFFSET + Number(bucket), count });
  return entries.sort((a, b) => a.key - b.key);
}

/** A sketch without values. */
export function emptySketch(): Sketch {
  return { gamma: GAMMA, zero: 0, positive: {}, negative: {} };
}

function addCounts(a: Record<string, number>, b: Record<string, number>): Record<string, number> {
  const sum = new Map<number, number>();
  for (const counts of [a, b]) {
    for (const [bucket, count] of Object.entries(counts))
      sum.set(Number(bucket), (sum.get(Number(bucket)) ?? 0) + count);
  }
  return Object.fromEntries(
    [...sum].sort(([first], [second]) => first - second).map(([bucket, n]) => [String(bucket), n]),
  );
}

/** The sketch of both sets of values together; exact. */
export function mergeSketches(a: Sketch, b: Sketch): Sketch {
  return {
    gamma: GAMMA,
    zero: a.zero + b.zero,
    positive: addCounts(a.positive, b.positive),
    negative: addCounts(a.negative, b.negative),
  };
}

/**
 * Quantile q (0 to 1) of the values in a sketch, with a relative error below 1 %; NaN for an empty sketch.
 * It approximates the lower empirical quantile: the value at rank floor(q * (n - 1)).
 */
export function quantile(sketch: Sketch, q: number): number {
  const entries = sketchEntries(sketch);
  const total = entries.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return Number.NaN;
  const rank = Math.floor(Math.min(1, Math.max(0, q)) * (total - 1));
  let below = 0;
  for (const { key, count } of entries) {
    below += count;
    if (below <= rank) continue;
    if (key === KEY_OF_ZERO) return 0;
    const bucket = Math.abs(key) - KEY_OFFSET;
    const middle = (2 * bucketUpper(bucket)) / (GAMMA + 1);
    return key > 0 ? middle : -middle;
  }
  return Number.NaN;
}

/** Counts by bucket in a dense array that grows to the range of buckets seen. */
class DenseCounts {
  private counts = new Float64Array(0);
  private low = 0;

  add(bucket: number, count = 1): void {
    const index = bucket - this.low;
    if (index >= 0 && index < this.counts.length) this.counts[index] = (this.counts[index] as number) + count;
    else this.grow(bucket, count);
  }

  private grow(bucket: number, count: number): void {
    const slack = 64;
    const empty = this.counts.length === 0;
    const low = empty ? bucket - slack : Math.min(this.low, bucket - slack);
    const high = empty ? bucket + slack : Math.max(this.low + this.counts.length, bucket + slack);
    const grown = new Float64Array(high - low);
    grown.set(this.counts, empty ? 0 : this.low - low);
    this.counts = grown;
    this.low = low;
    grown[bucket - low] = (grown[bucket - low] as number) + count;
  }

  toRecord(): Record<string, number> {
    const record: Record<string, number> = {};
    for (const [index, count] of this.counts.entries()) if (count > 0) record[String(index + this.low)] = count;
    return record;
  }
}

/** Builds a sketch one value at a time, in memory bounded by the range of magnitudes. */
export class SketchBuilder {
  private zero = 0;
  private readonly positive = new DenseCounts();
  private readonly negative = new DenseCounts();

  /** Counts one finite number. */
  add(x: number): void {
    const size = x < 0 ? -x : x;
    if (size === 0) {
      this.zero++;
      return;
    }
    const bucket = bucketOf(size);
    if (x > 0) this.positive.add(bucket);
    else this.negative.add(bucket);
  }

  /** Counts many values: zeros, and pairs of bucket and count; the bucket table's come first for positive, then for negative values. */
  absorb(zeros: number, pairs: Uint32Array): void {
    this.zero += zeros;
    const size = BUCKET_UPPERS.length;
    for (let i = 0; i < pairs.length; i += 2) {
      const bucket = pairs[i] as number;
      const count = pairs[i + 1] as number;
      if (bucket < size) this.positive.add(bucket + LOWEST_BUCKET, count);
      else this.negative.add(bucket - size + LOWEST_BUCKET, count);
    }
  }

  /** The sketch of all values so far. */
  build(): Sketch {
    return { gamma: GAMMA, zero: this.zero, positive: this.positive.toRecord(), negative: this.negative.toRecord() };
  }
}
