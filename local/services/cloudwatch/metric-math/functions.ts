import { AwsError } from "../../../kernel/aws-error.ts";
import { evaluate, lift, type MathScope, type MathValue, pointwise, type TimeSeries, unsupported } from "./evaluate.ts";
import type { Expression } from "./parse.ts";

type MathFunction = (args: readonly Expression[], scope: MathScope) => MathValue;

/** The functions of metric math that are supported, by their names in capitals. */
export const FUNCTIONS: Readonly<Record<string, MathFunction>> = {
  ABS: each(Math.abs),
  CEIL: each(Math.ceil),
  FLOOR: each(Math.floor),
  LOG: each(Math.log),
  LOG10: each(Math.log10),
  SUM: fold((values) => values.reduce((sum, value) => sum + value, 0)),
  AVG: fold((values) => values.reduce((sum, value) => sum + value, 0) / values.length),
  MAX: fold((values) => Math.max(...values)),
  MIN: fold((values) => Math.min(...values)),
  STDDEV: fold(standardDeviation),
  FILL: fill,
  IF: choose,
  METRICS(args, scope) {
    const [filter] = args;
    return scope.metrics(filter?.kind === "text" ? filter.value : undefined);
  },
  PERIOD: (args, scope) => scope.periodSeconds(nameOf(args[0], "PERIOD")),
  RUNNING_SUM: series((values) => {
    let sum = 0;
    return values.map(([time, value]) => {
      sum += value;
      return [time, sum];
    });
  }),
  DIFF: series((values) => values.slice(1).map(([time, value], index) => [time, value - (values[index]?.[1] ?? 0)])),
  RATE: series((values) =>
    values.slice(1).map(([time, value], index) => {
      const [beforeTime, before] = values[index] ?? [time, value];
      return [time, (value - before) / (time - beforeTime)];
    }),
  ),
};

function each(apply: (value: number) => number): MathFunction {
  return (args, scope) => lift(apply, argument(args, 0, scope));
}

/** Over one series: a number. Over an array: a series, point by point over the members that have the point. */
function fold(reduce: (values: number[]) => number): MathFunction {
  return (args, scope) => {
    const value = argument(args, 0, scope);
    if (typeof value === "number") return value;
    if (value instanceof Map) return value.size === 0 ? new Map() : reduce([...(value as TimeSeries).values()]);
    if (typeof value === "string") throw unsupported("text as a number");
    const members = value as readonly (number | TimeSeries)[];
    const lists = members.filter((member): member is TimeSeries => typeof member !== "number");
    if (lists.length === 0) return reduce(members as number[]);
    const times = [...new Set(lists.flatMap((member) => [...member.keys()]))].sort((a, b) => a - b);
    return pointwise(times, (time) =>
      reduce(
        members.flatMap((member) => {
          const at = typeof member === "number" ? member : member.get(time);
          return at === undefined ? [] : [at];
        }),
      ),
    );
  };
}

function series(change: (values: [number, number][]) => [number, number][]): MathFunction {
  return (args, scope) => {
    const value = argument(args, 0, scope);
    if (!(value instanceof Map)) throw unsupported("this function over anything but one series");
    const ordered = [...(value as TimeSeries)].sort(([a], [b]) => a - b) as [number, number][];
    return new Map(change(ordered).filter(([, result]) => Number.isFinite(result)));
  };
}

/** FILL(series, number | REPEAT | LINEAR): https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html */
function fill(args: readonly Expression[], scope: MathScope): MathValue {
  const source = argument(args, 0, scope);
  const filled = (points: TimeSeries): TimeSeries => {
    const mode = args[1]?.kind === "name" ? args[1].name : undefined;
    if (mode === "REPEAT") return repeat(points, scope.times);
    if (mode === "LINEAR") return linear(points, scope.times);
    const value = argument(args, 1, scope);
    if (typeof value === "number") return pointwise(scope.times, (time) => points.get(time) ?? value);
    if (value instanceof Map) {
      return pointwise(scope.times, (time) => points.get(time) ?? (value as TimeSeries).get(time) ?? Number.NaN);
    }
    throw unsupported("this filler in FILL");
  };
  if (source instanceof Map) return filled(source as TimeSeries);
  if (Array.isArray(source)) {
    return (source as (number | TimeSeries)[]).map((one) => (typeof one === "number" ? one : filled(one)));
  }
  return source;
}

function repeat(points: TimeSeries, times: readonly number[]): TimeSeries {
  let last = Number.NaN;
  return pointwise(times, (time) => {
    last = points.get(time) ?? last;
    return last;
  });
}

function linear(points: TimeSeries, times: readonly number[]): TimeSeries {
  const known = [...points.keys()].sort((a, b) => a - b);
  return pointwise(times, (time) => {
    const value = points.get(time);
    if (value !== undefined) return value;
    const before = known.filter((one) => one < time).at(-1);
    const after = known.find((one) => one > time);
    if (before === undefined || after === undefined) return points.get(before ?? after ?? time) ?? Number.NaN;
    const start = points.get(before) ?? Number.NaN;
    const end = points.get(after) ?? Number.NaN;
    return start + ((end - start) * (time - before)) / (after - before);
  });
}

function choose(args: readonly Expression[], scope: MathScope): MathValue {
  const condition = argument(args, 0, scope);
  const whenTrue = argument(args, 1, scope);
  const whenFalse = args.length > 2 ? argument(args, 2, scope) : undefined;
  if (typeof condition === "number") return (condition === 0 ? whenFalse : whenTrue) ?? new Map();
  if (!(condition instanceof Map)) throw unsupported("this condition in IF");
  const at = (value: MathValue | undefined, time: number): number => {
    if (typeof value === "number") return value;
    return value instanceof Map ? ((value as TimeSeries).get(time) ?? Number.NaN) : Number.NaN;
  };
  const test = condition as TimeSeries;
  return pointwise([...test.keys()], (time) => at(test.get(time) === 0 ? whenFalse : whenTrue, time));
}

function standardDeviation(values: number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

function argument(args: readonly Expression[], index: number, scope: MathScope): MathValue {
  const expression = args[index];
  if (!expression)
    throw new AwsError("InvalidParameterValueException", 400, "A metric math function lacks an argument");
  return evaluate(expression, scope);
}

function nameOf(expression: Expression | undefined, what: string): string {
  if (expression?.kind === "name") return expression.name;
  throw new AwsError("InvalidParameterValueException", 400, `${what} needs the id of a metric`);
}
