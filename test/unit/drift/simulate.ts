import type { ReferenceBins } from "../../../core/data/bins.ts";
import type { Random } from "../../../core/statistics/index.ts";

/** A number feature's reference with the given counts in its quantile bins, as `driftReference` would make it. */
export function referenceWithCounts(counts: readonly number[]): ReferenceBins {
  return {
    type: "number",
    lowestKey: 0,
    upperKeys: counts.map((_, index) => index + 1),
    bins: [
      { label: "missing", count: 0 },
      { label: "below", count: 0 },
      ...counts.map((count, index) => ({ label: `bin ${index + 1}`, count })),
      { label: "above", count: 0 },
    ],
  };
}

/** Shares of ten bins that are deciles of the standard normal, after a shift of the mean by `sigmas`. */
export function shiftedDeciles(sigmas: number, cdf: (z: number) => number, quantile: (p: number) => number): number[] {
  const edges = Array.from({ length: 9 }, (_, k) => cdf(quantile((k + 1) / 10) - sigmas));
  return Array.from({ length: 10 }, (_, k) => (edges[k] ?? 1) - (edges[k - 1] ?? 0));
}

/** Live counts (missing, below, ten bins, above) of `rows` independent rows. */
export function liveCounts(random: Random, rows: number, shares: readonly number[]): number[] {
  return [0, 0, ...random.multinomial(rows, shares), 0];
}

interface Track {
  counts: Float64Array;
  rows: number;
  /** Log likelihood ratios of the three alternatives against "no drift". */
  logs: Float64Array;
}

/**
 * One feature over many hourly looks without drift, row by row by the predictive probabilities instead of by gamma
 * functions: fast enough for years. Returns the logarithm of the e-value at each look, as `featureEvidence` would give it.
 */
export function hourlyEvidence(
  random: Random,
  reference: readonly number[],
  shares: readonly number[],
  options: { hours: number; rowsPerHour: number; minimumRows: number },
): { logEValues: Float64Array; lastCumulative: Float64Array; lastChunks: Float64Array[] } {
  const bins = reference.length;
  const posterior = Float64Array.from(reference, (count) => count + 0.5);
  const total = posterior.reduce((sum, value) => sum + value, 0);
  const present = reference.filter((count) => count > 0).length;
  const around = [0.1, 0.03].map((psi) => Math.min(total / 2, (present - 1) / psi));
  const parameters = [
    posterior,
    new Float64Array(bins).fill(0.5),
    ...around.map((concentration) => posterior.map((value) => Math.max(0.5, (value * concentration) / total))),
  ];
  const totals = parameters.map((values) => values.reduce((sum, value) => sum + value, 0));
  const edges = Float64Array.from(shares);
  for (let k = 1; k < bins; k += 1) edges[k] = (edges[k] as number) + (edges[k - 1] as number);

  const newTrack = (): Track => ({ counts: new Float64Array(bins), rows: 0, logs: new Float64Array(3) });
  const cumulative = newTrack();
  let suffixes: Track[] = [];
  const chunks: Float64Array[] = [];
  const logEValues = new Float64Array(options.hours);
  const [p0, p1, p2, p3] = parameters as [Float64Array, Float64Array, Float64Array, Float64Array];
  const [t0, t1, t2, t3] = totals as [number, number, number, number];

  const drawn = new Uint8Array(options.rowsPerHour);
  for (let hour = 0; hour < options.hours; hour += 1) {
    if (hour % 24 === 0) {
      suffixes = [...suffixes, newTrack()].slice(-7);
      chunks.push(new Float64Array(bins));
    }
    const chunk = chunks.at(-1) as Float64Array;
    for (let i = 0; i < drawn.length; i += 1) {
      const u = random.uniform();
      let bin = 0;
      while (bin < bins - 1 && u >= (edges[bin] as number)) bin += 1;
      drawn[i] = bin;
      chunk[bin] = (chunk[bin] as number) + 1;
    }
    let sum = 0;
    for (let w = -1; w < suffixes.length; w += 1) {
      const track = w < 0 ? cumulative : (suffixes[w] as Track);
      const { counts } = track;
      let [a, b, c] = [1, 1, 1];
      let m = track.rows;
      for (let i = 0; i < drawn.length; i += 1) {
        const bin = drawn[i] as number;
        const x = counts[bin] as number;
        const base = (t0 + m) / ((p0[bin] as number) + x);
        a *= (((p1[bin] as number) + x) / (t1 + m)) * base;
        b *= (((p2[bin] as number) + x) / (t2 + m)) * base;
        c *= (((p3[bin] as number) + x) / (t3 + m)) * base;
        counts[bin] = x + 1;
        m += 1;
      }
      track.rows = m;
      track.logs[0] = (track.logs[0] as number) + Math.log(a);
      track.logs[1] = (track.logs[1] as number) + Math.log(b);
      track.logs[2] = (track.logs[2] as number) + Math.log(c);
      if (m < options.minimumRows) continue;
      const weight = w < 0 ? 0.5 : 0.5 / 366;
      const [l1, l2, l3] = track.logs as unknown as [number, number, number];
      sum += weight * (0.1 * Math.exp(l1) + 0.3 * Math.exp(l2) + 0.6 * Math.exp(l3));
    }
    logEValues[hour] = Math.log(sum);
  }
  return { logEValues, lastCumulative: cumulative.counts, lastChunks: chunks.slice(-7) };
}
