import { AwsError } from "../../kernel/aws-error.ts";
import { mergeBuckets, statisticOf } from "./buckets.ts";
import { evaluate, type MathScope, type MathValue, type TimeSeries } from "./metric-math/evaluate.ts";
import { parseExpression } from "./metric-math/parse.ts";
import type { MetricStore } from "./metric-store.ts";
import type { MetricDataQuery, MetricIdentity } from "./types.ts";

/** Spans of time, all of the same length; `starts` are epoch seconds, ascending. */
export interface Windows {
  readonly starts: readonly number[];
  readonly lengthSeconds: number;
}

/** Spans aligned to multiples of the period that cover [start, end). */
export function alignedWindows(startMillis: number, endMillis: number, periodSeconds: number): Windows {
  const first = Math.floor(startMillis / 1_000 / periodSeconds) * periodSeconds;
  const starts: number[] = [];
  for (let start = first; start * 1_000 < endMillis; start += periodSeconds) starts.push(start);
  return { starts, lengthSeconds: periodSeconds };
}

/** The statistic of a metric for each window that holds data. */
export function statisticSeries(
  store: MetricStore,
  metric: MetricIdentity,
  statistic: string,
  unit: string | undefined,
  windows: Windows,
): TimeSeries {
  const result = new Map<number, number>();
  const series = store.find(metric);
  const [first] = windows.starts;
  const last = windows.starts.at(-1);
  if (!series || first === undefined || last === undefined) return result;
  const end = last + windows.lengthSeconds;
  const seconds = [...series.buckets.keys()].filter((second) => second >= first && second < end);
  for (const start of windows.starts) {
    const inside = seconds
      .filter((second) => second >= start && second < start + windows.lengthSeconds)
      .flatMap((second) => series.buckets.get(second) ?? []);
    const bucket = mergeBuckets(inside.filter((one) => unit === undefined || one.unit === unit));
    const value = bucket && statisticOf(bucket, statistic);
    if (value !== undefined) result.set(start, value);
  }
  return result;
}

/** Answers metric data queries: metrics and expressions over each other's ids. `windowsOf` chooses the spans of a period. */
export class QueryRun {
  readonly #store: MetricStore;
  readonly #queries: ReadonlyMap<string, MetricDataQuery>;
  readonly #windowsOf: (periodSeconds: number) => Windows;
  readonly #results = new Map<string, TimeSeries>();
  readonly #running = new Set<string>();

  constructor(store: MetricStore, queries: readonly MetricDataQuery[], windowsOf: (periodSeconds: number) => Windows) {
    this.#store = store;
    this.#queries = new Map(queries.map((query) => [query.Id, query]));
    this.#windowsOf = windowsOf;
  }

  /** The series of a query. A number becomes a series that has it in every window. */
  result(id: string): TimeSeries {
    const known = this.#results.get(id);
    if (known) return known;
    const query = this.#queries.get(id);
    if (!query) throw invalid(`Unknown id '${id}' in an expression`);
    if (this.#running.has(id)) throw invalid(`The expression '${id}' refers to itself`);
    this.#running.add(id);
    const series = query.MetricStat ? this.#metric(query) : this.#expression(query);
    this.#running.delete(id);
    this.#results.set(id, series);
    return series;
  }

  periodSeconds(id: string): number {
    const query = this.#queries.get(id);
    if (!query) throw invalid(`Unknown id '${id}' in an expression`);
    return query.MetricStat?.Period ?? query.Period ?? this.#longestPeriod();
  }

  #longestPeriod(): number {
    return Math.max(1, ...[...this.#queries.values()].map((query) => query.MetricStat?.Period ?? query.Period ?? 0));
  }

  #metric({ Id, MetricStat: stat }: MetricDataQuery): TimeSeries {
    if (!stat) throw invalid(`The query '${Id}' has neither MetricStat nor Expression`);
    return statisticSeries(this.#store, stat.Metric, stat.Stat, stat.Unit, this.#windowsOf(stat.Period));
  }

  #expression(query: MetricDataQuery): TimeSeries {
    if (query.Expression === undefined) throw invalid(`The query '${query.Id}' has neither MetricStat nor Expression`);
    const times = this.#windowsOf(this.periodSeconds(query.Id)).starts;
    const scope: MathScope = {
      series: (id) => this.result(id),
      metrics: (filter) =>
        [...this.#queries.values()]
          .filter((one) => one.MetricStat && (filter === undefined || one.Id.includes(filter)))
          .map((one) => this.result(one.Id)),
      periodSeconds: (id) => this.periodSeconds(id),
      times,
    };
    return asSeries(evaluate(parseExpression(query.Expression), scope), times, query.Expression);
  }
}

function asSeries(value: MathValue, times: readonly number[], expression: string): TimeSeries {
  if (typeof value === "number") return new Map(times.map((time) => [time, value]));
  if (value instanceof Map) return value;
  throw invalid(`The expression '${expression}' gives several time series; the local cloud returns one an expression`);
}

function invalid(message: string): AwsError {
  return new AwsError("InvalidParameterValueException", 400, message);
}
