import { fc, test as propertyTest } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import type { Retrier } from "../../../local/services/stepfunctions/asl/definition.ts";
import { nextRetry } from "../../../local/services/stepfunctions/asl/retry-schedule.ts";

const delays = (retrier: Omit<Retrier, "ErrorEquals">, tries: number, random = () => 0.5) =>
  Array.from(
    { length: tries },
    (_, made) => nextRetry([{ ErrorEquals: ["E"], ...retrier }], "E", [made], random)?.delayMillis,
  );

describe("the schedule", () => {
  // https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html#error-handling-retrying-after-an-error
  test.each<[source: string, retrier: Omit<Retrier, "ErrorEquals">, expected: (number | undefined)[]]>([
    [
      "IntervalSeconds 3, BackoffRate 2, MaxAttempts 3",
      { IntervalSeconds: 3, MaxAttempts: 3, BackoffRate: 2 },
      [3_000, 6_000, 12_000, undefined],
    ],
    [
      "MaxDelaySeconds caps the growth",
      { IntervalSeconds: 3, BackoffRate: 2, MaxAttempts: 4, MaxDelaySeconds: 5 },
      [3_000, 5_000, 5_000, 5_000, undefined],
    ],
    ["defaults: 1 s, doubling, 3 attempts", {}, [1_000, 2_000, 4_000, undefined]],
    ["MaxAttempts 0 never retries", { MaxAttempts: 0 }, [undefined]],
    [
      "JitterStrategy FULL draws from nothing to the delay",
      { JitterStrategy: "FULL", IntervalSeconds: 2 },
      [1_000, 2_000, 4_000],
    ],
  ])("%s", (_source, retrier, expected) => {
    expect(delays(retrier, expected.length)).toEqual(expected);
  });

  test("each retrier counts on its own; the first that matches decides", () => {
    const retriers: Retrier[] = [
      { ErrorEquals: ["A"], MaxAttempts: 1 },
      { ErrorEquals: ["States.ALL"], MaxAttempts: 5, IntervalSeconds: 7 },
    ];
    expect(nextRetry(retriers, "A", [0, 0], Math.random)).toEqual({ retrierIndex: 0, delayMillis: 1_000 });
    expect(nextRetry(retriers, "A", [1, 0], Math.random)).toBeUndefined();
    expect(nextRetry(retriers, "B", [1, 0], Math.random)).toEqual({ retrierIndex: 1, delayMillis: 7_000 });
  });

  propertyTest.prop([
    fc.integer({ min: 1, max: 100 }),
    fc.double({ min: 1, max: 4, noNaN: true }),
    fc.integer({ min: 1, max: 200 }),
    fc.double({ min: 0, max: 0.999_999, noNaN: true }),
  ])("never waits longer than MaxDelaySeconds, with or without jitter", (interval, rate, cap, draw) => {
    for (const jitter of ["FULL", "NONE"] as const) {
      const retrier = {
        IntervalSeconds: interval,
        BackoffRate: rate,
        MaxDelaySeconds: cap,
        MaxAttempts: 20,
        JitterStrategy: jitter,
      };
      for (const delay of delays(retrier, 20, () => draw)) {
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThanOrEqual(cap * 1_000);
      }
    }
  });
});
