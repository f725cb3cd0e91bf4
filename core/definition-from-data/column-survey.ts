import { parseInstant } from "../data/instant-parser.ts";
import { LevelTable } from "../data/level-table.ts";
import { NumberParser } from "../data/number-parser.ts";
import { CellKind } from "../data/row.ts";
import { hashFraction } from "../data/split.ts";
import { decode, utf8 } from "../data/text.ts";
import { DEFAULT_MISSING } from "../definition/data-schema.ts";
import { DateFormats, type FittingFormat } from "./date-formats.ts";
import { DistinctCounter } from "./distinct-counter.ts";

/** Texts that people write for "no value", besides the definition's defaults; compared in lower case. */
const PLACEHOLDERS = new Set([
  "?",
  "-",
  "--",
  ".",
  "none",
  "n/a",
  "na",
  "nan",
  "null",
  "nil",
  "#n/a",
  "missing",
  "(null)",
  "\\n",
]);

const BOOLEAN_WORDS = new Set(["true", "false", "t", "f", "yes", "no", "y", "n", "1", "0"]);

/** Dates that are written in another form than ISO 8601, such as 1/8/1990 or 8 Jan 1990. */
const OTHER_DATE =
  /^(\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}|\d{1,2}[ -][A-Za-z]{3,9}[ -]\d{2,4}|[A-Za-z]{3,9} \d{1,2},? \d{4})([ T]\d{1,2}:\d{2}.*)?$/;

/** Facts about one column of a file. */
export interface ColumnFacts {
  readonly name: string;
  /** Cells with a value. */
  readonly count: number;
  /** Cells that are empty or hold one of the default texts for "no value". */
  readonly missing: number;
  readonly numbers: number;
  readonly integers: number;
  /** Numbers that are written with a leading zero, as postal codes are. */
  readonly zeroPadded: number;
  readonly booleans: number;
  readonly isoDates: number;
  readonly otherDates: number;
  /** Formats that fit all other dates, most likely first. */
  readonly dateFormats: readonly FittingFormat[];
  /** A date whose first or second number is beyond 12, so that it is no month. */
  readonly dayBeyondTwelve: string | null;
  /** Texts of three words and more. */
  readonly worded: number;
  /** Members of JSON Lines that are arrays or objects. */
  readonly nested: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly longestCharacters: number;
  /** Counts of the distinct texts, at most 10,000 of them, most frequent first. */
  readonly levels: readonly (readonly [text: string, count: number])[];
  /** Whether there are more than 10,000 distinct texts. */
  readonly hasMoreLevels: boolean;
  /** Share of different values among the first 200,000 values: 1 when no two are the same. */
  readonly uniqueShare: number;
  /** Texts that seem to mean "no value", although they are none of the defaults. */
  readonly placeholders: readonly (readonly [text: string, count: number])[];
}

const IS_MISSING = 1;
const IS_NUMBER = 2;
const IS_INTEGER = 4;
const IS_ZERO_PADDED = 8;
const IS_BOOLEAN = 16;
const IS_ISO_DATE = 32;
const IS_OTHER_DATE = 64;
const IS_PLACEHOLDER = 128;
const IS_WORDED = 256;

const LEVELS = 10_000;
const MAX_LEVEL_BYTES = 1_000;
const missingTexts = new Set(DEFAULT_MISSING);

/** Collects the facts of one column, cell by cell, in bounded memory. */
export class ColumnSurvey {
  private readonly name: string;
  private readonly table = new LevelTable(LEVELS);
  private readonly kinds: number[] = [];
  private readonly counts: number[] = [];
  private readonly distinct = new DistinctCounter();
  private readonly parser = new NumberParser();
  private readonly sums = { count: 0, missing: 0, numbers: 0, integers: 0, zeroPadded: 0, booleans: 0 };
  private readonly otherSums = { isoDates: 0, otherDates: 0, nested: 0, longest: 0, worded: 0 };
  private readonly dateFormats = new DateFormats();
  private dayBeyondTwelve: string | null = null;
  private hasMoreLevels = false;
  private min = Number.POSITIVE_INFINITY;
  private max = Number.NEGATIVE_INFINITY;

  constructor(name: string) {
    this.name = name;
  }

  /** Takes rows that do not have the column at all. */
  absent(rows: number): void {
    this.sums.missing += rows;
  }

