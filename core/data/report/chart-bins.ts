import { instantText } from "../instant-text.ts";
import type { FeatureProfile, NumberProfile, TimestampProfile } from "../profile.ts";
import { keyLower, keyUpper, quantile, sketchEntries } from "../sketch.ts";
import { type TimeSlice, timeSlices } from "../time-histogram.ts";

/** One bar of a chart: shares of the rows, 0 to 1; `reference` is null when there is nothing to compare with. */
export interface ChartBar {
  label: string;
  current: number;
  reference: number | null;
}

const NUMBER_BARS = 20;
const LEVEL_BARS = 10;
const MILLIS_PER_DAY = 86_400_000;
/** Ranges in which a bar for each whole number reads better than equal slices. */
const WHOLE_RANGE = { least: 5, most: 40 };
/** Outliers must not squeeze all others into one bar: the outermost bars take them in. */
const TAIL = 0.005;

function shown(x: number): string {
  return String(Number(x.toPrecision(3)));
}

function edges(profiles: readonly NumberProfile[]): { low: number; width: number; bars: number } | null {
  const filled = profiles.filter((profile) => profile.count > 0);
  if (filled.length === 0) return null;
  const low = Math.min(...filled.map(({ sketch, min }) => Math.max(min ?? 0, quantile(sketch, TAIL))));
  const high = Math.max(...filled.map(({ sketch, max }) => Math.min(max ?? 0, quantile(sketch, 1 - TAIL))));
  if (!(high > low)) return { low: low - 0.5, width: 1, bars: 1 };
  const span = high - low;
  if (span >= WHOLE_RANGE.least && span <= WHOLE_RANGE.most) {
    return { low: Math.round(low) - 0.5, width: 1, bars: Math.round(high) - Math.round(low) + 1 };
  }
  return { low, width: span / NUMBER_BARS, bars: NUMBER_BARS };
}

function histogram({ sketch }: NumberProfile, low: number, width: number, bars: number): number[] {
  const counts = new Array<number>(bars).fill(0);
  for (const { key, count } of sketchEntries(sketch)) {
    const middle = (keyLower(key) + keyUpper(key)) / 2;
    const bar = Math.min(bars - 1, Math.max(0, Math.floor((middle - low) / width)));
    counts[bar] = (counts[bar] ?? 0) + count;
  }
  return counts;
}

function numberBars(current: NumberProfile, reference: NumberProfile | null): ChartBar[] {
  const range = edges(reference === null ? [current] : [current, reference]);
  if (range === null) return [];
  const { low, width, bars } = range;
  const now = histogram(current, low, width, bars);
  const before = reference === null ? null : histogram(reference, low, width, bars);
  return now.map((count, bar) => ({
    label: width === 1 ? shown(low + bar + 0.5) : `${shown(low + bar * width)} to ${shown(low + (bar + 1) * width)}`,
    current: share(count, current.count),
    reference: before === null ? null : share(before[bar] ?? 0, reference?.count ?? 0),
  }));
}

function share(count: number, total: number): number {
  return total === 0 ? 0 : count / total;
}

/** Equal slices of the time that both have together; a slice of the profile counts where its middle lies. */
function timeBars(current: TimestampProfile, reference: TimestampProfile | null): ChartBar[] {
  const ends = [current, reference].flatMap((profile) =>
    profile === null || profile.min === null || profile.max === null ? [] : [profile.min, profile.max],
  );
  if (ends.length === 0) return [];
  const slices = timeSlices(current.histogram);
  const before = reference === null ? [] : timeSlices(reference.histogram);
  const low = Math.min(...ends);
  const width = Math.max(Math.max(...ends) - low, 1_000) / NUMBER_BARS;
  const histogram = (list: readonly TimeSlice[]) => {
    const counts = new Array<number>(NUMBER_BARS).fill(0);
    for (const { from, to, count } of list) {
      const bar = Math.min(NUMBER_BARS - 1, Math.max(0, Math.floor(((from + to) / 2 - low) / width)));
      counts[bar] = (counts[bar] ?? 0) + count;
    }
    return counts;
  };
  const [now, then] = [histogram(slices), histogram(before)];
  // Days are enough where a bar has several of them.
  const shownTime = (millis: number) => instantText(Math.round(millis)).slice(0, width > 2 * MILLIS_PER_DAY ? 10 : 19);
  return now.map((count, bar) => ({
    label: `${shownTime(low + bar * width)} to ${shownTime(low + (bar + 1) * width)}`,
    current: share(count, current.count),
    reference: reference === null ? null : share(then[bar] ?? 0, reference.count),
  }));
}

function levelCounts(profile: FeatureProfile | null): Record<string, number> {
  if (profile?.type === "category") return profile.levels;
  if (profile?.type === "text") return profile.words.levels;
  if (profile?.type === "boolean") return { false: profile.count - profile.trueCount, true: profile.trueCount };
  return {};
}

function levelBars(current: FeatureProfile, reference: FeatureProfile | null): ChartBar[] {
  const now = levelCounts(current);
  const before = levelCounts(reference);
  const weight = (level: string) =>
    share(now[level] ?? 0, current.count) + share(before[level] ?? 0, reference?.count ?? 0);
  const names = [...new Set([...Object.keys(now), ...Object.keys(before)])].sort(
    (a, b) => weight(b) - weight(a) || (a < b ? -1 : 1),
  );
  const bar = (label: string, count: number, countBefore: number): ChartBar => ({
    label,
    current: share(count, current.count),
    reference: reference === null ? null : share(countBefore, reference.count),
  });
  const top = names.slice(0, LEVEL_BARS);
  const sum = (counts: Record<string, number>) => top.reduce((total, level) => total + (counts[level] ?? 0), 0);
  const bars = top.map((level) => bar(level, now[level] ?? 0, before[level] ?? 0));
  const rest = [current.count - sum(now), (reference?.count ?? 0) - sum(before)] as const;
  if (rest[0] + rest[1] > 0) {
    const others = `other (${Math.max(0, names.length - top.length)} ${current.type === "text" ? "words" : "levels"})`;
    bars.push(bar(others, rest[0], rest[1]));
  }
  return bars;
}

/** Bars of one feature for people to look at: equal slices of the range, the most frequent levels, or words. */
export function chartBars(current: FeatureProfile, reference: FeatureProfile | null): ChartBar[] {
  const comparable = reference?.type === current.type && reference.count > 0 ? reference : null;
  if (current.type === "number") return numberBars(current, comparable?.type === "number" ? comparable : null);
  if (current.type === "timestamp") return timeBars(current, comparable?.type === "timestamp" ? comparable : null);
  return levelBars(current, comparable);
}
