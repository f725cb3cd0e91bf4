import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  argsort,
  auc,
  averagePrecision,
  binomialCdf,
  createRandom,
  holm,
  normalCdf,
  normalQuantile,
  studentTCdf,
  studentTQuantile,
  wilsonInterval,
} from "../../../core/statistics/index.ts";

const rows = fc.array(fc.record({ label: fc.constantFrom(0, 1), score: fc.constantFrom(0, 0.1, 0.25, 0.5, 0.9, 1) }), {
  minLength: 2,
  maxLength: 60,
});

describe("properties", () => {
  it("ranking metrics do not depend on the order of the rows", () => {
    fc.assert(
      fc.property(rows, fc.integer(), (sample, seed) => {
        const random = createRandom(seed);
        const shuffled = sample
          .map((row) => ({ row, key: random.uniform() }))
          .sort((a, b) => a.key - b.key)
          .map(({ row }) => row);
        for (const metric of [auc, averagePrecision]) {
          const [before, after] = [sample, shuffled].map((all) =>
            metric(
              all.map(({ label }) => label),
              all.map(({ score }) => score),
            ),
          );
          if (Number.isNaN(before)) expect(after).toBeNaN();
          else expect(after).toBeCloseTo(before as number, 12);
        }
      }),
    );
  });

  it("AUC depends on the order of the scores only, and turns around with them", () => {
    fc.assert(
      fc.property(rows, (sample) => {
        const labels = sample.map(({ label }) => label);
        const scores = sample.map(({ score }) => score);
        const value = auc(labels, scores);
        fc.pre(!Number.isNaN(value));
        const stretched = scores.map((score) => Math.exp(3 * score));
        const reversed = scores.map((score) => -score);
        expect(auc(labels, stretched)).toBeCloseTo(value, 12);
        expect(auc(labels, reversed)).toBeCloseTo(1 - value, 12);
      }),
    );
  });

  it("argsort sorts any doubles, stable, short and long arrays alike", () => {
    const values = fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(values, fc.boolean(), (some, isLong) => {
        const all = isLong ? Array.from({ length: 3_000 }, (_, k) => some[k % some.length] as number) : some;
        const order = argsort(all);
        expect(new Set(order).size).toBe(all.length);
        for (let k = 1; k < order.length; k += 1) {
          const [before, after] = [all[order[k - 1] as number] as number, all[order[k] as number] as number];
          const isAscending = before < after || (before === after && (order[k - 1] as number) < (order[k] as number));
          if (!isAscending) throw new Error(`position ${k}: ${before} before ${after}`);
        }
      }),
    );
  });

  it("quantiles invert distribution functions", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }),
        fc.double({ min: 1, max: 1e5, noNaN: true }),
        (p, df) => {
          expect(normalCdf(normalQuantile(p))).toBeCloseTo(p, 12);
          expect(studentTCdf(studentTQuantile(p, df), df)).toBeCloseTo(p, 10);
        },
      ),
    );
  });

  it("a binomial distribution function never falls and ends at 1", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.double({ min: 0.001, max: 0.999, noNaN: true }), (n, p) => {
        let previous = 0;
        for (let k = 0; k <= n; k += 1) {
          const value = binomialCdf(k, n, p);
          expect(value).toBeGreaterThanOrEqual(previous - 1e-12);
          previous = value;
        }
        expect(previous).toBe(1);
      }),
      { numRuns: 20 },
    );
  });

  it("Wilson intervals hold the estimate and stay in [0, 1]", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (trials, share) => {
        const successes = Math.round(trials * share);
        const { low, high } = wilsonInterval(successes, trials, 0.95);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(successes / trials);
        expect(high).toBeGreaterThanOrEqual(successes / trials);
      }),
    );
  });

  it("Holm never adjusts downwards and keeps the order", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 }), (pValues) => {
        const adjusted = holm(pValues);
        pValues.forEach((p, i) => {
          expect(adjusted[i]).toBeGreaterThanOrEqual(p);
          pValues.forEach((q, j) => {
            if (p < q) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j] as number);
          });
        });
      }),
    );
  });
});
