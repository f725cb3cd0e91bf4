import { createBinner, type LiveValue } from "../data/bins.ts";
import type { DriftChunk, DriftCounts, DriftReferences, DriftState } from "./types.ts";

/** Hours after which a new chunk opens. Part of the false-alarm budget: see `evidence.ts`. */
export const CHUNK_HOURS = 24;
/** Chunks that are kept: the recent window reaches back at most this many times CHUNK_HOURS. */
export const RECENT_CHUNKS = 7;

const HOUR_MILLIS = 3_600_000;

/** State of a champion that has just gone live at `since` (ISO 8601). */
export function emptyDriftState(since: string): DriftState {
  return { schemaVersion: 1, since, cumulative: {}, chunks: [] };
}

/** Counts live rows into the bins of the references. */
export interface RowCounter {
  /** Counts one row; features that the row lacks count as missing. */
  add(row: Readonly<Record<string, LiveValue>>): void;
  /** The counts so far. */
  counts(): DriftCounts;
}

/** A counter over the given references, starting at 0. */
export function createRowCounter(references: DriftReferences): RowCounter {
  const features = Object.entries(references).map(([feature, reference]) => ({
    feature,
    column:
      reference.type === "number" || reference.type === "category" ? (reference.text?.column ?? feature) : feature,
    bin: createBinner(reference),
    counts: new Array<number>(reference.bins.length).fill(0),
  }));
  return {
    add(row) {
      for (const { column, bin, counts } of features) {
        const index = bin(Object.hasOwn(row, column) ? row[column] : null);
        counts[index] = (counts[index] as number) + 1;
      }
    },
    counts: () => Object.fromEntries(features.map(({ feature, counts }) => [feature, [...counts]])),
  };
}

/** Sum of two sets of counts; associative and commutative. RangeError when a feature's bins differ in number. */
export function mergeCounts(a: DriftCounts, b: DriftCounts): DriftCounts {
  const merged: Record<string, readonly number[]> = { ...a };
  for (const [feature, counts] of Object.entries(b)) {
    const present = Object.hasOwn(merged, feature) ? merged[feature] : undefined;
    if (present !== undefined && present.length !== counts.length) {
      throw new RangeError(
        `${feature} has ${present.length} and ${counts.length} bins; both must come from one reference`,
      );
    }
    merged[feature] = present === undefined ? counts : counts.map((count, bin) => count + (present[bin] as number));
  }
  return merged;
}

/**
 * State after a check at `now` (ISO 8601) that brought new counts. At most one chunk opens in CHUNK_HOURS, however often
 * one looks; chunks older than RECENT_CHUNKS times CHUNK_HOURS are forgotten, the cumulative counts never.
 */
export function addToState(state: DriftState, counts: DriftCounts, now: string): DriftState {
  const latest = state.chunks.at(-1);
  const ageHours = (chunk: DriftChunk): number => (Date.parse(now) - Date.parse(chunk.openedAt)) / HOUR_MILLIS;
  const isOpen = latest !== undefined && ageHours(latest) < CHUNK_HOURS;
  const chunks: DriftChunk[] = isOpen
    ? [...state.chunks.slice(0, -1), { ...latest, counts: mergeCounts(latest.counts, counts) }]
    : [...state.chunks, { openedAt: latest === undefined ? firstOpening(state.since, now) : now, counts }];
  // The newest chunk always stays: it holds the rows of this very check.
  const isRecent = (chunk: DriftChunk, index: number, all: readonly DriftChunk[]): boolean =>
    index === all.length - 1 || ageHours(chunk) < RECENT_CHUNKS * CHUNK_HOURS;
  return {
    ...state,
    cumulative: mergeCounts(state.cumulative, counts),
    chunks: chunks.slice(-RECENT_CHUNKS).filter(isRecent),
  };
}

/** The first chunk's rows came in since the champion went live, but hardly longer than a chunk ago. */
function firstOpening(since: string, now: string): string {
  const chunkAgo = Date.parse(now) - CHUNK_HOURS * HOUR_MILLIS;
  return Date.parse(since) >= chunkAgo ? since : new Date(chunkAgo).toISOString();
}
