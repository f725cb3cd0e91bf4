import { AwsError } from "../../../kernel/aws-error.ts";
import { FUNCTIONS } from "./functions.ts";
import type { Expression } from "./parse.ts";

/** Values by epoch second; a second without a value has no entry. */
export type TimeSeries = ReadonlyMap<number, number>;

/** What an expression can become. */
export type MathValue = number | string | TimeSeries | readonly (number | TimeSeries)[];

/** Where names find their values. */
export interface MathScope {
  /** The series of a query id; throws when there is none. */
  series(id: string): TimeSeries;
  /** All series that come from metrics, for METRICS(). */
  metrics(filter: string | undefined): TimeSeries[];
  periodSeconds(id: string): number;
  /** The seconds at which values are wanted, ascending. */
  readonly times: readonly number[];
}

const OPERATORS: Readonly<Record<string, (left: number, right: number) => number>> = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => left / right,
  "^": (left, right) => left ** right,
  "==": (left, right) => Number(left === right),
  "!=": (left, right) => Number(left !== right),
  "<": (left, right) => Number(left < right),
  ">": (left, right) => Number(left > right),
  "<=": (left, right) => Number(left <= right),
  ">=": (left, right) => Number(left >= right),
  "&&": (left, right) => Number(left !== 0 && right !== 0),
  AND: (left, right) => Number(left !== 0 && right !== 0),
  "||": (left, right) => Number(left !== 0 || right !== 0),
  OR: (left, right) => Number(left !== 0 || right !== 0),
};

/** Evaluates a metric math expression. A point where an operand is missing, or where the result is no number, is missing. */
export function evaluate(expression: Expression, scope: MathScope): MathValue {
  switch (expression.kind) {
    case "number":
    case "text":
      return expression.value;
    case "name":
      return scope.series(expression.name);
    case "array":
      return expression.items.flatMap((item) => {
        const value = evaluate(item, scope);
        return Array.isArray(value) ? (value as (number | TimeSeries)[]) : [value as number | TimeSeries];
      });
    case "negate":
      return lift((value) => -value, evaluate(expression.operand, scope));
    case "binary": {
      const operator = OPERATORS[expression.operator];
      if (!operator) throw unsupported(`the operator '${expression.operator}'`);
      return combine(operator, evaluate(expression.left, scope), evaluate(expression.right, scope));
    }
    case "call": {
      const implementation = FUNCTIONS[expression.name];
      if (!implementation) throw unsupported(`the function ${expression.name}`);
      return implementation(expression.args, scope);
    }
  }
}

/** Applies a function to a number, to every point of a series, or to every member of an array. */
export function lift(apply: (value: number) => number, value: MathValue): MathValue {
  if (typeof value === "number") return apply(value);
  if (typeof value === "string") throw unsupported("text as a number");
  if (value instanceof Map)
    return pointwise([...value.keys()], (time) => apply((value as TimeSeries).get(time) ?? Number.NaN));
  return (value as readonly (number | TimeSeries)[]).map((item) => lift(apply, item) as number | TimeSeries);
}

/** Applies a function to two values; a number goes with every point of a series, two series meet where both have points. */
export function combine(apply: (left: number, right: number) => number, left: MathValue, right: MathValue): MathValue {
  if (typeof left === "number") return lift((value) => apply(left, value), right);
  if (typeof right === "number") return lift((value) => apply(value, right), left);
  if (left instanceof Map && right instanceof Map) {
    const other = right as TimeSeries;
    const times = [...(left as TimeSeries).keys()].filter((time) => other.has(time));
    return pointwise(times, (time) =>
      apply((left as TimeSeries).get(time) ?? Number.NaN, other.get(time) ?? Number.NaN),
    );
  }
  if (Array.isArray(left)) {
    return (left as (number | TimeSeries)[]).map((item) => combine(apply, item, right) as number | TimeSeries);
  }
  if (Array.isArray(right)) {
    return (right as (number | TimeSeries)[]).map((item) => combine(apply, left, item) as number | TimeSeries);
  }
  throw unsupported("text as a number");
}

/** A series of the finite values that a function gives for the times. */
export function pointwise(times: readonly number[], valueAt: (time: number) => number): TimeSeries {
  const result = new Map<number, number>();
  for (const time of times) {
    const value = valueAt(time);
    if (Number.isFinite(value)) result.set(time, value);
  }
  return result;
}

/** The error for what metric math has on AWS but not here. */
export function unsupported(what: string): AwsError {
  return new AwsError("InvalidParameterValueException", 400, `The local cloud does not support ${what} in metric math`);
}
