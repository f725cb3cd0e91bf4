import type { NumberSummary } from "./profile.ts";
import { emptySketch, mergeSketches, SketchBuilder } from "./sketch.ts";

/** Builds moments and histogram of numbers one value at a time (Welford's update). */
export class NumberSummaryBuilder {
  count = 0;
  private min = Number.POSITIVE_INFINITY;
  private max = Number.NEGATIVE_INFINITY;
  private mean = 0;
  private m2 = 0;
  private readonly sketch = new SketchBuilder();

  /** Adds one finite number. */
  add(x: number): void {
    this.count++;
    if (x < this.min) this.min = x;
    if (x > this.max) this.max = x;
    const delta = x - this.mean;
    this.mean += delta / this.count;
    this.m2 += delta * (x - this.mean);
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
    };
  }
}

/** Summary of no values. */
export function emptyNumberSummary(): NumberSummary {
  return { count: 0, min: null, max: null, mean: 0, m2: 0, sketch: emptySketch() };
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
  };
}
