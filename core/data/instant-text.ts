const MILLIS_PER_DAY = 86_400_000;
const TWO = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, "0"));

/** Texts of days that were asked for lately: most files have few, and the calendar is slow. */
const days = new Map<number, string>();
const MAX_DAYS = 10_000;

function dayText(day: number): string {
  const known = days.get(day);
  if (known !== undefined) return known;
  const text = new Date(day * MILLIS_PER_DAY).toISOString().slice(0, 11);
  if (days.size >= MAX_DAYS) days.clear();
  days.set(day, text);
  return text;
}

/** An instant of the years 0000 to 9999 as ISO 8601 in UTC, without the fraction when it is zero: `2001-12-31T10:00:00Z`. */
export function instantText(millis: number): string {
  const day = Math.floor(millis / MILLIS_PER_DAY);
  const seconds = Math.floor((millis - day * MILLIS_PER_DAY) / 1_000);
  const rest = millis - day * MILLIS_PER_DAY - seconds * 1_000;
  const clock = `${TWO[Math.floor(seconds / 3_600)]}:${TWO[Math.floor(seconds / 60) % 60]}:${TWO[seconds % 60]}`;
  return `${dayText(day)}${clock}${rest === 0 ? "" : `.${String(rest).padStart(3, "0")}`}Z`;
}
