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
  /** Counts by bucket of the bucket table: positive, then negative values. */
  buckets: Uint32Array;
  /** Registers of the distinct sketch. */
  registers: Uint8Array;
}

/** Builds moments and histogram of numbers one value at a time (Welford's update). */
export class NumberSummaryBuilder {
  count = 0;
  private min = Number.POSITIVE_INFINITY;
  private max = Number.NEGATIVE_INFINITY;
  private mean = 0;
  private m2 = 0;
  private readonly sketch = new SketchBuilder();
  private readonly distinct = new DistinctBuilder();

  /** Adds one finite number. */
  add(x: number): void {
    this.count++;
    if (x < this.min) this.min = x;
    if (x > this.max) this.max = x;
    const delta = x - this.mean;
    this.mean += delta / this.count;
    this.m2 += delta * (x - this.mean);
    this.sketch.add(x);
    this.distinct.addNumber(x);
  }

  /** Adds many numbers at once; what is beyond the bucket table comes through `addFar`. */
  absorb(totals: NumberTotals): void {
    if (totals.count === 0) return;
    const count = this.count + totals.count;
    const delta = totals.mean - this.mean;
    this.mean += (delta * totals.count) / count;
    this.m2 += totals.m2 + delta * delta * ((this.count * totals.count) / count);
    this.count = count;
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
    return this.min === this.max;
  }

  /** The summary of all values so far. */
  build(): NumberSummary {
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
