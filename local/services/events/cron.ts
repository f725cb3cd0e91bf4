/** A parsed cron expression of EventBridge; all fields are in UTC. */
export interface CronSchedule {
  readonly kind: "cron";
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly months: readonly number[];
  /** First and last year, and which years between. */
  readonly years: ReadonlySet<number>;
  /** Days of a month, ascending, 1 to 31. */
  daysOf(year: number, month: number): readonly number[];
}

/** A schedule expression that cannot be read; the message says which field. */
export class InvalidScheduleError extends Error {
  override readonly name = "InvalidScheduleError";
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const FIRST_YEAR = 1970;
const LAST_YEAR = 2199;

/**
 * Parses the six fields inside `cron(...)`: minutes, hours, day of month, month, day of week (1 or SUN is Sunday), year.
 * Exactly one of the two day fields is `?`. Throws {@link InvalidScheduleError}.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 * @example parseCron("0 18 ? * MON-FRI *")
 */
export function parseCron(expression: string): CronSchedule {
  const fields = expression.trim().split(/\s+/);
  const [minutes, hours, dayOfMonth, month, dayOfWeek, year] = fields;
  if (
    fields.length !== 6 ||
    minutes === undefined ||
    hours === undefined ||
    dayOfMonth === undefined ||
    month === undefined ||
    dayOfWeek === undefined ||
    year === undefined
  ) {
    throw new InvalidScheduleError(`cron(${expression}) has ${fields.length} fields, it needs six`);
  }
  if ((dayOfMonth === "?") === (dayOfWeek === "?")) {
    throw new InvalidScheduleError(
      `cron(${expression}): exactly one of day-of-month and day-of-week must be ?, it stands for "no specific value"`,
    );
  }
  return {
    kind: "cron",
    minutes: parseList("minutes", minutes, 0, 59),
    hours: parseList("hours", hours, 0, 23),
    months: parseList("month", month, 1, 12, MONTHS, 1),
    years: new Set(parseList("year", year, FIRST_YEAR, LAST_YEAR)),
    daysOf: dayOfWeek === "?" ? parseDaysOfMonth(dayOfMonth) : parseDaysOfWeek(dayOfWeek),
  };
}

/** The first moment after `afterMillis` at which the schedule fires, or undefined when it never does again. */
export function nextCronTime(schedule: CronSchedule, afterMillis: number): number | undefined {
  const after = new Date(afterMillis);
  const firstYear = Math.max(after.getUTCFullYear(), FIRST_YEAR);
  for (let year = firstYear; year <= LAST_YEAR; year += 1) {
    if (!schedule.years.has(year)) continue;
    for (const month of schedule.months) {
      // The last millisecond of the month lies before the start: nothing to find here.
      if (Date.UTC(year, month, 1) <= afterMillis) continue;
      for (const day of schedule.daysOf(year, month)) {
        const dayStart = Date.UTC(year, month - 1, day);
        if (dayStart + 86_400_000 <= afterMillis) continue;
        const found = firstTimeOfDay(schedule, dayStart, afterMillis);
        if (found !== undefined) return found;
      }
    }
  }
  return undefined;
}

function firstTimeOfDay(schedule: CronSchedule, dayStart: number, afterMillis: number): number | undefined {
  for (const hour of schedule.hours) {
    const hourStart = dayStart + hour * 3_600_000;
    if (hourStart + 3_600_000 <= afterMillis) continue;
    for (const minute of schedule.minutes) {
      const time = hourStart + minute * 60_000;
      if (time > afterMillis) return time;
    }
  }
  return undefined;
}

/** A field of values, ranges, steps and `*`, ascending. Names stand for numbers from `firstNamed` on. */
function parseList(
  field: string,
  text: string,
  min: number,
  max: number,
  names: readonly string[] = [],
  firstNamed = 0,
): number[] {
  const refuse = (): Error =>
    new InvalidScheduleError(`cron: ${field} cannot be '${text}'; allowed are ${min}-${max}, with , - * /`);
  const numberOf = (word: string): number => {
    const named = names.indexOf(word.toUpperCase());
    const number = named >= 0 ? named + firstNamed : Number(word);
    if ((named < 0 && !/^\d+$/.test(word)) || number < min || number > max) throw refuse();
    return number;
  };
  const values = new Set<number>();
  for (const part of text.split(",")) {
    const [range = "", stepText, ...rest] = part.split("/");
    const step = stepText === undefined ? 1 : Number(stepText);
    if (rest.length > 0 || !Number.isInteger(step) || step < 1) throw refuse();
    const [from, to, ...more] = range.split("-");
    if (more.length > 0 || from === undefined) throw refuse();
    const first = range === "*" ? min : numberOf(from);
    const last = range === "*" || (to === undefined && stepText !== undefined) ? max : numberOf(to ?? from);
    if (last < first) {
      // FRI-MON goes around the end of the range.
      for (let value = first; value <= max; value += step) values.add(value);
      for (let value = min; value <= last; value += step) values.add(value);
    } else for (let value = first; value <= last; value += step) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** Day of the week, 1 for Sunday to 7 for Saturday. */
function weekday(year: number, month: number, day: number): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;
}

/** The weekday (Monday to Friday) of the same month that is nearest to `day`. */
function nearestWeekday(year: number, month: number, day: number): number {
  const last = daysIn(year, month);
  const wanted = Math.min(day, last);
  const name = weekday(year, month, wanted);
  if (name === 7) return wanted > 1 ? wanted - 1 : wanted + 2;
  if (name === 1) return wanted < last ? wanted + 1 : wanted - 2;
  return wanted;
}

function parseDaysOfMonth(text: string): CronSchedule["daysOf"] {
  if (/^LW$/i.test(text)) return (year, month) => [nearestWeekday(year, month, 31)];
  if (/^L$/i.test(text)) return (year, month) => [daysIn(year, month)];
  const near = /^(\d{1,2})W$/i.exec(text);
  if (near !== null) {
    const [day = 0] = parseList("day-of-month", near[1] ?? "", 1, 31);
    return (year, month) => (day > daysIn(year, month) ? [] : [nearestWeekday(year, month, day)]);
  }
  const days = parseList("day-of-month", text, 1, 31);
  return (year, month) => days.filter((day) => day <= daysIn(year, month));
}

function parseDaysOfWeek(text: string): CronSchedule["daysOf"] {
  const lastOf = /^([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)L$/i.exec(text);
  if (lastOf !== null) {
    const [name = 0] = parseList("day-of-week", lastOf[1] ?? "", 1, 7, DAYS, 1);
    return (year, month) => {
      const last = daysIn(year, month);
      return [last - ((weekday(year, month, last) - name + 7) % 7)];
    };
  }
  const nth = /^([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)#([1-5])$/i.exec(text);
  if (nth !== null) {
    const [name = 0] = parseList("day-of-week", nth[1] ?? "", 1, 7, DAYS, 1);
    const week = Number(nth[2]);
    return (year, month) => {
      const day = 1 + ((name - weekday(year, month, 1) + 7) % 7) + (week - 1) * 7;
      return day <= daysIn(year, month) ? [day] : [];
    };
  }
  // L alone is the last day of the week, Saturday.
  const names = /^L$/i.test(text) ? [7] : parseList("day-of-week", text, 1, 7, DAYS, 1);
  return (year, month) => {
    const days: number[] = [];
    for (let day = 1; day <= daysIn(year, month); day += 1) {
      if (names.includes(weekday(year, month, day))) days.push(day);
    }
    return days;
  };
}
