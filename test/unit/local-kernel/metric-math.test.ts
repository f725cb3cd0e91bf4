import { describe, expect, it } from "vitest";
import { evaluate, type MathScope, type TimeSeries } from "../../../local/services/cloudwatch/metric-math/evaluate.ts";
import { parseExpression } from "../../../local/services/cloudwatch/metric-math/parse.ts";

const series: Record<string, TimeSeries> = {
  a: new Map([
    [0, 1],
    [60, 2],
    [120, 3],
  ]),
  b: new Map([
    [0, 10],
    [120, 0],
  ]),
};
const scope: MathScope = {
  series(id) {
    const found = series[id];
    if (!found) throw new Error(`no series ${id}`);
    return found;
  },
  metrics: () => Object.values(series),
  periodSeconds: () => 60,
  times: [0, 60, 120],
};
const run = (expression: string): unknown => {
  const value = evaluate(parseExpression(expression), scope);
  return value instanceof Map ? Object.fromEntries(value) : value;
};

describe("metric math", () => {
  it.each([
    ["1 + 2 * 3 ^ 2 - -4", 23],
    ["(1 + 2) * 3", 9],
    ["a + 1", { 0: 2, 60: 3, 120: 4 }],
    ["a + b", { 0: 11, 120: 3 }],
    ["a / b", { 0: 0.1 }],
    ["a / MAX([b, 1])", { 0: 0.1, 120: 3 }],
    ["FILL(b, 0)", { 0: 10, 60: 0, 120: 0 }],
    ["FILL(b, REPEAT)", { 0: 10, 60: 10, 120: 0 }],
    ["FILL(b, LINEAR)", { 0: 10, 60: 5, 120: 0 }],
    ["IF(a > 1, a, 0)", { 0: 0, 60: 2, 120: 3 }],
    ["IF(a >= 2 AND a < 3, 1)", { 60: 1 }],
    ["SUM(METRICS())", { 0: 11, 60: 2, 120: 3 }],
    ["AVG(a)", 2],
    ["DIFF(a)", { 60: 1, 120: 1 }],
    ["RATE(a)", { 60: 1 / 60, 120: 1 / 60 }],
    ["RUNNING_SUM(a)", { 0: 1, 60: 3, 120: 6 }],
    ["100 * a / PERIOD(a)", { 0: 100 / 60, 60: 200 / 60, 120: 5 }],
    ["ABS(-a)", { 0: 1, 60: 2, 120: 3 }],
  ])("%s", (expression, expected) => {
    expect(run(expression)).toEqual(expected);
  });

  it.each([
    ["a +", "unexpected end"],
    ["a ? b", "cannot read"],
    ["SEARCH('x', 'Sum', 60)", "SEARCH"],
    ["(a", "unexpected end"],
    ["a b", "unexpected 'b'"],
  ])("%s fails and says why", (expression, message) => {
    expect(() => run(expression)).toThrow(message);
  });
});
