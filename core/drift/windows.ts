import { CHUNK_HOURS } from "./state.ts";
import type { DriftState, DriftWindow } from "./types.ts";

const HOURS_PER_YEAR = 366 * 24;

/** Live counts of one feature since some time. */
export interface WindowCounts {
  readonly window: DriftWindow;
  readonly from: string;
  readonly counts: readonly number[];
  readonly rows: number;
  /**
   * Logarithm of the window's share of the evidence: half for all rows since the champion went live, half for all the
   * windows that can open within a year, equally.
   */
  readonly logWeight: number;
}

/** Windows of a feature: everything since the champion went live, then the rows since each kept chunk opened (longest first). */
export function windowsOf(feature: string, bins: number, state: DriftState): WindowCounts[] {
  const zero: readonly number[] = new Array<number>(bins).fill(0);
  const all = state.cumulative[feature] ?? zero;
  const windows: WindowCounts[] = [
    { window: "cumulative", from: state.since, counts: all, rows: total(all), logWeight: Math.log(0.5) },
  ];
  const suffixes: WindowCounts[] = [];
  let counts = zero;
  for (const chunk of [...state.chunks].reverse()) {
    const added = chunk.counts[feature] ?? zero;
    counts = counts.map((count, bin) => count + (added[bin] ?? 0));
    const logWeight = Math.log((0.5 * CHUNK_HOURS) / HOURS_PER_YEAR);
    suffixes.push({ window: "recent", from: chunk.openedAt, counts, rows: total(counts), logWeight });
  }
  return [...windows, ...suffixes.reverse()];
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
