import { DistinctBuilder, emptyDistinct, mergeDistinct } from "./distinct-sketch.ts";
import type { NumberSummary } from "./profile.ts";
import { emptySketch, mergeSketches, SketchBuilder } from "./sketch.ts";

/** What the fast lane knows about the numbers of a column. */
export interface NumberTotals {
  count: number;
  nulls: number;
  min: number;
  max: number;
  mean: number;
  m2: number;
  zeros: number;
  /** Pairs of number and count of the buckets that are not empty: those of the bucket table for positive values, then for negative ones. */
  buckets: Uint32Array;
  /** Registers of the distinct sketch. */
  registers: Uint8Array;
}

/** Rows whose numbers are summed together. */
export const BLOCK_ROWS = 1_024;

/**
 * Builds moments, histogram and distinct sketch of numbers one row at a time. Moments are summed in blocks of rows, by two passes
 * within a block and the formula of Chan, Golub, LeVeque 1979 between them; the fast lane does the same in the same order, so
 * that the bits depend on the rows only, not on the format of the file or on how it came in.
 */
export class NumberSummaryBuilder {
  private added = 0;
  private count = 0;
  private min = Number.POSITIVE_INFINITY;
  private max = Number.NEGATIVE_INFINITY;
  private mean = 0;
  private m2 = 0;
  private readonly block = new Float64Array(BLOCK_ROWS);
  private held = 0;
  private rowsInBlock = 0;
  private readonly sketch = new SketchBuilder();
  private readonly distinct = new DistinctBuilder();

  /** Adds one finite number; minus zero counts as zero. */
  add(number: number): void {
    const x = number + 0;
    this.added++;
    if (x < this.min) this.min = x;
    if (x > this.max) this.max = x;
    this.sketch.add(x);
    this.distinct.addNumber(x);
    this.block[this.held++] = x;
    this.endRow();
  }

  /** Takes note of a row without a value. */
  addMissing(): void {
    this.endRow();
  }

  private endRow(): void {
    if (++this.rowsInBlock === BLOCK_ROWS) this.flush();
  }

  private flush(): void {
    const { block, held } = this;
    this.held = 0;
    this.rowsInBlock = 0;
    if (held === 0) return;
    // A sum for every other value: two can be added at once.
    const sums = [0, 0];
    for (let i = 0; i < held; i++) sums[i & 1] = (sums[i & 1] as number) + (block[i] as number);
    const mean = ((sums[0] as number) + (sums[1] as number)) / held;
    const squares = [0, 0];
    for (let i = 0; i < held; i++) {
      const delta = (block[i] as number) - mean;
      squares[i & 1] = (squares[i & 1] as number) + delta * delta;
    }
    this.combine(held, mean, (squares[0] as number) + (squares[1] as number));
  }

  private combine(count: number, mean: number, m2: number): void {
    const before = this.count;
    const total = before + count;
    const delta = mean - this.mean;
    this.count = total;
    this.mean += (delta * count) / total;
    this.m2 = this.m2 + m2 + delta * delta * ((before * count) / total);
  }

  /** Adds many numbers at once; what is beyond the bucket table comes through `addFar`. */
  absorb(totals: NumberTotals): void {
    if (totals.count === 0) return;
    this.flush();
    this.added += totals.count;
    if (this.count === 0) {
      this.count = totals.count;
      this.mean = totals.mean;
      this.m2 = totals.m2;
    } else {
      this.combine(totals.count, totals.mean, totals.m2);
    }
    this.min = Math.min(this.min, totals.min);
    this.max = Math.max(this.max, totals.max);
    this.sketch.absorb(totals.zeros, totals.buckets);
    this.distinct.absorb(totals.registers);
  }

  /** Counts the bucket of a number that is part of totals. */
  addFar(x: number): void {
    this.sketch.add(x);
  }

  /** Whether all values so far are the same. */
  isConstant(): boolean {
    return this.added > 0 && this.min === this.max;
  }

  /** The summary of all values so far. */
  build(): NumberSummary {
    this.flush();
    if (this.count === 0) return emptyNumberSummary();
    return {
      count: this.count,
      min: this.min,
      max: this.max,
      mean: this.mean,
      m2: this.m2,
      sketch: this.sketch.build(),
      distinct: this.distinct.build(),
    };
  }
}

/** Summary of no values. */
export function emptyNumberSummary(): NumberSummary {
  return { count: 0, min: null, max: null, mean: 0, m2: 0, sketch: emptySketch(), distinct: emptyDistinct() };
}

function extreme(a: number | null, b: number | null, choose: (a: number, b: number) => number): number | null {
  if (a === null) return b;
  return b === null ? a : choose(a, b);
}

/**
 * The summary of both sets of values together. Counts are exact; mean and m2 are combined by Chan, Golub, LeVeque 1979
 * (https://doi.org/10.1007/978-3-642-51461-6_3) and depend on the order only by rounding.
 */
export function mergeNumberSummaries(a: NumberSummary, b: NumberSummary): NumberSummary {
  const count = a.count + b.count;
  const delta = b.mean - a.mean;
  return {
    count,
    min: extreme(a.min, b.min, Math.min),
    max: extreme(a.max, b.max, Math.max),
    mean: count === 0 ? 0 : (a.mean * a.count + b.mean * b.count) / count,
    m2: count === 0 ? 0 : a.m2 + b.m2 + delta * delta * ((a.count * b.count) / count),
    sketch: mergeSketches(a.sketch, b.sketch),
    ...(a.distinct === undefined || b.distinct === undefined
      ? {}
      : { distinct: mergeDistinct(a.distinct, b.distinct) }),
  };
}
