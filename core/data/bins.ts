import { instantOf } from "./instant-of.ts";
import { instantReader } from "./instant-reader.ts";
import { instantText } from "./instant-text.ts";
import type { FeatureProfile, NumberProfile, TimestampProfile } from "./profile.ts";
import { quantileBins } from "./quantile-bins.ts";
import { bucketKey, keyLower, keyUpper, sketchEntries } from "./sketch.ts";
import { type TextAspect, textAsWords } from "./text-views.ts";
import { sampledWord } from "./words.ts";

/** One bin of a reference: what reports call it, and how many reference rows are in it (exact). */
export interface ReferenceBin {
  label: string;
  count: number;
}

/** A feature's reference distribution as plain JSON. `binOf` gives the index into `bins` for a live value. */
export type ReferenceBins =
  | {
      type: "number";
      /** Signed bucket key at or below which a value is below everything that the reference has. */
      lowestKey: number;
      /** Last signed bucket key of each quantile bin, ascending. */
      upperKeys: number[];
      text?: TextSource;
      /** null, below, one for each of `upperKeys`, above. */
      bins: ReferenceBin[];
    }
  | {
      type: "category";
      /** Levels with a bin of their own, most frequent first. */
      levels: string[];
      /** Further levels that the reference has. */
      otherLevels: string[];
      /** Whether the reference had more levels than its profile names; then no level can be called unseen. */
      distinctOverflow: boolean;
      text?: TextSource;
      /** null, other, unseen, one for each of `levels`. */
      bins: ReferenceBin[];
    }
  | { type: "boolean" /** null, false, true. */; bins: ReferenceBin[] }
  | {
      type: "timestamp";
      /** Earliest instant that the reference has, milliseconds since the epoch; null when it has none. */
      earliest: number | null;
      /** Declared format of live values, besides ISO 8601. */
      format?: string;
      /** null, before the earliest, from it on. */
      bins: ReferenceBin[];
    };

/** Of which feature the values are texts, and what of them is counted. */
export interface TextSource {
  column: string;
  aspect: TextAspect;
}

/** A value of a live request or of a row. */
export type LiveValue = number | string | boolean | null | undefined;

function number(x: number): string {
  return String(Number(x.toPrecision(4)));
}

function numberBins(profile: NumberProfile, binCount: number): ReferenceBins {
  const entries = sketchEntries(profile.sketch);
  const { upperKeys, counts } = quantileBins(entries, binCount);
  const first = entries[0]?.key ?? 0;
  const lowestKey = first - 1;
  const bins = upperKeys.map((key, index): ReferenceBin => {
    const previous = upperKeys[index - 1];
    const low = previous === undefined ? keyLower(first) : keyUpper(previous);
    const high = keyUpper(key);
    const label = low === high ? number(high) : `(${number(low)}, ${number(high)}]`;
    return { label, count: counts[index] ?? 0 };
  });
  const last = upperKeys.at(-1);
  return {
    type: "number",
    lowestKey,
    upperKeys,
    bins: [
      { label: "missing", count: profile.nulls },
      { label: last === undefined ? "below" : `below ${number(keyLower(first))}`, count: 0 },
      ...bins,
      { label: last === undefined ? "above" : `above ${number(keyUpper(last))}`, count: 0 },
    ],
  };
}

/**
 * Bins of a training profile that drift is measured on; their reference counts are exact because they end on bucket boundaries.
 *
 * @param binCount numbers: quantile bins, fewer where many rows share a value; categories: levels with a bin of their own
 */
