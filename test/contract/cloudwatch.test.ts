import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DeleteDashboardsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  GetDashboardCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  PutDashboardCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CloudEvent } from "../../local/kernel/cloud.ts";
import type { EventSink } from "../../local/kernel/event-sink.ts";
import { createCloudwatch } from "../../local/services/cloudwatch/index.ts";
import { type StartedCloud, startCloud } from "../support/start-cloud.ts";

let cloud: StartedCloud;
let cloudwatch: CloudWatchClient;
const events: CloudEvent[] = [];
const notifications: { TopicArn: string; Message: string }[] = [];

beforeAll(async () => {
  const sink: EventSink = { id: "events", operations: {}, deliver: (event) => events.push(event) };
  const sns = {
    id: "sns",
    operations: {
      Publish: (input: { TopicArn: string; Message: string }) => {
        notifications.push(input);
        return { MessageId: "1" };
      },
    },
  };
  cloud = await startCloud({ factories: [createCloudwatch, () => sink, () => sns] });
  cloudwatch = new CloudWatchClient(cloud.clientConfig);
});
afterAll(async () => {
  await cloud.stop();
});

const MINUTE = 60_000;
const Namespace = "Contract";
/** The last whole minute that is over: all times of a test lie around it. */
const base = new Date(Math.floor(Date.now() / MINUTE) * MINUTE - 10 * MINUTE);
const at = (minutes: number): Date => new Date(base.getTime() + minutes * MINUTE);

