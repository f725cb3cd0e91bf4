/** Counts of instants in slices of equal width: `buckets[n]` counts those in [n * widthSeconds, (n + 1) * widthSeconds) since the epoch. */
export interface TimeHistogram {
  /** A power of two. */
  widthSeconds: number;
  /** Keys are slice numbers as decimal text. */
  buckets: Record<string, number>;
}

/** Most slices that hold anything. */
export const MAX_TIME_BUCKETS = 1_024;

/** One filled slice: instants from `from` up to, not including, `to`, milliseconds since the epoch. */
export interface TimeSlice {
  from: number;
  to: number;
  count: number;
}

/**
 * Counts instants in at most 1,024 slices: beginning with one second, the width doubles whenever more are filled. As the slices of a
 * width are pairs of those of half of it, the width depends on the set of values only, and merged parts are the whole, exactly.
 */
export class TimeHistogramBuilder {
  private widthSeconds = 1;
  private counts = new Map<number, number>();

  /** Counts an instant, milliseconds since the epoch. */
  add(millis: number): void {
    this.count(Math.floor(millis / (this.widthSeconds * 1_000)), 1);
  }

  /** Counts everything that another histogram has. */
  absorb({ widthSeconds, buckets }: TimeHistogram): void {
    while (this.widthSeconds < widthSeconds) this.widen();
    for (const [bucket, count] of Object.entries(buckets)) {
      // Absorbing may widen: the slice is found anew for each.
      this.count(Math.floor((Number(bucket) * widthSeconds) / this.widthSeconds), count);
    }
  }

  private count(bucket: number, count: number): void {
    this.counts.set(bucket, (this.counts.get(bucket) ?? 0) + count);
    while (this.counts.size > MAX_TIME_BUCKETS) this.widen();
  }

  private widen(): void {
    this.widthSeconds *= 2;
    const wider = new Map<number, number>();
    for (const [bucket, count] of this.counts) {
      const pair = Math.floor(bucket / 2);
      wider.set(pair, (wider.get(pair) ?? 0) + count);
    }
    this.counts = wider;
  }

  /** The counts so far. */
  build(): TimeHistogram {
    const sorted = [...this.counts].sort(([a], [b]) => a - b).map(([bucket, count]) => [String(bucket), count]);
    return { widthSeconds: this.widthSeconds, buckets: Object.fromEntries(sorted) };
  }
}

/** Histogram of no instants. */
export function emptyTimeHistogram(): TimeHistogram {
  return { widthSeconds: 1, buckets: {} };
}

/** The histogram of both sets of instants together; exact. */
export function mergeTimeHistograms(a: TimeHistogram, b: TimeHistogram): TimeHistogram {
  const builder = new TimeHistogramBuilder();
  builder.absorb(a);
  builder.absorb(b);
  return builder.build();
}

/** The filled slices in the order of time. */
export function timeSlices({ widthSeconds, buckets }: TimeHistogram): TimeSlice[] {
  const width = widthSeconds * 1_000;
  return Object.entries(buckets)
    .map(([bucket, count]) => ({ from: Number(bucket) * width, to: (Number(bucket) + 1) * width, count }))
    .sort((a, b) => a.from - b.from);
}

/**
 * Quantile q (0 to 1) of the instants, milliseconds since the epoch, wrong by at most half a slice (a 1,024th of the span at most when
 * the instants are spread evenly); NaN without any. It approximates the value at rank floor(q * (n - 1)).
 */
export function timeQuantile(histogram: TimeHistogram, q: number): number {
  const slices = timeSlices(histogram);
  const total = slices.reduce((sum, { count }) => sum + count, 0);
  const rank = Math.floor(Math.min(1, Math.max(0, q)) * (total - 1));
  let below = 0;
  for (const { from, to, count } of slices) {
    below += count;
    if (below > rank) return (from + to) / 2;
  }
  return Number.NaN;
}
