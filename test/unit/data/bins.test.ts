import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { binOf, createBinner, referenceBins } from "../../../core/data/bins.ts";
import { NumberSummaryBuilder } from "../../../core/data/number-summary.ts";
import type { CategoryProfile, NumberProfile } from "../../../core/data/profile.ts";

function numberProfile(values: readonly number[], nulls = 0): NumberProfile {
  const builder = new NumberSummaryBuilder();
  for (const value of values) builder.add(value);
  return { type: "number", nulls, ...builder.build() };
}

const category: CategoryProfile = {
  type: "category",
  count: 104,
  nulls: 6,
  levels: { Climb: 50, Approach: 30, Taxi: 10, Parked: 10 },
  otherCount: 4,
  distinctOverflow: false,
};

describe("reference bins of numbers", () => {
  const values = fc.array(
    fc.oneof(fc.double({ noNaN: true, min: -1e4, max: 1e4 }), fc.integer({ min: -20, max: 20 })),
    {
      minLength: 1,
      maxLength: 300,
    },
  );

  test.prop([values, fc.integer({ min: 1, max: 20 }), fc.nat({ max: 5 })])(
    "have exact counts: putting the reference's own values into them gives the same",
    (numbers, binCount, nulls) => {
      const reference = referenceBins(numberProfile(numbers, nulls), binCount);
      const bin = createBinner(reference);
      const counts = reference.bins.map(() => 0);
      for (const value of [...numbers, ...new Array<null>(nulls).fill(null)]) {
        const index = bin(value);
        counts[index] = (counts[index] ?? 0) + 1;
      }
      expect(counts).toEqual(reference.bins.map(({ count }) => count));
      expect(reference.bins.length).toBeLessThanOrEqual(binCount + 3);
    },
  );

  test.prop([values, fc.array(fc.double({ noNaN: true, min: -1e5, max: 1e5 }))])(
    "are ordered like the values",
    (numbers, live) => {
      const bin = createBinner(referenceBins(numberProfile(numbers), 10));
      const sorted = [...live].sort((a, b) => a - b).map(bin);
      expect(sorted).toEqual([...sorted].sort((a, b) => a - b));
    },
  );

  it("are about equally full", () => {
    const { bins } = referenceBins(numberProfile(Array.from({ length: 10_000 }, (_, i) => i + 1)), 10);
    for (const { count } of bins.slice(2, -1)) expect(Math.abs(count - 1_000)).toBeLessThan(220);
  });

  it.each([
    ["at the low end", 0],
    ["in the middle", 500],
    ["at the high end", 1_000],
  ])("divide the other values evenly when most rows share one value %s", (_place, shared) => {
    const spread = Array.from({ length: 4_000 }, (_, i) => 1 + (i * 999) / 4_000);
    const values = [...new Array<number>(6_000).fill(shared), ...spread];
    const reference = referenceBins(numberProfile(values), 10);
    const own = binOf(reference, shared);
    const others = reference.bins.slice(2, -1).filter((_, index) => index + 2 !== own);
    expect(reference.bins[own]?.count).toBeGreaterThanOrEqual(6_000);
    expect(others.length).toBeGreaterThanOrEqual(4);
    const fair = others.reduce((sum, { count }) => sum + count, 0) / others.length;
    for (const { count, label } of others) expect([label, count > fair / 2 && count < 2 * fair]).toEqual([label, true]);
  });

  it("give each small whole number a bin of its own when there are bins enough", () => {
    const hours = Array.from({ length: 2_400 }, (_, i) => i % 24);
    const reference = referenceBins(numberProfile(hours), 50);
    expect(reference.bins.slice(2, -1).map(({ count }) => count)).toEqual(new Array(24).fill(100));
    expect(binOf(reference, 5)).toBe(binOf(reference, "5"));
    expect(binOf(reference, 5)).not.toBe(binOf(reference, 6));
  });

  it("tell missing, below and above apart", () => {
    const reference = referenceBins(numberProfile([10, 20, 30], 2), 3);
    const label = (value: number | string | null | undefined) => reference.bins[binOf(reference, value)]?.label;
    expect([label(null), label(undefined), label(""), label("fast"), label(Number.NaN)]).toEqual(
      new Array(5).fill("missing"),
    );
    expect(label(-5)).toMatch(/^below /);
    expect(label(0)).toMatch(/^below /);
    expect(label(1_000)).toMatch(/^above /);
    expect(label(20)).toMatch(/^\(.*\]$/);
  });

  it("exist for a feature that has no values", () => {
    const reference = referenceBins(numberProfile([], 7), 10);
    expect(reference.bins.map(({ count }) => count)).toEqual([7, 0, 0]);
    expect([binOf(reference, null), binOf(reference, 3), binOf(reference, -3)]).toEqual([0, 2, 1]);
  });
});

describe("reference bins of categories and booleans", () => {
  it("are missing, other, unseen and the most frequent levels", () => {
    const reference = referenceBins(category, 2);
    expect(reference.bins).toEqual([
      { label: "missing", count: 6 },
      { label: "other", count: 24 },
      { label: "unseen", count: 0 },
      { label: "Climb", count: 50 },
      { label: "Approach", count: 30 },
    ]);
    const bins = ["Climb", "Taxi", "Orbit", null, "", "__proto__"].map((level) => binOf(reference, level));
    expect(bins).toEqual([3, 1, 2, 0, 0, 2]);
  });

  it("call nothing unseen when the reference had more levels than it names", () => {
    expect(binOf(referenceBins({ ...category, distinctOverflow: true }, 2), "Orbit")).toBe(1);
  });

  it("are missing, false and true for booleans", () => {
    const reference = referenceBins({ type: "boolean", count: 10, nulls: 1, trueCount: 4 }, 10);
    expect(reference.bins.map(({ count }) => count)).toEqual([1, 6, 4]);
    expect([true, "true", false, "false", null].map((value) => binOf(reference, value))).toEqual([2, 2, 1, 1, 0]);
  });

  it("are plain JSON", () => {
    const reference = referenceBins(category, 2);
    expect(JSON.parse(JSON.stringify(reference))).toEqual(reference);
  });
});