async function until(check: () => Promise<boolean>): Promise<void> {
  for (const started = Date.now(); Date.now() - started < 20_000; ) {
    if (await check()) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error("it did not happen within 20 s");
}

describe("metrics", () => {
  it("are aggregated by period and statistic", async () => {
    const Dimensions = [{ Name: "Model", Value: "m" }];
    await cloudwatch.send(
      new PutMetricDataCommand({
        Namespace,
        MetricData: [
          {
            MetricName: "Latency",
            Dimensions,
            Timestamp: at(0),
            Values: [10, 20, 30],
            Counts: [1, 2, 1],
            Unit: "Milliseconds",
          },
          { MetricName: "Latency", Dimensions, Timestamp: at(1), Value: 100, Unit: "Milliseconds" },
        ],
      }),
    );
    const { Datapoints } = await cloudwatch.send(
      new GetMetricStatisticsCommand({
        Namespace,
        MetricName: "Latency",
        Dimensions,
        StartTime: at(0),
        EndTime: at(2),
        Period: 60,
        Statistics: ["Sum", "Average", "Minimum", "Maximum", "SampleCount"],
      }),
    );
    expect(Datapoints).toEqual(
      expect.arrayContaining([
        { Timestamp: at(0), Sum: 80, Average: 20, Minimum: 10, Maximum: 30, SampleCount: 4, Unit: "Milliseconds" },
        { Timestamp: at(1), Sum: 100, Average: 100, Minimum: 100, Maximum: 100, SampleCount: 1, Unit: "Milliseconds" },
      ]),
    );
    const { Metrics } = await cloudwatch.send(new ListMetricsCommand({ Namespace, MetricName: "Latency" }));
    expect(Metrics).toEqual([{ Namespace, MetricName: "Latency", Dimensions }]);
  });

  it("answer percentiles and expressions", async () => {
    const MetricData = Array.from({ length: 100 }, (_, index) => ({
      MetricName: "P",
      Timestamp: at(0),
      Value: index + 1,
    }));
    await cloudwatch.send(new PutMetricDataCommand({ Namespace, MetricData }));
    const metric = (name: string, Stat: string) => ({ Metric: { Namespace, MetricName: name }, Period: 60, Stat });
    const { MetricDataResults } = await cloudwatch.send(
      new GetMetricDataCommand({
        StartTime: at(0),
        EndTime: at(2),
        ScanBy: "TimestampAscending",
        MetricDataQueries: [
          { Id: "p99", MetricStat: metric("P", "p99") },
          { Id: "n", MetricStat: metric("P", "SampleCount"), ReturnData: false },
          { Id: "none", MetricStat: metric("Absent", "Sum"), ReturnData: false },
          { Id: "share", Expression: "100 * FILL(none, 0) / n + MAX([n, 1]) - 100" },
        ],
      }),
    );
    expect(MetricDataResults?.map(({ Id, Values, Timestamps }) => ({ Id, Values, Timestamps }))).toEqual([
      { Id: "p99", Values: [expect.closeTo(99.01)], Timestamps: [at(0)] },
      { Id: "share", Values: [0], Timestamps: [at(0)] },
    ]);
  });

  it("refuse what cannot be stored", async () => {
    const put = (Value: number, namespace = Namespace) =>
      cloudwatch.send(new PutMetricDataCommand({ Namespace: namespace, MetricData: [{ MetricName: "X", Value }] }));
    await expect(put(1, "AWS/Lambda")).rejects.toMatchObject({ name: "InvalidParameterValueException" });
    await expect(
      cloudwatch.send(new PutMetricDataCommand({ Namespace, MetricData: [{ MetricName: "X" }] })),
    ).rejects.toMatchObject({ name: "InvalidParameterCombinationException" });
  });

  it("take a compressed request with many data", async () => {
    const MetricData = Array.from({ length: 500 }, (_, index) => ({
      MetricName: "Many",
      Timestamp: at(3),
      Value: 1,
      Dimensions: [{ Name: "Index", Value: String(index) }],
    }));
    await cloudwatch.send(new PutMetricDataCommand({ Namespace, MetricData }));
    const { Metrics } = await cloudwatch.send(new ListMetricsCommand({ Namespace, MetricName: "Many" }));
    expect(Metrics).toHaveLength(500);
  });
});

describe("alarms", () => {
  it("ring on data, call their actions and tell EventBridge", async () => {
    const AlarmName = "contract-errors";
    const metric = (MetricName: string) => ({ Metric: { Namespace, MetricName }, Period: 60, Stat: "Sum" });
    await cloudwatch.send(
      new PutMetricAlarmCommand({
        AlarmName,
        EvaluationPeriods: 1,
        ComparisonOperator: "GreaterThanThreshold",
        Threshold: 0.1,
        TreatMissingData: "notBreaching",
        AlarmActions: ["arn:aws:sns:us-east-1:000000000000:alerts"],
        Metrics: [
          { Id: "rate", Expression: "errors / invocations", Label: "error rate" },
          { Id: "errors", MetricStat: metric("Errors"), ReturnData: false },
          { Id: "invocations", MetricStat: metric("Invocations"), ReturnData: false },
        ],
      }),
    );
    const state = async () =>
      (await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [AlarmName] }))).MetricAlarms?.[0]?.StateValue;
    expect(await state()).toBe("INSUFFICIENT_DATA");
    await until(async () => (await state()) === "OK");
    await cloudwatch.send(
      new PutMetricDataCommand({
        Namespace,
        MetricData: [
          { MetricName: "Errors", Value: 5 },
          { MetricName: "Invocations", Value: 10 },
        ],
      }),
    );
    await until(async () => (await state()) === "ALARM");
    expect(notifications).toMatchObject([{ TopicArn: "arn:aws:sns:us-east-1:000000000000:alerts" }]);
    expect(JSON.parse(notifications[0]?.Message ?? "")).toMatchObject({
      AlarmName,
      NewStateValue: "ALARM",
      OldStateValue: "OK",
    });
    expect(events.at(-1)).toMatchObject({
      source: "aws.cloudwatch",
      "detail-type": "CloudWatch Alarm State Change",
      detail: { alarmName: AlarmName, state: { value: "ALARM" }, previousState: { value: "OK" } },
    });
    const history = await cloudwatch.send(
      new DescribeAlarmHistoryCommand({ AlarmName, HistoryItemType: "StateUpdate" }),
    );
    expect(history.AlarmHistoryItems?.[0]?.HistorySummary).toBe("Alarm updated from OK to ALARM");
    await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [AlarmName] }));
    expect(await state()).toBeUndefined();
  });

  it("can be set by hand", async () => {
    const AlarmName = "contract-manual";
    await cloudwatch.send(
      new PutMetricAlarmCommand({
        AlarmName,
        Namespace,
        MetricName: "Never",
        Statistic: "Sum",
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: "GreaterThanThreshold",
        TreatMissingData: "ignore",
      }),
    );
    await cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue: "ALARM", StateReason: "drill" }));
    const { MetricAlarms } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [AlarmName] }));
    expect(MetricAlarms).toMatchObject([{ StateValue: "ALARM", StateReason: "drill", Threshold: 1 }]);
    await expect(
      cloudwatch.send(new SetAlarmStateCommand({ AlarmName: "nobody", StateValue: "OK", StateReason: "r" })),
    ).rejects.toMatchObject({ name: "ResourceNotFound" });
  });

  it("are refused when they could never be evaluated", async () => {
    const alarm = { AlarmName: "bad", Namespace, MetricName: "M", Period: 60, EvaluationPeriods: 1, Threshold: 1 };
    await expect(
      cloudwatch.send(
        new PutMetricAlarmCommand({ ...alarm, ExtendedStatistic: "tm99", ComparisonOperator: "GreaterThanThreshold" }),
      ),
    ).rejects.toThrow("tm99");
    await expect(
      cloudwatch.send(
        new PutMetricAlarmCommand({ ...alarm, Statistic: "Sum", ComparisonOperator: "GreaterThanUpperThreshold" }),
      ),
    ).rejects.toThrow("GreaterThanUpperThreshold");
  });
});

describe("dashboards", () => {
  it("are kept as they are", async () => {
    const DashboardBody = JSON.stringify({ widgets: [] });
    await cloudwatch.send(new PutDashboardCommand({ DashboardName: "d", DashboardBody }));
    expect((await cloudwatch.send(new GetDashboardCommand({ DashboardName: "d" }))).DashboardBody).toBe(DashboardBody);
    await cloudwatch.send(new DeleteDashboardsCommand({ DashboardNames: ["d"] }));
    await expect(cloudwatch.send(new GetDashboardCommand({ DashboardName: "d" }))).rejects.toMatchObject({
      name: expect.stringMatching(/ResourceNotFound|DashboardNotFoundError/),
    });
    await expect(
      cloudwatch.send(new PutDashboardCommand({ DashboardName: "d", DashboardBody: "{" })),
    ).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
  });
});
