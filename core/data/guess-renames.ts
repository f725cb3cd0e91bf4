import { timeFormatOf } from "../definition/definition.ts";
import type { ModelDefinition } from "../definition/schema.ts";
import { populationStability } from "../drift/psi.ts";
import { driftReference } from "../drift/reference.ts";
import { binCounts } from "./bin-counts.ts";
import { comparable } from "./class-target.ts";
import { instantOf } from "./instant-of.ts";
import { instantReader } from "./instant-reader.ts";
import { NumberSummaryBuilder } from "./number-summary.ts";
import type { FeatureProfile, Profile } from "./profile.ts";
import type { Reason } from "./reason.ts";
import { sampleValues } from "./sample-values.ts";
import { shownValue } from "./text.ts";
import { wordsOf } from "./words.ts";

/** Values of a column that are looked at, and fewest that say something. */
const MAX_VALUES = 2_000;
const MINIMUM_VALUES = 20;
/** Pairs of a missing and an unknown column that are tried. */
const MAX_PAIRS = 200;
/** Share of the values that must be possible, and likeness (0 to 1) from which a guess is told. */
const MINIMUM_FIT = 0.95;
const MINIMUM_SCORE = 0.55;

/**
 * Adds to each `column-missing` the column that it probably has become: by the likeness of the names, and by whether the values of the
 * unknown column are possible for the missing one and distributed as they were before.
 *
 * @param sample the first bytes of the file's rows
 * @param earlier profile of the batches before; null without any
 */
export function guessRenames(
  definition: ModelDefinition,
  reasons: readonly Reason[],
  columns: readonly string[],
  sample: Uint8Array,
  earlier: Profile | null,
): Reason[] {
  const missing = reasons.filter(({ rule }) => rule === "column-missing");
  const { data } = definition;
  const known = new Set([...Object.keys(data.features), ...data.key, ...data.ignore, data.target.column, data.time]);
  const unknown = columns.filter((name) => !known.has(name));
  if (missing.length === 0 || unknown.length === 0 || missing.length * unknown.length > MAX_PAIRS) return [...reasons];
  const values = sampleValues(data.format === "parquet" ? { format: "csv", delimiter: "," } : data, sample, MAX_VALUES);
  return reasons.map((reason) => {
    const { column } = reason;
    if (reason.rule !== "column-missing" || column === undefined) return reason;
    const guesses = unknown.flatMap((name) => {
      const found = (values.get(name) ?? []).filter((value) => !data.missing.includes(value.trim()));
      const likeness = valuesLikeness(definition, column, found, earlier);
      if (likeness === null) return [];
      const score = 0.5 * nameLikeness(column, name) + 0.5 * likeness;
      return score >= MINIMUM_SCORE || likeness >= 0.9 ? [{ name, score, rows: found.length }] : [];
    });
    const best = guesses.sort((a, b) => b.score - a.score)[0];
    if (best === undefined) return reason;
    const hint = `; the values of ${JSON.stringify(shownValue(best.name))} look like it (${best.rows} looked at): it was probably renamed, so rename it back or change the definition`;
    return { ...reason, message: reason.message + hint };
  });
}

/** How much the values of an unknown column look like those of a declared one, 0 to 1; null when they cannot be it. */
function valuesLikeness(
  definition: ModelDefinition,
  column: string,
  values: readonly string[],
  earlier: Profile | null,
): number | null {
  const { data } = definition;
  if (values.length < MINIMUM_VALUES) return null;
  const feature = Object.hasOwn(data.features, column) ? data.features[column] : undefined;
  const before = earlier !== null && Object.hasOwn(earlier.features, column) ? earlier.features[column] : undefined;
  if (feature?.type === "number") {
    const numbers = values.map(Number);
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = feature;
    const possible = numbers.filter((x) => Number.isFinite(x) && x >= min && x <= max);
    if (possible.length < MINIMUM_FIT * values.length) return null;
    if (before?.type !== "number") return 0.5;
    const summary = new NumberSummaryBuilder();
    for (const x of possible) summary.add(x);
    return distributionLikeness({ type: "number", nulls: 0, ...summary.build() }, before, column);
  }
  if (feature?.type === "boolean") {
    const fits = values.filter((value) => /^(?:true|false|t|f|yes|no|y|n|1|0)$/i.test(value.trim()));
    return fits.length < MINIMUM_FIT * values.length ? null : 0.6;
  }
  if (feature?.type === "timestamp") return timesLikeness(values, feature.format);
  if (feature?.type === "text") {
    const fits = values.filter((value) => Array.from(value).length <= feature.maxLength);
    const sentences = fits.filter((value) => wordsOf(value).length > 2).length / values.length;
    return fits.length < MINIMUM_FIT * values.length ? null : 0.2 + 0.4 * sentences;
  }
  if (feature?.type === "category") {
    const levels = feature.levels ?? (before?.type === "category" ? Object.keys(before.levels) : undefined);
    if (levels === undefined) return new Set(values).size > feature.maxLevels ? null : 0.2;
    const allowed = new Set(levels);
    const share = values.filter((value) => allowed.has(value)).length / values.length;
    return share < MINIMUM_FIT ? null : share;
  }
  if (column === data.target.column) {
    const { positive = [], negative, classes } = data.target;
    const allowed = new Set([...positive, ...(negative ?? []), ...(classes ?? [])].map(comparable));
    const share = values.filter((value) => allowed.has(comparable(value))).length / values.length;
    if (negative === undefined && classes === undefined) return share > 0 ? 0.6 : null;
    return share < MINIMUM_FIT ? null : share;
  }
  if (column === data.time) return timesLikeness(values, timeFormatOf(definition));
  return 0.2;
}

function timesLikeness(values: readonly string[], format: string | undefined): number | null {
  const read = instantReader(format);
  return values.every((value) => !Number.isNaN(instantOf(value, read))) ? 0.7 : null;
}

function distributionLikeness(current: FeatureProfile, before: FeatureProfile, column: string): number {
  const reference = driftReference(column, before);
  const counts = binCounts(reference, current);
  if (counts === null) return 0;
  const { debiasedPsi } = populationStability(
    reference.bins.slice(1).map(({ count }) => count),
    counts.slice(1),
  );
  return Math.exp(-2 * Math.max(0, debiasedPsi));
}

/** Likeness of two names, 0 to 1: 1 minus the share of letters to change, capitals and separators aside. */
export function nameLikeness(a: string, b: string): number {
  const [x, y] = [a, b].map((name) => name.toLowerCase().replaceAll(/[\s_.-]+/g, "")) as [string, string];
  if (x === "" || y === "") return 0;
  if (x === y) return 1;
  if (x.includes(y) || y.includes(x)) return 0.8;
  let row = Array.from({ length: y.length + 1 }, (_, i) => i);
  for (let i = 1; i <= x.length; i++) {
    const next = [i];
    for (let j = 1; j <= y.length; j++) {
      const change = (row[j - 1] ?? 0) + (x[i - 1] === y[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, change));
    }
    row = next;
  }
  return 1 - (row[y.length] ?? 0) / Math.max(x.length, y.length);
}
