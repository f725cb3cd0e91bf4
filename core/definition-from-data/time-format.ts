import type { ColumnFacts } from "./column-survey.ts";

/** How a column writes times, and how that is known. */
export interface FoundTimeFormat {
  /** Undefined for ISO 8601. */
  readonly format: string | undefined;
  readonly why: string;
}

/** 1990-01-01 and 2100-01-01 in seconds since 1970: numbers in between may be times. */
const EARLIEST_SECONDS = 631_152_000;
const LATEST_SECONDS = 4_102_444_800;
const NAMED_TIME = /(time|date|epoch|stamp|moment)s?$|(^|[^a-z])(ts|at|on)$|[a-z](At|On)$|^(created|updated)/i;

/** The format of a column of times; undefined for a column that holds none, or none that can be read. */
export function findTimeFormat(facts: ColumnFacts): FoundTimeFormat | undefined {
  if (facts.count === 0) return undefined;
  if (facts.isoDates === facts.count) return { format: undefined, why: "ISO 8601 in every row" };
  if (facts.isoDates + facts.otherDates === facts.count) return declared(facts);
  return epoch(facts);
}

function epoch({ name, count, integers, min, max }: ColumnFacts): FoundTimeFormat | undefined {
  if (integers !== count || min === null || max === null || !NAMED_TIME.test(name)) return undefined;
  for (const [format, unit] of [
    ["epoch-seconds", 1],
    ["epoch-milliseconds", 1_000],
  ] as const) {
    if (min < EARLIEST_SECONDS * unit || max > LATEST_SECONDS * unit) continue;
    const [from, to] = [min, max].map((value) => new Date((value / unit) * 1_000).toISOString().slice(0, 10));
    return { format, why: `these numbers are times of ${from} to ${to} in ${format.slice(6)} since 1970` };
  }
  return undefined;
}

function declared({ dateFormats, dayBeyondTwelve }: ColumnFacts): FoundTimeFormat | undefined {
  const [best, other] = dateFormats;
  if (best === undefined) return undefined;
  const { format } = best;
  if (other === undefined) {
    const decisive = dayBeyondTwelve === null ? "" : `: ${JSON.stringify(dayBeyondTwelve)} fits no other order`;
    return { format, why: `${format} fits every row${decisive}` };
  }
  const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
  const why =
    best.inOrder > other.inOrder
      ? `by it ${percent(best.inOrder)} of the values come in the order of time, by ${other.format} ${percent(other.inOrder)}`
      : "nothing in the data tells which of the two it is";
  return { format, why: `GUESSED: ${format} and ${other.format} both fit every row; ${why}` };
}
