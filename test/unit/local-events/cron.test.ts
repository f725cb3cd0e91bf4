import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidScheduleError, nextCronTime, parseCron } from "../../../local/services/events/cron.ts";
import { nextScheduleTime, parseSchedule } from "../../../local/services/events/schedule.ts";

const firesAfter = (expression: string, from: string, count = 1): string[] => {
  const schedule = parseCron(expression);
  const found: string[] = [];
  let time: number | undefined = Date.parse(from);
  while (found.length < count) {
    time = nextCronTime(schedule, time);
    if (time === undefined) break;
    found.push(new Date(time).toISOString().slice(0, 16));
  }
  return found;
};

// The examples of AWS's page on schedules, and the corners of L, W and #.
describe("cron", () => {
  it.each([
    ["0 10 * * ? *", "2026-01-01T10:00:00Z", ["2026-01-02T10:00", "2026-01-03T10:00"]],
    ["15 12 * * ? *", "2026-01-01T00:00:00Z", ["2026-01-01T12:15"]],
    ["0 18 ? * MON-FRI *", "2026-01-02T18:00:00Z", ["2026-01-05T18:00", "2026-01-06T18:00"]],
    ["0 8 1 * ? *", "2026-01-15T00:00:00Z", ["2026-02-01T08:00", "2026-03-01T08:00"]],
    [
      "0/15 * * * ? *",
      "2026-01-01T00:14:59Z",
      ["2026-01-01T00:15", "2026-01-01T00:30", "2026-01-01T00:45", "2026-01-01T01:00"],
    ],
    ["0/10 * ? * MON-FRI *", "2026-01-02T23:50:00Z", ["2026-01-05T00:00", "2026-01-05T00:10"]],
    ["0/5 8-17 ? * MON-FRI *", "2026-01-02T17:55:00Z", ["2026-01-05T08:00"]],
    ["0/30 20-2 ? * MON-FRI *", "2026-01-05T02:30:00Z", ["2026-01-05T20:00"]],
    ["0 0 L * ? *", "2026-01-31T00:00:00Z", ["2026-02-28T00:00", "2026-03-31T00:00"]],
    ["0 0 29 2 ? *", "2026-01-01T00:00:00Z", ["2028-02-29T00:00", "2032-02-29T00:00"]],
    ["0 0 15W * ? *", "2026-08-01T00:00:00Z", ["2026-08-14T00:00"]],
    ["0 0 1W * ? *", "2026-07-31T00:00:00Z", ["2026-08-03T00:00"]],
    ["0 0 31W * ? *", "2026-05-01T00:00:00Z", ["2026-05-29T00:00", "2026-07-31T00:00"]],
    ["0 0 LW * ? *", "2026-05-01T00:00:00Z", ["2026-05-29T00:00"]],
    ["0 0 ? * 6L *", "2026-01-01T00:00:00Z", ["2026-01-30T00:00", "2026-02-27T00:00"]],
    ["0 0 ? * TUE#3 *", "2026-01-01T00:00:00Z", ["2026-01-20T00:00"]],
    ["0 0 ? * 2#5 *", "2026-01-01T00:00:00Z", ["2026-03-30T00:00"]],
    ["0 0 ? * L *", "2026-01-01T00:00:00Z", ["2026-01-03T00:00"]],
    [
      "0 0 ? * FRI-MON *",
      "2026-01-06T00:00:00Z",
      ["2026-01-09T00:00", "2026-01-10T00:00", "2026-01-11T00:00", "2026-01-12T00:00"],
    ],
    ["0 0 1 JAN ? 2027", "2026-06-01T00:00:00Z", ["2027-01-01T00:00"]],
  ])("%s after %s", (expression, from, expected) => {
    expect(firesAfter(expression, from, expected.length)).toEqual(expected);
  });

  it("ends when no year is left", () => {
    expect(firesAfter("0 0 1 1 ? 2020-2025", "2026-01-01T00:00:00Z")).toEqual([]);
  });

  it.each([
    "* * * * *",
    "0 0 * * * *",
    "0 0 ? * ? *",
    "60 0 * * ? *",
    "0 24 * * ? *",
    "0 0 0 * ? *",
    "0 0 * 13 ? *",
    "0 0 ? * 8 *",
    "0 0 ? * MON#6 *",
    "0 0 32W * ? *",
    "0 0 * * ? 1969",
    "x 0 * * ? *",
    "0/0 0 * * ? *",
  ])("refuses cron(%s)", (expression) => {
    expect(() => parseCron(expression)).toThrow(InvalidScheduleError);
  });

  it("agrees with a search minute by minute", () => {
    const field = (min: number, max: number) =>
      fc.oneof(
        fc.constant("*"),
        fc.integer({ min, max }).map(String),
        fc.tuple(fc.integer({ min, max }), fc.integer({ min: 1, max })).map(([from, step]) => `${from}/${step}`),
        fc
          .tuple(fc.integer({ min, max }), fc.integer({ min, max }))
          .map(([from, to]) => `${Math.min(from, to)}-${Math.max(from, to)}`),
      );
    const days = fc.oneof(
      field(1, 31).map((text) => ({ ofMonth: text, ofWeek: "?" })),
      field(1, 7).map((text) => ({ ofMonth: "?", ofWeek: text })),
    );
    fc.assert(
      fc.property(
        field(0, 59),
        field(0, 23),
        days,
        fc.integer({ min: 1_700_000_000, max: 1_800_000_000 }),
        (minutes, hours, day, seconds) => {
          const schedule = parseCron(`${minutes} ${hours} ${day.ofMonth} * ${day.ofWeek} *`);
          const from = seconds * 1_000;
          const found = nextCronTime(schedule, from);
          const isDue = (time: number): boolean => {
            const date = new Date(time);
            return (
              schedule.minutes.includes(date.getUTCMinutes()) &&
              schedule.hours.includes(date.getUTCHours()) &&
              schedule.daysOf(date.getUTCFullYear(), date.getUTCMonth() + 1).includes(date.getUTCDate())
            );
          };
          expect(found).toBeDefined();
          expect(isDue(found ?? 0)).toBe(true);
          // Nothing due in between, as far as the search can look.
          const end = Math.min(found ?? 0, from + 3 * 86_400_000);
          for (let time = Math.floor(from / 60_000) * 60_000 + 60_000; time < end; time += 60_000) {
            if (isDue(time)) throw new Error(`missed ${new Date(time).toISOString()}`);
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe("rate", () => {
  it.each(["rate(1 minute)", "rate(5 minutes)", "rate(1 hour)", "rate(7 days)"])("%s is read", (expression) => {
    expect(parseSchedule(expression).kind).toBe("rate");
  });

  it.each(["rate(1 minutes)", "rate(5 minute)", "rate(0 minutes)", "rate(5 weeks)", "rate(minute)", "every day"])(
    "%s is refused",
    (expression) => {
      expect(() => parseSchedule(expression)).toThrow(InvalidScheduleError);
    },
  );

  it("counts from its anchor, always after the given moment and at most one step away", () => {
    fc.assert(
      fc.property(fc.nat(1e12), fc.nat(1e10), (anchor, elapsed) => {
        const next = nextScheduleTime(parseSchedule("rate(5 minutes)"), anchor, anchor + elapsed) ?? 0;
        expect(next).toBeGreaterThan(anchor + elapsed);
        expect(next - (anchor + elapsed)).toBeLessThanOrEqual(300_000);
        expect((next - anchor) % 300_000).toBe(0);
      }),
    );
  });
});
