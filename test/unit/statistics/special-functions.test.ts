import { describe, expect, it } from "vitest";
import {
  binomialCdf,
  chiSquaredCdf,
  chiSquaredQuantile,
  chiSquaredSurvival,
  logGamma,
  normalCdf,
  normalQuantile,
  regularizedBeta,
  regularizedGammaP,
  regularizedGammaQ,
  studentTCdf,
  studentTQuantile,
} from "../../../core/statistics/index.ts";
import fixtures from "../../fixtures/statistics/special-functions.json" with { type: "json" };

type Cases = { args: number[]; value: number | null }[];
const functions: Record<string, [(...args: number[]) => number, Cases]> = {
  logGamma: [(x = 0) => logGamma(x), fixtures.logGamma],
  normalCdf: [(z = 0) => normalCdf(z), fixtures.normalCdf],
  normalQuantile: [(p = 0) => normalQuantile(p), fixtures.normalQuantile],
  studentTCdf: [(t = 0, df = 0) => studentTCdf(t, df), fixtures.studentTCdf],
  studentTQuantile: [(p = 0, df = 0) => studentTQuantile(p, df), fixtures.studentTQuantile],
  chiSquaredCdf: [(x = 0, df = 0) => chiSquaredCdf(x, df), fixtures.chiSquaredCdf],
  chiSquaredSurvival: [(x = 0, df = 0) => chiSquaredSurvival(x, df), fixtures.chiSquaredSurvival],
  chiSquaredQuantile: [(p = 0, df = 0) => chiSquaredQuantile(p, df), fixtures.chiSquaredQuantile],
  regularizedBeta: [(x = 0, a = 0, b = 0) => regularizedBeta(x, a, b), fixtures.regularizedBeta],
  regularizedGammaP: [(a = 0, x = 0) => regularizedGammaP(a, x), fixtures.regularizedGammaP],
  regularizedGammaQ: [(a = 0, x = 0) => regularizedGammaQ(a, x), fixtures.regularizedGammaQ],
  binomialCdf: [(k = 0, n = 0, p = 0) => binomialCdf(k, n, p), fixtures.binomialCdf],
};

/** Absolute error for probabilities, relative error for what is larger than 1. */
const TOLERANCE = 1e-10;

describe("special functions agree with scipy to 1e-10", () => {
  it.each(Object.keys(functions))("%s", (name) => {
    const entry = functions[name];
    if (entry === undefined) throw new Error(`no function ${name}`);
    const [compute, cases] = entry;
    expect(cases.length).toBeGreaterThan(5);
    for (const { args, value } of cases) {
      if (value === null) throw new Error(`fixture of ${name}(${args.join(", ")}) is not finite`);
      const error = Math.abs(compute(...args) - value) / Math.max(1, Math.abs(value));
      expect(error, `${name}(${args.join(", ")}) = ${compute(...args)}, scipy ${value}`).toBeLessThan(TOLERANCE);
    }
  });

  it("small tails keep their relative precision", () => {
    for (const { args, value } of fixtures.normalCdf) {
      const [z] = args as [number];
      if (value < 1e-3) expect(Math.abs(normalCdf(z) / value - 1)).toBeLessThan(1e-10);
    }
  });

  it("arguments outside the domain are refused", () => {
    expect(() => normalQuantile(1.5)).toThrow(RangeError);
    expect(() => regularizedBeta(0.5, -1, 1)).toThrow("a, b > 0");
    expect(() => regularizedGammaP(1, -1)).toThrow("x >= 0");
    expect(() => studentTCdf(1, 0)).toThrow("above 0");
    expect(() => studentTQuantile(0, 3)).toThrow("between 0 and 1");
    expect(() => chiSquaredQuantile(1, 3)).toThrow("[0, 1)");
    expect(logGamma(-1)).toBeNaN();
  });
});
