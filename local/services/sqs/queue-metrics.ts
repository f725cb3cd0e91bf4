import { AwsError } from "../../kernel/aws-error.ts";
import type { Cloud } from "../../kernel/cloud.ts";
import type { CountMessages } from "./message-operations.ts";
import type { QueueStore } from "./queue-store.ts";

/** How often a queue's metrics go to CloudWatch; AWS does it every minute, here alarms should be seen to work sooner. */
const PERIOD_MILLIS = 10_000;

/** Counts messages and sends the metrics of AWS/SQS. */
export interface QueueMetrics {
  readonly count: CountMessages;
  /** Sends what has changed, and the state of queues that are not empty. */
  push(): Promise<void>;
  start(): void;
  stop(): void;
}

/**
 * The metrics of AWS/SQS, dimension QueueName, for the queues that hold messages or whose state has changed.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
export function queueMetrics(cloud: Cloud, store: QueueStore): QueueMetrics {
  const counters = new Map<string, Map<string, number>>();
  const lastGauges = new Map<string, string>();
  let timer: NodeJS.Timeout | undefined;

  async function push(): Promise<void> {
    const timestamp = new Date(cloud.now());
    for (const queue of store.all()) {
      queue.sweep();
      const { name } = queue.record;
      const counts = queue.counts();
      const ageSeconds =
        counts.oldestSentAtMillis === undefined ? 0 : Math.floor((cloud.now() - counts.oldestSentAtMillis) / 1_000);
      const gauges = `${counts.visible} ${counts.inFlight} ${counts.delayed}`;
      const counted = counters.get(name);
      const isEmpty = counts.visible + counts.inFlight + counts.delayed === 0;
      if (isEmpty && counted === undefined && (lastGauges.get(name) ?? gauges) === gauges) continue;
      const values: [string, number, string][] = [
        ["ApproximateNumberOfMessagesVisible", counts.visible, "Count"],
        ["ApproximateNumberOfMessagesNotVisible", counts.inFlight, "Count"],
        ["ApproximateNumberOfMessagesDelayed", counts.delayed, "Count"],
        ["ApproximateAgeOfOldestMessage", ageSeconds, "Seconds"],
        ...[...(counted ?? [])].map(([metric, value]): [string, number, string] => [metric, value, "Count"]),
      ];
      await cloud.call(
        "cloudwatch",
        "PutMetricData",
        {
          Namespace: "AWS/SQS",
          MetricData: values.map(([MetricName, Value, Unit]) => ({
            MetricName,
            Value,
            Unit,
            Timestamp: timestamp,
            Dimensions: [{ Name: "QueueName", Value: name }],
          })),
        },
        { arn: "service" },
      );
      lastGauges.set(name, gauges);
      counters.delete(name);
    }
  }

  return {
    count(queue, metric, count) {
      const { name } = queue.record;
      const counted = counters.get(name) ?? new Map<string, number>();
      counters.set(name, counted);
      counted.set(`NumberOfMessages${metric}`, (counted.get(`NumberOfMessages${metric}`) ?? 0) + count);
    },
    push,
    start() {
      timer = setInterval(() => {
        push().catch((error: unknown) => {
          // Metrics must not end the cloud, and must not fail silently either.
          const code = error instanceof AwsError ? error.code : "InternalError";
          cloud.log("sqs", "could not send the queues' metrics to CloudWatch", { code, error: String(error) });
        });
      }, PERIOD_MILLIS);
      timer.unref();
    },
    stop: () => clearInterval(timer),
  };
}
