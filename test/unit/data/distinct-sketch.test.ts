import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import {
  DISTINCT_STANDARD_ERROR,
  DistinctBuilder,
  emptyDistinct,
  estimateDistinct,
  mergeDistinct,
} from "../../../core/data/distinct-sketch.ts";

function sketchOf(values: Iterable<number>) {
  const builder = new DistinctBuilder();
  for (const value of values) builder.addNumber(value);
  return builder.build();
}

describe("the distinct sketch", () => {
  it.each([1, 10, 100, 1_000, 10_000, 100_000, 1_000_000])("estimates %d numbers within four standard errors", (n) => {
    const values = (function* () {
      for (let i = 0; i < n; i++) yield i * 0.37 - 1_000;
    })();
    const estimate = estimateDistinct(sketchOf(values));
    expect(Math.abs(estimate - n) / n).toBeLessThanOrEqual(4 * DISTINCT_STANDARD_ERROR);
  });

  it("estimates texts within four standard errors", () => {
    const builder = new DistinctBuilder();
    for (let i = 0; i < 50_000; i++) builder.addText(`level ${i}`);
    expect(Math.abs(estimateDistinct(builder.build()) - 50_000) / 50_000).toBeLessThanOrEqual(
      4 * DISTINCT_STANDARD_ERROR,
    );
  });

  it("takes 0 and -0 for one value, and nothing for none", () => {
    expect(estimateDistinct(sketchOf([0, -0]))).toBe(1);
    expect(estimateDistinct(emptyDistinct())).toBe(0);
  });

  const numbers = fc.array(fc.oneof(fc.integer({ min: 0, max: 50 }), fc.double({ noNaN: true })), { maxLength: 300 });
  test.prop([numbers, numbers])("of two sets merge to that of both together", (a, b) => {
    expect(mergeDistinct(sketchOf(a), sketchOf(b))).toEqual(sketchOf([...a, ...b]));
  });
});
