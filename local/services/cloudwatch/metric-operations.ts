import { AwsError } from "../../kernel/aws-error.ts";
import type { Cloud, Operation, RequestContext } from "../../kernel/cloud.ts";
import { paginate } from "../../kernel/paginate.ts";
import type { Sample } from "./buckets.ts";
import { alignedWindows, QueryRun, statisticSeries } from "./metric-queries.ts";
import type { MetricStore } from "./metric-store.ts";
import type { Dimension, MetricDataQuery } from "./types.ts";

interface MetricDatum {
  MetricName: string;
  Dimensions?: Dimension[];
  Timestamp?: Date;
  Value?: number;
  StatisticValues?: { SampleCount: number; Sum: number; Minimum: number; Maximum: number };
  Values?: number[];
  Counts?: number[];
  Unit?: string;
}

interface PutMetricDataInput {
  Namespace: string;
  MetricData?: MetricDatum[];
  EntityMetricData?: { MetricData?: MetricDatum[] }[];
}

interface GetMetricDataInput {
  MetricDataQueries: MetricDataQuery[];
  StartTime: Date;
  EndTime: Date;
  ScanBy?: "TimestampDescending" | "TimestampAscending";
}

interface GetMetricStatisticsInput {
  Namespace: string;
  MetricName: string;
  Dimensions?: Dimension[];
  StartTime: Date;
  EndTime: Date;
  Period: number;
  Statistics?: string[];
  ExtendedStatistics?: string[];
  Unit?: string;
}

const FUTURE_LIMIT_MILLIS = 2 * 3_600_000;
const PAST_LIMIT_MILLIS = 14 * 86_400_000;

/** Writing and reading metric data. */
export function metricOperations(cloud: Cloud, store: MetricStore): Record<string, Operation> {
  return {
    PutMetricData(input: PutMetricDataInput, { principal }: RequestContext) {
      if (input.Namespace.startsWith("AWS/") && principal.arn !== "service") {
        throw invalidValue("The value AWS/ for parameter Namespace is invalid: it is reserved for AWS services.");
      }
      const data = [
        ...(input.MetricData ?? []),
        ...(input.EntityMetricData ?? []).flatMap((one) => one.MetricData ?? []),
      ];
      // All are checked before the first is stored: the call is all or nothing.
      const samples = data.map((datum) => ({
        datum,
        timeMillis: timeOf(cloud, datum),
        sample: sampleOf(datum),
      }));
      for (const { datum, timeMillis, sample } of samples) {
        const { MetricName, Dimensions } = datum;
        store.add(
          { Namespace: input.Namespace, MetricName, ...(Dimensions ? { Dimensions } : {}) },
          timeMillis,
          sample,
        );
      }
      return {};
    },
    GetMetricData(input: GetMetricDataInput) {
      if (input.StartTime >= input.EndTime) {
        throw invalidValue("The parameter StartTime must be less than the parameter EndTime.");
      }
      const run = new QueryRun(store, input.MetricDataQueries, (period) =>
        alignedWindows(input.StartTime.getTime(), input.EndTime.getTime(), period),
      );
      const ascending = input.ScanBy === "TimestampAscending";
      const returned = input.MetricDataQueries.filter((query) => query.ReturnData !== false);
      return {
        MetricDataResults: returned.map((query) => {
          const points = [...run.result(query.Id)].sort(([a], [b]) => (ascending ? a - b : b - a));
          return {
            Id: query.Id,
            Label: query.Label ?? query.MetricStat?.Metric.MetricName ?? query.Id,
            Timestamps: points.map(([second]) => new Date(second * 1_000)),
            Values: points.map(([, value]) => value),
            StatusCode: "Complete",
          };
        }),
        Messages: [],
      };
    },
    GetMetricStatistics(input: GetMetricStatisticsInput) {
      return { Label: input.MetricName, Datapoints: datapoints(store, input) };
    },
    ListMetrics(input: {
      Namespace?: string;
      MetricName?: string;
      Dimensions?: { Name: string; Value?: string }[];
      NextToken?: string;
    }) {
      const found = store
        .all()
        .filter(
          (series) =>
            (input.Namespace === undefined || series.namespace === input.Namespace) &&
            (input.MetricName === undefined || series.metricName === input.MetricName) &&
            (input.Dimensions ?? []).every((wanted) =>
              series.dimensions.some(
                (one) => one.Name === wanted.Name && (wanted.Value === undefined || one.Value === wanted.Value),
              ),
            ),
        );
      const page = paginate(
        found,
        500,
        input.NextToken,
        () => new AwsError("InvalidNextToken", 400, "Invalid NextToken"),
      );
      return {
        Metrics: page.items.map((series) => ({
          Namespace: series.namespace,
          MetricName: series.metricName,
          Dimensions: [...series.dimensions],
        })),
        NextToken: page.next,
      };
    },
  };
}