  /** Takes one cell; true when it holds a value. */
  read(bytes: Uint8Array, start: number, end: number, kind: number): boolean {
    if (kind === CellKind.absent || start === end) {
      this.sums.missing++;
      return false;
    }
    if (kind === CellKind.nested) {
      this.otherSums.nested++;
      this.sums.count++;
      return true;
    }
    const id = end - start > MAX_LEVEL_BYTES ? -1 : this.table.intern(bytes, start, end);
    if (id < 0) this.hasMoreLevels = true;
    let known = id < 0 ? undefined : this.kinds[id];
    if (known === undefined) {
      known = this.describe(bytes, start, end, kind);
      if (id >= 0) {
        this.kinds.push(known);
        this.counts.push(0);
      }
    }
    if (id >= 0) this.counts[id] = (this.counts[id] as number) + 1;
    if ((known & IS_MISSING) !== 0) {
      this.sums.missing++;
      return false;
    }
    this.distinct.add(hashFraction(bytes, start, end));
    this.count(known);
    return true;
  }

  private count(kind: number): void {
    const { sums, otherSums } = this;
    sums.count++;
    if ((kind & IS_NUMBER) !== 0) sums.numbers++;
    if ((kind & IS_INTEGER) !== 0) sums.integers++;
    if ((kind & IS_ZERO_PADDED) !== 0) sums.zeroPadded++;
    if ((kind & IS_BOOLEAN) !== 0) sums.booleans++;
    if ((kind & IS_ISO_DATE) !== 0) otherSums.isoDates++;
    if ((kind & IS_OTHER_DATE) !== 0) otherSums.otherDates++;
    if ((kind & IS_WORDED) !== 0) otherSums.worded++;
  }

  private describe(bytes: Uint8Array, start: number, end: number, kind: number): number {
    const text = decode(bytes, start, Math.min(end, start + MAX_LEVEL_BYTES)).trim();
    if (missingTexts.has(text)) return IS_MISSING;
    // Of a text that is cut the number of bytes: it has no more characters.
    const length = end - start > MAX_LEVEL_BYTES ? end - start : text.length;
    this.otherSums.longest = Math.max(this.otherSums.longest, length);
    let found = 0;
    if (BOOLEAN_WORDS.has(text.toLowerCase())) found |= IS_BOOLEAN;
    if (kind === CellKind.jsonBoolean) return found;
    if (kind !== CellKind.jsonText && this.parser.parse(bytes, start, end)) {
      const { value } = this.parser;
      if (value < this.min) this.min = value;
      if (value > this.max) this.max = value;
      found |= IS_NUMBER;
      if (Number.isInteger(value)) found |= IS_INTEGER;
      if (/^[+-]?0\d/.test(text)) found |= IS_ZERO_PADDED;
      return found;
    }
    if (!Number.isNaN(parseInstant(bytes, start, end))) found |= IS_ISO_DATE;
    else if (OTHER_DATE.test(text)) {
      found |= IS_OTHER_DATE;
      this.otherDate(text);
    }
    if (/\S\s+\S+\s+\S/.test(text)) found |= IS_WORDED;
    if (PLACEHOLDERS.has(text.toLowerCase())) found |= IS_PLACEHOLDER;
    return found;
  }

  private otherDate(text: string): void {
    const bytes = utf8(text);
    this.dateFormats.add(text, bytes, 0, bytes.length);
    const [, first = "", second = "", third = ""] = /^(\d+)[/.-](\d+)[/.-](\d+)/.exec(text) ?? [];
    const dayAndMonth = first.length === 4 ? [second, third] : [first, second];
    if (dayAndMonth.some((number) => Number(number) > 12)) this.dayBeyondTwelve ??= text;
  }

  /** The facts so far. */
  facts(): ColumnFacts {
    const { sums, otherSums, distinct } = this;
    const levels = this.table.names
      .map((text, id): [string, number, number] => [text, this.counts[id] ?? 0, this.kinds[id] ?? 0])
      .filter(([, , kind]) => (kind & IS_MISSING) === 0)
      .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    const hasNumber = this.min <= this.max;
    return {
      name: this.name,
      count: sums.count,
      missing: sums.missing,
      numbers: sums.numbers,
      integers: sums.integers,
      zeroPadded: sums.zeroPadded,
      booleans: sums.booleans,
      isoDates: otherSums.isoDates,
      otherDates: otherSums.otherDates,
      dateFormats: this.dateFormats.build(),
      dayBeyondTwelve: this.dayBeyondTwelve,
      worded: otherSums.worded,
      nested: otherSums.nested,
      min: hasNumber ? this.min : null,
      max: hasNumber ? this.max : null,
      longestCharacters: otherSums.longest,
      levels: levels.map(([text, count]): [string, number] => [text, count]),
      hasMoreLevels: this.hasMoreLevels,
      uniqueShare: distinct.seen === 0 ? 0 : distinct.distinct / distinct.seen,
      placeholders: levels
        .filter(([, , kind]) => (kind & IS_PLACEHOLDER) !== 0)
        .map(([text, count]): [string, number] => [text, count]),
    };
  }
}