export function referenceBins(profile: FeatureProfile, binCount: number): ReferenceBins {
  switch (profile.type) {
    case "number":
      return numberBins(profile, binCount);
    case "boolean":
      return {
        type: "boolean",
        bins: [
          { label: "missing", count: profile.nulls },
          { label: "false", count: profile.count - profile.trueCount },
          { label: "true", count: profile.trueCount },
        ],
      };
    case "category": {
      const ranked = Object.entries(profile.levels).sort(([x, m], [y, n]) => n - m || (x < y ? -1 : 1));
      const top = ranked.slice(0, binCount);
      const rest = ranked.slice(binCount);
      const others = rest.reduce((sum, [, count]) => sum + count, profile.otherCount);
      return {
        type: "category",
        levels: top.map(([level]) => level),
        otherLevels: rest.map(([level]) => level),
        distinctOverflow: profile.distinctOverflow,
        bins: [
          { label: "missing", count: profile.nulls },
          { label: "other", count: others },
          { label: "unseen", count: 0 },
          ...top.map(([level, count]) => ({ label: level, count })),
        ],
      };
    }
    case "timestamp":
      return timestampBins(profile);
    case "text":
      return referenceBins(textAsWords(profile), binCount);
  }
}

/**
 * Hours, weekdays and months of live rows cannot be tested: they all come from one part of the day and of the year, which is no drift.
 * What can be: missing times, and times before anything that training had, such as 1970-01-01 for "unknown".
 */
function timestampBins({ nulls, count, min }: TimestampProfile): ReferenceBins {
  const day = min === null ? "any" : instantText(min);
  return {
    type: "timestamp",
    earliest: min,
    bins: [
      { label: "missing", count: nulls },
      { label: `before ${day}`, count: 0 },
      { label: `from ${day} on`, count },
    ],
  };
}

/**
 * Makes a fast function that gives the bin (index into `bins`) of a live value. Numbers and booleans may come as text, as in
 * CSV requests; what does not fit the feature's type counts as missing, as it does for the model.
 */
export function createBinner(reference: ReferenceBins): (value: LiveValue) => number {
  if (reference.type === "timestamp") return timestampBinner(reference);
  const { text, ...plain } = reference.type === "boolean" ? { ...reference, text: undefined } : reference;
  if (text !== undefined) return textBinner(text.aspect, createBinner(plain));
  if (reference.type === "boolean") {
    return (value) => (value === true || value === "true" ? 2 : value === false || value === "false" ? 1 : 0);
  }
  if (reference.type === "category") {
    const own = new Map(reference.levels.map((level, index) => [level, index + 3]));
    const others = new Set(reference.otherLevels);
    return (value) => {
      if (value === null || value === undefined || value === "") return 0;
      const level = String(value);
      return own.get(level) ?? (reference.distinctOverflow || others.has(level) ? 1 : 2);
    };
  }
  const { upperKeys, lowestKey } = reference;
  return (value) => {
    if (value === null || value === undefined || value === "" || typeof value === "boolean") return 0;
    const x = Number(value);
    if (!Number.isFinite(x)) return 0;
    const key = bucketKey(x);
    if (key <= lowestKey) return 1;
    let low = 0;
    let high = upperKeys.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((upperKeys[middle] as number) < key) low = middle + 1;
      else high = middle;
    }
    return low + 2;
  };
}

function timestampBinner({ earliest, format }: ReferenceBins & { type: "timestamp" }): (value: LiveValue) => number {
  const read = instantReader(format);
  return (value) => {
    const instant =
      typeof value === "string" || typeof value === "number" ? instantOf(String(value), read) : Number.NaN;
    if (Number.isNaN(instant)) return 0;
    return earliest !== null && instant < earliest ? 1 : 2;
  };
}

function textBinner(aspect: TextAspect, binOfAspect: (value: LiveValue) => number): (value: LiveValue) => number {
  return (value) => {
    if (typeof value !== "string" || value.trim() === "") return binOfAspect(null);
    return binOfAspect(aspect === "word" ? sampledWord(value) : Array.from(value).length);
  };
}

/** The bin (index into `bins`) of one live value; for many values use `createBinner`. */
export function binOf(reference: ReferenceBins, value: LiveValue): number {
  return createBinner(reference)(value);
}
