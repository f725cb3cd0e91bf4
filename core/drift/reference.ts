import { type ReferenceBins, referenceBins } from "../data/bins.ts";
import type { CategoryProfile, FeatureProfile, TextProfile } from "../data/profile.ts";
import { textAsLengths, textAsWords } from "../data/text-views.ts";
import { createRandom, type Random } from "../statistics/random.ts";

/** Quantile bins of a number. */
export const NUMBER_BINS = 10;
/** Most levels of a category that get a bin of their own. */
export const MAX_LEVEL_BINS = 100;
/** Rows that a level needs in the choosing half for a bin of its own: thinner bins add noise, not evidence. */
export const MIN_LEVEL_ROWS = 20;

/**
 * Reference bins for the drift test from a training profile.
 *
 * Numbers and booleans: bins with the profile's exact counts. Categories with few, well-filled levels: the same.
 * Categories with rare or many levels: which levels get a bin must not be decided by the same rows that are then
 * counted, because the most frequent levels of a sample are less frequent in every later one (winner's curse: without
 * this, 1,000 equal levels "drift" on identical data every time). So the reference rows are split at random in two
 * halves: one chooses the levels and knows which levels exist, the other gives the counts. "other" are levels that the
 * first half has too seldom, "unseen" those that it does not have; rare levels are expected there, and only more of them is drift.
 * Timestamps: whether one is missing, or before all that training had; texts: one word of each, as a category.
 * The split is seeded by the feature's name, so the same profile gives the same bins.
 */
export function driftReference(feature: string, profile: FeatureProfile): ReferenceBins {
  if (profile.type === "text") return driftReference(feature, textAsWords(profile));
  if (profile.type !== "category") return referenceBins(profile, NUMBER_BINS);
  const counts = Object.values(profile.levels);
  const isWellFilled = counts.length <= MAX_LEVEL_BINS && counts.every((count) => count >= 3 * MIN_LEVEL_ROWS);
  if (isWellFilled && profile.otherCount === 0) return referenceBins(profile, MAX_LEVEL_BINS);
  return splitReference(profile, createRandom(`drift-reference:${feature}`));
}

/**
 * Reference bins of all features by what reports call them. A text is watched twice: by one word of each (`note`) and by its length in
 * characters (`note: length`).
 *
 * @param formats declared formats of timestamp features, in which live values may come
 */
export function driftReferences(
  features: Readonly<Record<string, FeatureProfile>>,
  formats: Readonly<Record<string, string | undefined>> = {},
): Record<string, ReferenceBins> {
  const references = new Map<string, ReferenceBins>();
  for (const [name, profile] of Object.entries(features)) {
    const reference = driftReference(name, profile);
    const format = Object.hasOwn(formats, name) ? formats[name] : undefined;
    if (reference.type === "timestamp" && format !== undefined) references.set(name, { ...reference, format });
    else if (profile.type !== "text") references.set(name, reference);
    else
      for (const [label, aspect] of textReferences(name, profile)) {
        // A feature may have that very name.
        references.set(Object.hasOwn(features, label) && label !== name ? `${label} of the text` : label, aspect);
      }
  }
  return Object.fromEntries(references);
}

function textReferences(column: string, profile: TextProfile): [string, ReferenceBins][] {
  const words = driftReference(column, profile);
  const lengths = driftReference(column, textAsLengths(profile));
  if (words.type !== "category" || lengths.type !== "number") return [];
  return [
    [column, { ...words, text: { column, aspect: "word" } }],
    [`${column}: length`, { ...lengths, text: { column, aspect: "length" } }],
  ];
}

function splitReference(profile: CategoryProfile, random: Random): ReferenceBins {
  const names = Object.keys(profile.levels).sort();
  const halves = names.map((level) => {
    const count = profile.levels[level] as number;
    const choosing = random.binomial(count, 0.5);
    return { level, choosing, counting: count - choosing };
  });
  const known = halves
    .filter(({ choosing }) => choosing > 0)
    .sort((a, b) => b.choosing - a.choosing || (a.level < b.level ? -1 : 1));
  const own = known.filter(({ choosing }) => choosing >= MIN_LEVEL_ROWS).slice(0, MAX_LEVEL_BINS);
  const others = known.slice(own.length);
  const unseen = halves.filter(({ choosing }) => choosing === 0);
  const overflow = random.binomial(profile.otherCount, 0.5);
  const rowsOf = (part: typeof halves): number => part.reduce((total, { counting }) => total + counting, 0);
  // Levels beyond the profile's list cannot be told from unseen ones, so both are "other".
  const merged = profile.distinctOverflow ? rowsOf(unseen) : 0;
  return {
    type: "category",
    levels: own.map(({ level }) => level),
    otherLevels: others.map(({ level }) => level),
    distinctOverflow: profile.distinctOverflow,
    bins: [
      { label: "missing", count: random.binomial(profile.nulls, 0.5) },
      { label: "other", count: rowsOf(others) + overflow + merged },
      { label: "unseen", count: profile.distinctOverflow ? 0 : rowsOf(unseen) },
      ...own.map(({ level, counting }) => ({ label: level, count: counting })),
    ],
  };
}