function datapoints(store: MetricStore, input: GetMetricStatisticsInput) {
  const windows = alignedWindows(input.StartTime.getTime(), input.EndTime.getTime(), input.Period);
  const statistics = [...(input.Statistics ?? []), ...(input.ExtendedStatistics ?? [])];
  if (statistics.length === 0) {
    throw new AwsError(
      "InvalidParameterCombinationException",
      400,
      "At least one of the parameters Statistics and ExtendedStatistics must be given.",
    );
  }
  const byStatistic = new Map(
    statistics.map((statistic) => [statistic, statisticSeries(store, input, statistic, input.Unit, windows)]),
  );
  const unit = [...(store.find(input)?.buckets.values() ?? [])].find((bucket) => bucket.unit)?.unit ?? "None";
  const times = new Set([...byStatistic.values()].flatMap((series) => [...series.keys()]));
  return [...times].map((second) => ({
    Timestamp: new Date(second * 1_000),
    ...Object.fromEntries((input.Statistics ?? []).map((name) => [name, byStatistic.get(name)?.get(second)])),
    ...(input.ExtendedStatistics
      ? {
          ExtendedStatistics: Object.fromEntries(
            input.ExtendedStatistics.map((name) => [name, byStatistic.get(name)?.get(second)]),
          ),
        }
      : {}),
    Unit: input.Unit ?? unit,
  }));
}

function timeOf(cloud: Cloud, datum: MetricDatum): number {
  const nowMillis = cloud.now();
  const timeMillis = datum.Timestamp?.getTime() ?? nowMillis;
  if (timeMillis > nowMillis + FUTURE_LIMIT_MILLIS || timeMillis < nowMillis - PAST_LIMIT_MILLIS) {
    throw invalidValue(
      `The parameter MetricData.Timestamp ${new Date(timeMillis).toISOString()} must be within the last two weeks and at most two hours ahead.`,
    );
  }
  return timeMillis;
}

function sampleOf(datum: MetricDatum): Sample {
  const unit = datum.Unit === undefined ? {} : { unit: datum.Unit };
  const given = [datum.Value, datum.Values, datum.StatisticValues].filter((one) => one !== undefined);
  if (given.length !== 1) {
    throw new AwsError(
      "InvalidParameterCombinationException",
      400,
      `Exactly one of the parameters Value, Values and StatisticValues must be given for ${datum.MetricName}.`,
    );
  }
  if (datum.StatisticValues) {
    const { SampleCount: count, Sum: sum, Minimum: min, Maximum: max } = datum.StatisticValues;
    for (const value of [count, sum, min, max]) checkFinite(value, datum.MetricName);
    return { ...unit, summary: { count, sum, min, max } };
  }
  const values = datum.Values ?? [datum.Value ?? Number.NaN];
  if (datum.Counts && datum.Counts.length !== values.length) {
    throw invalidValue(`The parameters Values and Counts must have the same length for ${datum.MetricName}.`);
  }
  return {
    ...unit,
    values: values.map((value, index) => {
      checkFinite(value, datum.MetricName);
      return [value, datum.Counts?.[index] ?? 1];
    }),
  };
}

function checkFinite(value: number, metricName: string): void {
  if (!Number.isFinite(value)) throw invalidValue(`The value ${value} of ${metricName} is not a finite number.`);
}

function invalidValue(message: string): AwsError {
  return new AwsError("InvalidParameterValueException", 400, message);
}
