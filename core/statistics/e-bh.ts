/**
 * e-BH: which hypotheses to reject at false discovery rate `alpha`, given the logarithms of their e-values.
 * Rejects the k largest e-values for the largest k with e_(k) >= K / (k * alpha); holds under any dependence.
 * When all hypotheses are true, a rejection implies a mean e-value of at least 1 / alpha: with e-processes the chance of
 * ever rejecting, at any number of looks, is at most alpha (Ville's inequality).
 * Returns the rejected flags in input order and the threshold that a rejected log e-value had to reach.
 * Source: Wang & Ramdas 2022, https://doi.org/10.1111/rssb.12489
 */
export function eBenjaminiHochberg(
  logEValues: readonly number[],
  alpha: number,
): { rejected: boolean[]; logThreshold: number } {
  const total = logEValues.length;
  const sorted = [...logEValues].sort((a, b) => b - a);
  let count = 0;
  for (let k = 1; k <= total; k += 1) {
    if ((sorted[k - 1] as number) >= Math.log(total / (k * alpha))) count = k;
  }
  const logThreshold = Math.log(total / (Math.max(1, count) * alpha));
  return { rejected: logEValues.map((value) => count > 0 && value >= logThreshold), logThreshold };
}
