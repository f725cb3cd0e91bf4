import { describe, expect, it } from "vitest";
import { chiSquaredSurvival, createRandom, mean, sampleVariance } from "../../../core/statistics/index.ts";

/** Five standard errors: a wrong generator fails, the fixed seeds do not. */
const SIGMAS = 5;

describe("seeded random numbers", () => {
  it("the same seed gives the same stream, another seed another one", () => {
    const draw = (seed: number | string) => {
      const random = createRandom(seed);
      return [random.uniform(), random.normal(), random.gamma(2), random.binomial(1_000, 0.3), random.integer(7)];
    };
    expect(draw(1)).toEqual(draw("1"));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it("uniform numbers fill their range evenly (chi squared over 100 cells)", () => {
    const random = createRandom("uniform");
    const cells = new Array<number>(100).fill(0);
    const draws = 200_000;
    for (let k = 0; k < draws; k += 1) {
      const cell = random.integer(100);
      cells[cell] = (cells[cell] as number) + 1;
    }
    const statistic = cells.reduce((sum, count) => sum + (count - draws / 100) ** 2 / (draws / 100), 0);
    expect(chiSquaredSurvival(statistic, 99)).toBeGreaterThan(1e-4);
  });

  it.each([
    ["normal", 0, 1, (random: ReturnType<typeof createRandom>) => random.normal()],
    ["gamma 0.3", 0.3, 0.3, (random: ReturnType<typeof createRandom>) => random.gamma(0.3)],
    ["gamma 7", 7, 7, (random: ReturnType<typeof createRandom>) => random.gamma(7)],
    ["binomial 20, 0.1", 2, 1.8, (random: ReturnType<typeof createRandom>) => random.binomial(20, 0.1)],
    ["binomial 1e6, 0.3", 3e5, 2.1e5, (random: ReturnType<typeof createRandom>) => random.binomial(1e6, 0.3)],
    ["binomial 500, 0.93", 465, 32.55, (random: ReturnType<typeof createRandom>) => random.binomial(500, 0.93)],
  ] as const)("%s has its mean and variance", (name, expectedMean, expectedVariance, draw) => {
    const random = createRandom(name);
    const values = Float64Array.from({ length: 40_000 }, () => draw(random));
    expect(Math.abs(mean(values) - expectedMean)).toBeLessThan(SIGMAS * Math.sqrt(expectedVariance / values.length));
    expect(sampleVariance(values) / expectedVariance).toBeCloseTo(1, 1);
  });

  it("a binomial has the distribution of its definition", () => {
    const random = createRandom("pmf");
    const counts = new Array<number>(6).fill(0);
    const draws = 100_000;
    for (let k = 0; k < draws; k += 1) {
      const value = random.binomial(5, 0.4);
      counts[value] = (counts[value] as number) + 1;
    }
    const expected = [0.07776, 0.2592, 0.3456, 0.2304, 0.0768, 0.01024];
    const statistic = counts.reduce((sum, count, k) => {
      const mass = draws * (expected[k] as number);
      return sum + (count - mass) ** 2 / mass;
    }, 0);
    expect(chiSquaredSurvival(statistic, 5)).toBeGreaterThan(1e-4);
  });

  it("multinomial counts add up and empty categories stay empty", () => {
    const random = createRandom("multinomial");
    for (let k = 0; k < 200; k += 1) {
      const counts = random.multinomial(1_000, [0.2, 0, 0.3, 0.5, 0]);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1_000);
      expect(counts[1]).toBe(0);
    }
  });
});
