import { type CronSchedule, InvalidScheduleError, nextCronTime, parseCron } from "./cron.ts";

/** A schedule of a rule: every so often, or by the calendar. */
export type Schedule = { readonly kind: "rate"; readonly everyMillis: number } | CronSchedule;

const UNIT_MILLIS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * Parses `rate(5 minutes)` or `cron(0 18 ? * MON-FRI *)`. The unit of a rate is singular for 1 and plural otherwise.
 * Throws {@link InvalidScheduleError}.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export function parseSchedule(expression: string): Schedule {
  const cron = /^cron\((.*)\)$/.exec(expression.trim());
  if (cron !== null) return parseCron(cron[1] ?? "");
  const rate = /^rate\((\d+) (minute|hour|day)(s?)\)$/.exec(expression.trim());
  const value = Number(rate?.[1]);
  const unitMillis = UNIT_MILLIS[rate?.[2] ?? ""];
  const isPlural = rate?.[3] === "s";
  if (unitMillis === undefined || value < 1 || isPlural !== value > 1) {
    throw new InvalidScheduleError(
      `'${expression}' is neither rate(1 minute), rate(5 minutes), ... nor cron(minutes hours day-of-month month day-of-week year)`,
    );
  }
  return { kind: "rate", everyMillis: value * unitMillis };
}

/** The first moment after `afterMillis`; a rate counts its steps from `anchorMillis`, when the rule was made or enabled. */
export function nextScheduleTime(schedule: Schedule, anchorMillis: number, afterMillis: number): number | undefined {
  if (schedule.kind === "cron") return nextCronTime(schedule, afterMillis);
  const steps = Math.max(1, Math.floor((afterMillis - anchorMillis) / schedule.everyMillis) + 1);
  return anchorMillis + steps * schedule.everyMillis;
}
