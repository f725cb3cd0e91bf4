import type { ColumnKind } from "./column-kind.ts";
import type { ColumnFacts } from "./column-survey.ts";
import type { SampleRow } from "./survey.ts";

/** Share of different values from which columns together identify a row; repeated records are tolerated. */
export const UNIQUE_SHARE = 0.999;
/** Fewer rows are different in many columns by accident. */
const MINIMUM_ROWS = 200;
/** Columns that are tried together: at most 220 triples. */
const MAX_CANDIDATES = 12;

/** Kinds that say which thing a row is about; a number says how it is. */
const NAMING: ReadonlySet<ColumnKind> = new Set(["time", "other-date", "identifier", "category", "too-many"]);
/** At least one of them takes part: categories alone are different by accident. */
const LEADING: ReadonlySet<ColumnKind> = new Set(["time", "other-date", "identifier", "too-many"]);

/** A column as its kind was judged. */
export interface JudgedColumn {
  readonly facts: ColumnFacts;
  readonly kind: ColumnKind;
}

/**
 * Finds two or three columns that together are different in every row of a sample, such as date and flight number. Fewer columns are better, then
 * those with more different values.
 *
 * @param indexOf position of a column in the sample's rows
 * @param refused combinations that are known to repeat in the whole file
 * @returns names of the columns in the order of the file, null when there are none
 */
export function findCompositeKey(
  columns: readonly JudgedColumn[],
  sample: readonly SampleRow[],
  indexOf: (name: string) => number,
  refused: readonly (readonly string[])[] = [],
): string[] | null {
  if (sample.length < MINIMUM_ROWS) return null;
  const candidates = columns
    .filter(({ facts, kind }) => NAMING.has(kind) && facts.missing === 0 && facts.count > 0)
    .sort((a, b) => b.facts.uniqueShare - a.facts.uniqueShare)
    .slice(0, MAX_CANDIDATES);
  const isRefused = new Set(refused.map((names) => [...names].sort().join("\n")));
  for (const size of [2, 3]) {
    for (const chosen of combinations(candidates, size)) {
      if (!chosen.some(({ kind }) => LEADING.has(kind))) continue;
      const names = chosen.map(({ facts }) => facts.name);
      if (isRefused.has([...names].sort().join("\n"))) continue;
      const places = names.map(indexOf);
      if (isUnique(sample, places)) return names.sort((a, b) => indexOf(a) - indexOf(b));
    }
  }
  return null;
}

function* combinations<T>(items: readonly T[], size: number, from = 0): Generator<T[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (let first = from; first <= items.length - size; first++) {
    for (const rest of combinations(items, size - 1, first + 1)) yield [items[first] as T, ...rest];
  }
}

function isUnique(sample: readonly SampleRow[], places: readonly number[]): boolean {
  const seen = new Set<string>();
  let repeated = 0;
  for (const row of sample) {
    const key = compositeText(places.map((place) => row[place] ?? ""));
    if (seen.has(key) && ++repeated > sample.length * (1 - UNIQUE_SHARE)) return false;
    seen.add(key);
  }
  return true;
}

/** The values of a key's columns as one text. */
export function compositeText(values: readonly string[]): string {
  return values.join("\u0000");
}
