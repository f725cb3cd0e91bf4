import { describe, expect, test } from "vitest";
import { matchesPattern, ruleHolds } from "../../../../local/services/stepfunctions/asl/choice.ts";
import type { ChoiceRule } from "../../../../local/services/stepfunctions/asl/definition.ts";
import type { Json } from "../../../../local/services/stepfunctions/asl/json.ts";

// Operators of https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html and https://states-language.net/spec.html#choice-state.
const holds = (rule: ChoiceRule, input: Json) => ruleHolds(rule, { input, context: {}, variables: {} });
const on = (operator: string, value: Json) => ({ Variable: "$.v", [operator]: value });

describe("comparisons", () => {
  test.each<[operator: string, value: Json, actual: Json, expected: boolean]>([
    ["StringEquals", "blue", "blue", true],
    ["StringEquals", "1", 1, false],
    ["StringLessThan", "b", "a", true],
    ["StringGreaterThan", "a", "b", true],
    ["StringLessThanEquals", "a", "a", true],
    ["StringGreaterThanEquals", "b", "a", false],
    ["NumericEquals", 1, 1.0, true],
    ["NumericEquals", 1, "1", false],
    ["NumericLessThan", 30, 20, true],
    ["NumericGreaterThan", 3.5, 4, true],
    ["NumericLessThanEquals", -1, -1, true],
    ["NumericGreaterThanEquals", 20, 19, false],
    ["BooleanEquals", true, true, true],
    ["BooleanEquals", true, "true", false],
    ["TimestampEquals", "2001-01-01T12:00:00Z", "2001-01-01T13:00:00+01:00", true],
    ["TimestampLessThan", "2016-08-18T17:33:00Z", "2016-08-18T17:32:59.999Z", true],
    ["TimestampGreaterThan", "2016-08-18T17:33:00Z", "2016-08-18T17:33:00Z", false],
    ["TimestampLessThanEquals", "2016-08-18T17:33:00Z", "2016-08-18T17:33:00Z", true],
    ["TimestampGreaterThanEquals", "2016-08-18T17:33:00Z", "not a time", false],
    ["IsNull", true, null, true],
    ["IsNull", false, null, false],
    ["IsString", true, "", true],
    ["IsNumeric", true, 0, true],
    ["IsNumeric", true, "0", false],
    ["IsBoolean", true, false, true],
    ["IsTimestamp", true, "2001-01-01T12:00:00Z", true],
    ["IsTimestamp", true, "2001-01-01", false],
    ["IsTimestamp", true, "2001-02-30T12:00:00Z", false],
    ["IsPresent", true, 0, true],
    ["IsPresent", false, 0, false],
  ])("%s %j of %j is %s", (operator, value, actual, expected) => {
    expect(holds(on(operator, value), { v: actual })).toBe(expected);
  });

  test.each<[operator: string, actual: Json, other: Json, expected: boolean]>([
    ["StringEqualsPath", "a", "a", true],
    ["NumericGreaterThanEqualsPath", 5, 5, true],
    ["BooleanEqualsPath", true, false, false],
    ["TimestampLessThanPath", "2001-01-01T00:00:00Z", "2002-01-01T00:00:00Z", true],
    ["NumericLessThanPath", 1, "2", false],
  ])("%s compares two places", (operator, actual, other, expected) => {
    expect(holds({ Variable: "$.v", [operator]: "$.o" }, { v: actual, o: other })).toBe(expected);
  });
});

describe("combinations", () => {
  // The Choice state of the specification: https://states-language.net/spec.html#choice-state
  const typeNotPrivate = { Not: { Variable: "$.type", StringEquals: "Private" } };
  const valueInTwenties = {
    And: [
      { Variable: "$.value", IsPresent: true },
      { Variable: "$.value", IsNumeric: true },
      { Variable: "$.value", NumericGreaterThanEquals: 20 },
      { Variable: "$.value", NumericLessThan: 30 },
    ],
  };
  test.each<[rule: ChoiceRule, input: Json, expected: boolean]>([
    [typeNotPrivate, { type: "Public" }, true],
    [typeNotPrivate, { type: "Private" }, false],
    [valueInTwenties, { value: 22 }, true],
    [valueInTwenties, { value: 30 }, false],
    [valueInTwenties, {}, false],
    [{ Or: [on("NumericEquals", 1), on("NumericEquals", 2)] }, { v: 2 }, true],
    [{ Or: [on("NumericEquals", 1), on("NumericEquals", 2)] }, { v: 3 }, false],
  ])("%j with %j", (rule, input, expected) => {
    expect(holds(rule, input)).toBe(expected);
  });

  test("a variable that does not exist is States.Runtime in AWS's words", () => {
    expect(() => holds({ Variable: "$.jobs[0].done", BooleanEquals: true }, { jobs: [{}] })).toThrowError(
      expect.objectContaining({
        error: "States.Runtime",
        errorCause: "Invalid path '$.jobs[0].done': The choice state's condition path references an invalid value.",
      }),
    );
  });

  test("IsPresent asks about what may not exist", () => {
    expect(holds({ Variable: "$.not.there", IsPresent: false }, {})).toBe(true);
  });
});

describe("StringMatches", () => {
  test.each<[text: string, pattern: string, expected: boolean]>([
    ["foo.log", "foo*.log", true],
    ["foo23.log", "foo*.log", true],
    ["foobar.log", "foo*.log", true],
    ["foo.txt", "foo*.log", false],
    ["foo*", "foo\\*", true],
    ["foox", "foo\\*", false],
    ["a\\b", "a\\\\b", true],
    ["a.b", "a?b", false],
    ["line\nbreak", "line*", true],
    ["", "*", true],
  ])("%j matches %j: %s", (text, pattern, expected) => {
    expect(matchesPattern(text, pattern)).toBe(expected);
  });
});
