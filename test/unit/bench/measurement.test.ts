import { describe, expect, it } from "vitest";
import { holds } from "../../../bench/measurement.ts";

describe("the target of a measurement", () => {
  it.each([
    [4.9, "<= 5", true],
    [5, "<= 5", true],
    [5.1, "<= 5", false],
    [60, ">= 60", true],
    [59.9, ">= 60", false],
    [0.5, "<= 0.5", true],
    [1e9, undefined, true],
    // What could not be measured has not been held.
    [Number.NaN, "<= 5", false],
    [Number.NaN, ">= 60", false],
  ])("%d with the target %s: held is %s", (value, target, held) => {
    expect(holds({ name: "x", value, unit: "s", ...(target !== undefined && { target }) })).toBe(held);
  });
});
