import { logGamma } from "./log-gamma.ts";

const EPSILON = 1e-16;
const TINY = 1e-300;
const MAX_ITERATIONS = 100_000;

/**
 * Regularized lower incomplete gamma function P(a, x) for a > 0, x >= 0, in [0, 1].
 * Series below x = a + 1, Lentz's continued fraction above. Throws RangeError outside the domain.
 * Source: https://dlmf.nist.gov/8.11 and https://dlmf.nist.gov/8.9
 */
export function regularizedGammaP(a: number, x: number): number {
  checkDomain(a, x);
  if (x === 0) return 0;
  if (x === Number.POSITIVE_INFINITY) return 1;
  return x < a + 1 ? lowerSeries(a, x) : 1 - upperFraction(a, x);
}

/** Regularized upper incomplete gamma function Q(a, x) = 1 - P(a, x), without cancellation in the tail. */
export function regularizedGammaQ(a: number, x: number): number {
  checkDomain(a, x);
  if (x === 0) return 1;
  if (x === Number.POSITIVE_INFINITY) return 0;
  return x < a + 1 ? 1 - lowerSeries(a, x) : upperFraction(a, x);
}

function checkDomain(a: number, x: number): void {
  if (!(a > 0) || !(x >= 0)) throw new RangeError(`incomplete gamma needs a > 0 and x >= 0, got a = ${a}, x = ${x}`);
}

function prefactor(a: number, x: number): number {
  return Math.exp(a * Math.log(x) - x - logGamma(a));
}

function lowerSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let k = 1; k < MAX_ITERATIONS; k += 1) {
    term *= x / (a + k);
    sum += term;
    if (term < sum * EPSILON) break;
  }
  return sum * prefactor(a, x);
}

function upperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let h = d;
  for (let k = 1; k < MAX_ITERATIONS; k += 1) {
    const an = -k * (k - a);
    b += 2;
    d = 1 / nonZero(an * d + b);
    c = nonZero(b + an / c);
    const delta = d * c;
    h *= delta;
    if (Math.abs(delta - 1) < EPSILON * 4) break;
  }
  return h * prefactor(a, x);
}

function nonZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}
