import { describe, expect, it } from "vitest";
import {
  aucComponents,
  bootstrap,
  createRandom,
  delongPaired,
  delongStandardError,
  eBenjaminiHochberg,
  holm,
  mcnemarExact,
  mean,
  pairedT,
  standardErrorOfMean,
  weightedMean,
  wilsonInterval,
} from "../../../core/statistics/index.ts";
import metricFixtures from "../../fixtures/statistics/metrics.json" with { type: "json" };
import fixtures from "../../fixtures/statistics/tests.json" with { type: "json" };

describe("DeLong, O(n log n), equals the quadratic definition", () => {
  it.each(metricFixtures.binary)("$name", ({ labels, scores, other, delong }) => {
    const first = aucComponents(labels, scores);
    const second = aucComponents(labels, other);
    if (first === null || second === null) throw new Error("the fixture has both classes");
    const paired = delongPaired(labels, first, second);
    expect(paired.difference).toBeCloseTo(delong.difference, 12);
    expect(paired.standardError).toBeCloseTo(delong.standardError, 12);
    expect(delongStandardError(labels, first)).toBeCloseTo(delong.standardErrorFirst, 12);
  });
});

describe("tests and intervals agree with scipy", () => {
  it.each(fixtures.mcnemar)("exact McNemar $onlyFirst against $onlySecond", (fixture) => {
    const result = mcnemarExact(fixture.onlyFirst, fixture.onlySecond, 100_000, 0.95);
    expect(result.pValue).toBeCloseTo(fixture.pValue, 9);
    expect(result.interval.low).toBeLessThan(result.difference);
    expect(result.interval.high).toBeGreaterThan(result.difference);
  });

  it.each(fixtures.wilson)("Wilson interval of $successes in $trials", ({ successes, trials, low, high }) => {
    const interval = wilsonInterval(successes, trials, 0.95);
    expect(interval.low).toBeCloseTo(low, 10);
    expect(interval.high).toBeCloseTo(high, 10);
  });

  it.each(fixtures.pairedT)("paired t, difference $difference", (fixture) => {
    const differences = fixture.first.map((value, index) => value - (fixture.second[index] as number));
    const result = pairedT(differences, 0.95);
    expect(result.difference).toBeCloseTo(fixture.difference, 12);
    expect(result.pValue).toBeCloseTo(fixture.pValue, 10);
    expect(result.interval.low).toBeCloseTo(fixture.low, 9);
    expect(result.interval.high).toBeCloseTo(fixture.high, 9);
  });
});

describe("Holm", () => {
  it("adjusts step by step, never decreasing, in input order", () => {
    expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
    expect(holm([0.6, 0.9])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });
});

describe("e-BH", () => {
  it("needs K / alpha from a single feature and less from several together", () => {
    const alone = [Math.log(401), 0, 0, 0, ...new Array<number>(16).fill(0)];
    expect(eBenjaminiHochberg(alone, 0.05).rejected.filter(Boolean)).toHaveLength(1);
    const below = [Math.log(399), ...new Array<number>(19).fill(0)];
    expect(eBenjaminiHochberg(below, 0.05).rejected.some(Boolean)).toBe(false);
    const pair = [Math.log(201), Math.log(201), ...new Array<number>(18).fill(0)];
    expect(eBenjaminiHochberg(pair, 0.05).rejected.filter(Boolean)).toHaveLength(2);
    expect(eBenjaminiHochberg([], 0.05).rejected).toEqual([]);
  });
});

describe("bootstrap", () => {
  it("finds the standard error of a mean and repeats exactly with its seed", () => {
    const random = createRandom(3);
    const values = Float64Array.from({ length: 400 }, () => random.normal());
    const run = () =>
      bootstrap(values.length, (weights) => weightedMean(values, weights), {
        random: createRandom("bootstrap"),
        resamples: 2_000,
        confidence: 0.95,
      });
    const result = run();
    expect(result.standardError / standardErrorOfMean(values)).toBeCloseTo(1, 1);
    expect(result.interval.low).toBeLessThan(mean(values));
    expect(result.interval.high).toBeGreaterThan(mean(values));
    expect(run()).toEqual(result);
  });
});
