import { regularizedBeta } from "./incomplete-beta.ts";

/**
 * P(X <= k) for X binomial with `n` trials of probability `p`.
 * Source: https://dlmf.nist.gov/8.17#i (P(X <= k) = I_{1-p}(n - k, k + 1)).
 */
export function binomialCdf(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  if (k >= n) return 1;
  return regularizedBeta(1 - p, n - Math.floor(k), Math.floor(k) + 1);
}
