import { randomUUID } from "node:crypto";
import type { DurableMap } from "../../kernel/durable-map.ts";
import type { AlarmConfiguration, AlarmHistoryRecord, MetricDataQuery } from "./types.ts";

/** The table of the history and the clock. */
export interface HistoryWriter {
  readonly table: DurableMap<AlarmHistoryRecord>;
  now(): number;
}

const MAX_HISTORY = 5_000;

/** Adds a line to the history of an alarm; beyond 5,000 lines the oldest are dropped. */
export function recordHistory(
  history: HistoryWriter,
  alarmName: string,
  type: AlarmHistoryRecord["type"],
  summary: string,
  data: object,
): void {
  history.table.set(randomUUID(), {
    alarmName,
    timeMillis: history.now(),
    type,
    summary,
    data: JSON.stringify({ version: "1.0", ...data }),
  });
  const oldest = history.table.keys().next();
  if (history.table.size > MAX_HISTORY && !oldest.done) history.table.delete(oldest.value);
}

/** The metrics an alarm looks at, as queries; the query that is compared with the threshold comes last. */
export function alarmQueries(configuration: AlarmConfiguration): MetricDataQuery[] {
  if (configuration.Metrics) {
    const compared = configuration.Metrics.filter((query) => query.ReturnData !== false);
    return [...configuration.Metrics.filter((query) => query.ReturnData === false), ...compared];
  }
  return [
    {
      Id: "m1",
      MetricStat: {
        Metric: {
          Namespace: configuration.Namespace ?? "",
          MetricName: configuration.MetricName ?? "",
          ...(configuration.Dimensions ? { Dimensions: configuration.Dimensions } : {}),
        },
        Period: configuration.Period ?? 60,
        Stat: configuration.Statistic ?? configuration.ExtendedStatistic ?? "Average",
        ...(configuration.Unit === undefined ? {} : { Unit: configuration.Unit }),
      },
    },
  ];
}

/** The configuration part of the EventBridge event. */
export function alarmEventConfiguration(configuration: AlarmConfiguration) {
  return {
    description: configuration.AlarmDescription,
    metrics: alarmQueries(configuration).map((query) => ({
      id: query.Id,
      ...(query.Expression === undefined ? {} : { expression: query.Expression }),
      ...(query.MetricStat
        ? {
            metricStat: {
              metric: {
                namespace: query.MetricStat.Metric.Namespace,
                name: query.MetricStat.Metric.MetricName,
                dimensions: Object.fromEntries(
                  (query.MetricStat.Metric.Dimensions ?? []).map(({ Name, Value }) => [Name, Value]),
                ),
              },
              period: query.MetricStat.Period,
              stat: query.MetricStat.Stat,
            },
          }
        : {}),
      returnData: query.ReturnData ?? true,
    })),
  };
}
