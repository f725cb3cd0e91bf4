import type { Cloud } from "../../kernel/cloud.ts";
import { SERVICE } from "./context.ts";

/** One invocation, for CloudWatch. Latencies in microseconds, as SageMaker's metrics are. */
export interface InvocationMeasure {
  readonly endpointName: string;
  readonly variantName: string;
  readonly configName: string;
  /** HTTP status of the container; 0 when it gave no answer. */
  readonly status: number;
  readonly modelLatencyMicros: number;
  readonly overheadLatencyMicros: number;
}

/** Counts invocations and hands the counts to CloudWatch every few seconds. */
export interface InvocationMetrics {
  add(measure: InvocationMeasure): void;
  flush(): Promise<void>;
}

const FLUSH_MILLIS = 2_000;
/** PutMetricData: values a datum, data a request. */
const MAX_VALUES = 150;
const MAX_DATA = 1_000;

type Counts = Map<number, number>;

/** Makes the counter. */
export function createInvocationMetrics(cloud: Cloud): InvocationMetrics {
  let series = new Map<string, { measure: InvocationMeasure; values: Map<string, Counts> }>();
  let timer: NodeJS.Timeout | undefined;

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const counted = series;
    series = new Map();
    const data = [...counted.values()].flatMap(({ measure, values }) => dataOf(measure, values, new Date(cloud.now())));
    for (let start = 0; start < data.length; start += MAX_DATA) {
      try {
        const MetricData = data.slice(start, start + MAX_DATA);
        await cloud.call("cloudwatch", "PutMetricData", { Namespace: "AWS/SageMaker", MetricData });
      } catch (error) {
        cloud.log(SERVICE, `metrics lost: ${(error as Error).message}`);
      }
    }
  }

  return {
    add(measure) {
      const id = `${measure.endpointName}\n${measure.variantName}\n${measure.configName}`;
      const entry = series.get(id) ?? { measure, values: new Map<string, Counts>() };
      series.set(id, entry);
      const is4xx = measure.status >= 400 && measure.status < 500;
      const is5xx = measure.status === 0 || measure.status >= 500;
      count(entry.values, "Invocations", 1);
      count(entry.values, "Invocation4XXErrors", is4xx ? 1 : 0);
      count(entry.values, "Invocation5XXErrors", is5xx ? 1 : 0);
      count(entry.values, "ModelLatency", measure.modelLatencyMicros);
      count(entry.values, "OverheadLatency", measure.overheadLatencyMicros);
      timer ??= setTimeout(() => void flush(), FLUSH_MILLIS);
    },
    flush,
  };
}

function count(values: Map<string, Counts>, name: string, value: number): void {
  const counts: Counts = values.get(name) ?? new Map();
  values.set(name, counts);
  const rounded = Math.round(value);
  counts.set(rounded, (counts.get(rounded) ?? 0) + 1);
}

/**
 * The data of one variant, with and without the dimension that tells fleets apart during a deployment.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html
 */
function dataOf(measure: InvocationMeasure, values: Map<string, Counts>, timestamp: Date): object[] {
  const dimensions = [
    { Name: "EndpointName", Value: measure.endpointName },
    { Name: "VariantName", Value: measure.variantName },
  ];
  const data: object[] = [];
  for (const Dimensions of [dimensions, [...dimensions, { Name: "EndpointConfigName", Value: measure.configName }]]) {
    for (const [MetricName, counts] of values) {
      const entries = [...counts];
      for (let start = 0; start < entries.length; start += MAX_VALUES) {
        const slice = entries.slice(start, start + MAX_VALUES);
        data.push({
          MetricName,
          Dimensions,
          Timestamp: timestamp,
          Values: slice.map(([value]) => value),
          Counts: slice.map(([, times]) => times),
          Unit: MetricName.endsWith("Latency") ? "Microseconds" : "Count",
        });
      }
    }
  }
  return data;
}
