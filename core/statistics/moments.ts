/** Arithmetic mean; NaN of nothing. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += values[i] as number;
  return sum / values.length;
}

/** Unbiased sample variance (divisor n - 1), two passes; NaN below two values. */
export function sampleVariance(values: ArrayLike<number>): number {
  const center = mean(values);
  let squares = 0;
  for (let i = 0; i < values.length; i += 1) squares += ((values[i] as number) - center) ** 2;
  return values.length < 2 ? Number.NaN : squares / (values.length - 1);
}

/** Standard error of the mean; NaN below two values. */
export function standardErrorOfMean(values: ArrayLike<number>): number {
  return Math.sqrt(sampleVariance(values) / values.length);
}

/**
 * Quantile of ascending `sorted` values by linear interpolation (NumPy's default, Hyndman & Fan type 7);
 * q in [0, 1]. Source: https://doi.org/10.2307/2684934
 */
export function quantileOfSorted(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0) return Number.NaN;
  const position = (sorted.length - 1) * q;
  const index = Math.min(Math.floor(position), sorted.length - 1);
  const low = sorted[index] as number;
  const high = sorted[Math.min(index + 1, sorted.length - 1)] as number;
  return low + (high - low) * (position - index);
}
