import type { Cloud } from "../../../kernel/cloud.ts";

const FLUSH_MILLIS = 1_000;
const MINUTE_MILLIS = 60_000;
// PutMetricData takes at most 150 values a datum and 1,000 data a call.
const MAX_VALUES = 150;
const MAX_DATA = 1_000;

/** The metrics that Lambda keeps of a function. */
export type MetricName =
  | "Invocations"
  | "Errors"
  | "Throttles"
  | "Duration"
  | "AsyncEventsReceived"
  | "AsyncEventsDropped"
  | "DeadLetterErrors"
  | "DestinationDeliveryFailures";

interface Series {
  readonly name: MetricName;
  readonly functionName: string;
  readonly minuteMillis: number;
  readonly counts: Map<number, number>;
}

/** Collects `AWS/Lambda` metrics and hands them to CloudWatch once a second at most. */
export class MetricsCollector {
  readonly #cloud: Cloud;
  #series = new Map<string, Series>();
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> = Promise.resolve();

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
  }

  /** Counts one value; durations in milliseconds, all others a number of events. */
  record(functionName: string, name: MetricName, value: number): void {
    const minuteMillis = Math.floor(this.#cloud.now() / MINUTE_MILLIS) * MINUTE_MILLIS;
    const key = `${functionName}\n${name}\n${minuteMillis}`;
    let series = this.#series.get(key);
    if (series === undefined) {
      series = { name, functionName, minuteMillis, counts: new Map() };
      this.#series.set(key, series);
    }
    // Hundredths of a millisecond: what the REPORT line shows.
    const rounded = Math.round(value * 100) / 100;
    series.counts.set(rounded, (series.counts.get(rounded) ?? 0) + 1);
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MILLIS).unref();
  }

  /** Hands over everything collected so far. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const data = [...this.#series.values()].flatMap(dataOf);
    this.#series = new Map();
    this.#sending = this.#sending.then(async () => {
      for (let at = 0; at < data.length; at += MAX_DATA) {
        const MetricData = data.slice(at, at + MAX_DATA);
        try {
          await this.#cloud.call("cloudwatch", "PutMetricData", { Namespace: "AWS/Lambda", MetricData });
        } catch (error) {
          this.#cloud.log("lambda", "metrics could not be stored", { data: MetricData.length, error: String(error) });
        }
      }
    });
    return this.#sending;
  }
}

function dataOf(series: Series): object[] {
  const entries = [...series.counts];
  const data: object[] = [];
  for (let at = 0; at < entries.length; at += MAX_VALUES) {
    const part = entries.slice(at, at + MAX_VALUES);
    data.push({
      MetricName: series.name,
      Dimensions: [{ Name: "FunctionName", Value: series.functionName }],
      Timestamp: new Date(series.minuteMillis),
      Values: part.map(([value]) => value),
      Counts: part.map(([, count]) => count),
      Unit: series.name === "Duration" ? "Milliseconds" : "Count",
    });
  }
  return data;
}
