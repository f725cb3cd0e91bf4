import type { Cloud } from "../../../kernel/cloud.ts";
import type { ExecutionRecord } from "./records.ts";

/** The largest input and output that an event carries, together, in characters: EventBridge takes 256 KiB an event. */
const MAX_EVENT_DATA_CHARACTERS = 240_000;

/** How often collected metrics go to CloudWatch. */
const METRICS_MILLIS = 1_000;

/** Tells the other services what happens to executions: status events and metrics of AWS/States. */
export interface Notices {
  started(record: ExecutionRecord, input: string): void;
  ended(record: ExecutionRecord, input: string, output: string | undefined): void;
  /** Sends the metrics that were collected. */
  flush(): Promise<void>;
  stop(): void;
}

/** Metric names of the ways an execution ends: https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html */
const END_METRICS: Readonly<Record<string, string>> = {
  SUCCEEDED: "ExecutionsSucceeded",
  FAILED: "ExecutionsFailed",
  TIMED_OUT: "ExecutionsTimedOut",
  ABORTED: "ExecutionsAborted",
};

/** Makes the notices of one cloud. */
export function createNotices(cloud: Cloud): Notices {
  let pending: { MetricName: string; machineArn: string; Value: number; Unit: string; Timestamp: Date }[] = [];
  let timer: NodeJS.Timeout | undefined;

  const count = (record: ExecutionRecord, name: string, value = 1, unit = "Count") => {
    const timestamp = new Date(cloud.now());
    pending.push({ MetricName: name, machineArn: record.machineArn, Value: value, Unit: unit, Timestamp: timestamp });
    timer ??= setTimeout(() => {
      timer = undefined;
      flush().catch((error: unknown) => {
        cloud.log("stepfunctions", "could not send metrics to CloudWatch", { problem: String(error) });
      });
    }, METRICS_MILLIS).unref();
  };

  async function flush(): Promise<void> {
    const sending = pending;
    pending = [];
    for (let at = 0; at < sending.length; at += 500) {
      const data = sending.slice(at, at + 500).map(({ machineArn, ...metric }) => ({
        ...metric,
        Dimensions: [{ Name: "StateMachineArn", Value: machineArn }],
      }));
      const input = { Namespace: "AWS/States", MetricData: data };
      await cloud.call("cloudwatch", "PutMetricData", input, { arn: "service" });
    }
  }

  function publish(record: ExecutionRecord, input: string, output: string | undefined): void {
    const fits = input.length + (output?.length ?? 0) <= MAX_EVENT_DATA_CHARACTERS;
    cloud.publish({
      source: "aws.states",
      detailType: "Step Functions Execution Status Change",
      resources: [record.arn],
      detail: {
        executionArn: record.arn,
        stateMachineArn: record.machineArn,
        name: record.name,
        status: record.status,
        startDate: record.startMillis,
        stopDate: record.stopMillis ?? null,
        input: fits ? input : null,
        inputDetails: { included: fits },
        output: fits ? (output ?? null) : null,
        outputDetails: fits && output === undefined ? null : { included: fits },
        error: record.error ?? null,
        cause: record.cause ?? null,
        stateMachineVersionArn: null,
        stateMachineAliasArn: null,
        redriveCount: 0,
        redriveDate: null,
        redriveStatus: record.status === "RUNNING" ? "NOT_REDRIVABLE" : null,
        redriveStatusReason: null,
      },
    });
  }

  return {
    started(record, input) {
      count(record, "ExecutionsStarted");
      publish(record, input, undefined);
    },
    ended(record, input, output) {
      const name = END_METRICS[record.status];
      if (name !== undefined) count(record, name);
      count(record, "ExecutionTime", (record.stopMillis ?? record.startMillis) - record.startMillis, "Milliseconds");
      publish(record, input, output);
    },
    flush,
    stop() {
      clearTimeout(timer);
    },
  };
}
