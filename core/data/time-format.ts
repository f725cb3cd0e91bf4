/** Formats of a time that are no pattern: a number of seconds or milliseconds since 1970-01-01T00:00:00Z. */
export const EPOCH_FORMATS = ["epoch-seconds", "epoch-milliseconds"] as const;

/** What a directive of a pattern reads. `b` and `a` are English names of months and weekdays, in full or three letters. */
type TimeField = "Y" | "y" | "m" | "b" | "d" | "H" | "I" | "p" | "M" | "S" | "f" | "z" | "a";

/** One piece of a pattern: a byte that must be there, or a field; numbers that touch another number have a fixed width. */
export type TimeItem = { literal: number } | { field: TimeField; isFixed: boolean };

const FIELDS: Readonly<Record<string, TimeField>> = {
  Y: "Y",
  y: "y",
  m: "m",
  b: "b",
  B: "b",
  d: "d",
  H: "H",
  I: "I",
  p: "p",
  M: "M",
  S: "S",
  f: "f",
  z: "z",
  a: "a",
  A: "a",
};
const NUMERIC = new Set<TimeField>(["Y", "y", "m", "d", "H", "I", "M", "S", "f"]);

/** The directives in words, for messages and the reference. */
export const DIRECTIVES =
  "%Y year, %y year of two digits (69 to 99 are 19xx), %m month, %b month's English name, %d day, %H hour, %I hour of 12 with %p AM or PM, %M minute, %S second, %f fraction of a second, %z offset (Z, +02:00), %a weekday's English name, %% a percent sign";

/**
 * Takes a declared format apart: strftime directives (POSIX, https://pubs.opengroup.org/onlinepubs/9799919799/functions/strptime.html),
 * everything else stands for itself.
 *
 * @returns the items, or a sentence that says what is wrong with the pattern
 */
export function parseTimeFormat(pattern: string): TimeItem[] | string {
  const items: TimeItem[] = [];
  const seen: TimeField[] = [];
  const characters = Array.from(pattern);
  for (let i = 0; i < characters.length; i++) {
    const c = characters[i] as string;
    if (c !== "%") {
      for (const literal of new TextEncoder().encode(c)) items.push({ literal });
      continue;
    }
    const name = characters[++i] ?? "";
    if (name === "%") {
      items.push({ literal: 0x25 });
      continue;
    }
    const field = FIELDS[name];
    if (field === undefined) {
      const isFlag = name === "-" || name === "_" || name === "#";
      const hint = isFlag ? `; write %${characters[i + 1] ?? "d"}, which reads one digit as well as two` : "";
      return `it has %${name}${hint}; known are: ${DIRECTIVES}`;
    }
    if (seen.includes(field)) return `it has %${name} twice`;
    seen.push(field);
    items.push({ field, isFixed: false });
  }
  return problemOf(pattern, new Set(seen)) ?? withWidths(items);
}

/** Numbers that touch each other can only be told apart by their width. */
function withWidths(items: readonly TimeItem[]): TimeItem[] {
  const isNumber = (item: TimeItem | undefined) =>
    item !== undefined && "field" in item
      ? NUMERIC.has(item.field)
      : item !== undefined && item.literal >= 0x30 && item.literal <= 0x39;
  return items.map((item, index) =>
    "field" in item ? { ...item, isFixed: isNumber(items[index - 1]) || isNumber(items[index + 1]) } : item,
  );
}

function problemOf(pattern: string, has: ReadonlySet<TimeField>): string | undefined {
  const unicode = /y{2,4}|d{1,2}|M{1,4}/.test(pattern) && has.size === 0;
  if (unicode) return `it has no directive; write ${fromUnicode(pattern)} instead`;
  if (has.has("Y") === has.has("y")) return "it must have the year once: %Y or %y";
  if (has.has("m") === has.has("b")) return "it must have the month once: %m or %b";
  if (!has.has("d")) return "it must have the day: %d";
  if (has.has("H") && has.has("I")) return "it has the hour twice: %H and %I";
  if (has.has("I") !== has.has("p")) return "%I (hour of 12) and %p (AM or PM) belong together";
  const hasHour = has.has("H") || has.has("I");
  if (has.has("M") && !hasHour) return "%M needs the hour: %H";
  if (has.has("S") && !has.has("M")) return "%S needs the minute: %M";
  if (has.has("f") && !has.has("S")) return "%f needs the second: %S";
  if (has.has("z") && !hasHour) return "%z needs the hour: %H";
  if (/^%Y-%d-/.test(pattern)) {
    return "year, day and month with hyphens cannot be told from ISO 8601, which is always understood; write the column as year, month and day";
  }
  return undefined;
}

/** The pattern that somebody means who writes `dd/MM/yyyy HH:mm`. */
function fromUnicode(pattern: string): string {
  const names: Readonly<Record<string, string>> = {
    yyyy: "%Y",
    yy: "%y",
    MMM: "%b",
    MMMM: "%b",
    MM: "%m",
    M: "%m",
    dd: "%d",
    d: "%d",
    HH: "%H",
    H: "%H",
    hh: "%I",
    h: "%I",
    mm: "%M",
    ss: "%S",
    a: "%p",
  };
  return pattern.replace(/yyyy|yy|M{1,4}|d{1,2}|H{1,2}|h{1,2}|mm|ss|a/g, (found) => names[found] ?? found);
}

/** What is wrong with a declared format; undefined when nothing is. */
export function timeFormatProblem(format: string): string | undefined {
  if ((EPOCH_FORMATS as readonly string[]).includes(format)) return undefined;
  const items = parseTimeFormat(format);
  return typeof items === "string" ? items : undefined;
}
