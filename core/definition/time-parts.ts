/** What a model can see of a timestamp; the recipe computes them, see docs/contract.md. */
export const TIME_PARTS = ["minute", "hour", "weekday", "day", "day-of-year", "month", "year", "elapsed-days"] as const;

/** A part of a timestamp that a model can see. */
export type TimePart = (typeof TIME_PARTS)[number];

/** What comes round again, and so means the same in data that are yet to come. */
export const DEFAULT_PARTS: readonly TimePart[] = ["hour", "weekday", "month"];

const MILLIS_PER_DAY = 86_400_000;

/** One part of an instant in UTC, by the definitions of `parts` in the reference of model.yaml. */
export function timePart(part: TimePart, millis: number): number {
  const date = new Date(millis);
  switch (part) {
    case "minute":
      return date.getUTCMinutes();
    case "hour":
      return date.getUTCHours();
    case "weekday":
      return date.getUTCDay() === 0 ? 7 : date.getUTCDay();
    case "day":
      return date.getUTCDate();
    case "day-of-year":
      return 1 + Math.floor(millis / MILLIS_PER_DAY) - Math.floor(startOfYear(date) / MILLIS_PER_DAY);
    case "month":
      return date.getUTCMonth() + 1;
    case "year":
      return date.getUTCFullYear();
    case "elapsed-days":
      return millis / MILLIS_PER_DAY;
  }
}

function startOfYear(date: Date): number {
  const start = new Date(0);
  // Date.UTC takes the years 0 to 99 for 1900 to 1999.
  start.setUTCFullYear(date.getUTCFullYear(), 0, 1);
  return start.getTime();
}
