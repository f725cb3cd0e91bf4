/** Half a row in every bin keeps the logarithm finite where a bin is empty on one side. */
const SMOOTHING = 0.5;

/** Effect of a move between two sets of counts over the same bins. */
export interface Effect {
  /** Population stability index. */
  readonly psi: number;
  /** PSI minus its expectation without drift; can be below 0. */
  readonly debiasedPsi: number;
  /** Part of each bin in the PSI, >= 0. */
  readonly parts: readonly number[];
}

/**
 * Population stability index sum((q - p) * log(q / p)) of live shares q against reference shares p, and the same without
 * its bias: on identical data PSI is about (1/n + 1/m) * chi squared (bins - 1), so (bins - 1) * (1/n + 1/m) is
 * subtracted, counting the bins that hold any row. Both sides need at least one row.
 * A shift of a normal feature by d sigma has a PSI of about d^2 (0.2 sigma: 0.04, over 10 bins 0.038).
 * Source: Yurdakul 2018, https://scholarworks.wmich.edu/dissertations/3208
 */
export function populationStability(reference: ArrayLike<number>, live: ArrayLike<number>): Effect {
  const bins = reference.length;
  let referenceRows = 0;
  let liveRows = 0;
  let present = 0;
  for (let k = 0; k < bins; k += 1) {
    referenceRows += reference[k] as number;
    liveRows += live[k] as number;
    if ((reference[k] as number) + (live[k] as number) > 0) present += 1;
  }
  const parts = Array.from({ length: bins }, (_, k) => {
    // A bin that is empty on both sides has not moved.
    if ((reference[k] as number) + (live[k] as number) === 0) return 0;
    const p = ((reference[k] as number) + SMOOTHING) / (referenceRows + SMOOTHING * present);
    const q = ((live[k] as number) + SMOOTHING) / (liveRows + SMOOTHING * present);
    return (q - p) * Math.log(q / p);
  });
  const psi = parts.reduce((total, part) => total + part, 0);
  return { psi, debiasedPsi: psi - (present - 1) * (1 / referenceRows + 1 / liveRows), parts };
}
