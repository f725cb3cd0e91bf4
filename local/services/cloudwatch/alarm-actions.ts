import type { Cloud } from "../../kernel/cloud.ts";
import { alarmEventConfiguration, type HistoryWriter, recordHistory } from "./alarm-record.ts";
import type { AlarmConfiguration, AlarmRecord, AlarmStateValue } from "./types.ts";

/** Tells the world that an alarm changed its state: an EventBridge event, and the actions configured for the new state. */
export async function announce(
  cloud: Cloud,
  history: HistoryWriter,
  alarm: AlarmRecord,
  before: AlarmRecord,
): Promise<void> {
  const { configuration } = alarm;
  cloud.publish({
    source: "aws.cloudwatch",
    detailType: "CloudWatch Alarm State Change",
    resources: [alarm.arn],
    detail: {
      alarmName: configuration.AlarmName,
      state: stateView(alarm),
      previousState: stateView(before),
      configuration: alarmEventConfiguration(configuration),
    },
  });
  if (configuration.ActionsEnabled === false) return;
  await Promise.all(actionsOf(configuration, alarm.state).map((arn) => act(cloud, history, alarm, before.state, arn)));
}

function actionsOf(configuration: AlarmConfiguration, state: AlarmStateValue): readonly string[] {
  if (state === "ALARM") return configuration.AlarmActions ?? [];
  return (state === "OK" ? configuration.OKActions : configuration.InsufficientDataActions) ?? [];
}

async function act(
  cloud: Cloud,
  history: HistoryWriter,
  alarm: AlarmRecord,
  oldState: AlarmStateValue,
  arn: string,
): Promise<void> {
  const name = alarm.configuration.AlarmName;
  try {
    await perform(cloud, alarm, oldState, arn);
    recordHistory(history, name, "Action", `Successfully executed action ${arn}`, { actionState: "Succeeded" });
  } catch (error) {
    // As in AWS a failing action does not stop the alarm; it is told in the history and in the cloud's log.
    const reason = error instanceof Error ? error.message : String(error);
    recordHistory(history, name, "Action", `Failed to execute action ${arn}. Received error: ${reason}`, {
      actionState: "Failed",
      error: reason,
    });
    cloud.log("cloudwatch", "alarm action failed", { alarm: name, action: arn, error: reason });
  }
}

async function perform(cloud: Cloud, alarm: AlarmRecord, oldState: AlarmStateValue, arn: string): Promise<void> {
  const service = arn.split(":")[2];
  if (service === "sns") {
    const message = {
      TopicArn: arn,
      Subject: `${alarm.state}: "${alarm.configuration.AlarmName}" in ${cloud.region}`.slice(0, 100),
      Message: JSON.stringify(snsMessage(cloud, alarm, oldState)),
    };
    await cloud.call("sns", "Publish", message, { arn: "cloudwatch.amazonaws.com", sourceArn: alarm.arn });
  } else if (service === "lambda") {
    const payload = {
      source: "aws.cloudwatch",
      alarmArn: alarm.arn,
      accountId: cloud.accountId,
      time: new Date(alarm.stateUpdatedMillis).toISOString(),
      region: cloud.region,
      alarmData: {
        alarmName: alarm.configuration.AlarmName,
        state: stateView(alarm),
        configuration: alarmEventConfiguration(alarm.configuration),
      },
    };
    const invocation = {
      FunctionName: arn,
      InvocationType: "Event",
      Payload: Buffer.from(JSON.stringify(payload), "utf8"),
    };
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html
    const principal = { arn: "lambda.alarms.cloudwatch.amazonaws.com", sourceArn: alarm.arn };
    await cloud.call("lambda", "Invoke", invocation, principal);
  } else throw new Error(`the local cloud supports alarm actions to SNS topics and Lambda functions only, got ${arn}`);
}

function stateView(alarm: AlarmRecord) {
  return {
    value: alarm.state,
    reason: alarm.stateReason,
    reasonData: alarm.stateReasonData,
    timestamp: new Date(alarm.stateUpdatedMillis).toISOString().replace("Z", "+0000"),
  };
}

function snsMessage(cloud: Cloud, alarm: AlarmRecord, oldState: AlarmStateValue) {
  const { configuration } = alarm;
  return {
    AlarmName: configuration.AlarmName,
    AlarmDescription: configuration.AlarmDescription ?? null,
    AWSAccountId: cloud.accountId,
    AlarmConfigurationUpdatedTimestamp: new Date(alarm.configuredMillis).toISOString().replace("Z", "+0000"),
    NewStateValue: alarm.state,
    NewStateReason: alarm.stateReason,
    StateChangeTime: new Date(alarm.stateUpdatedMillis).toISOString().replace("Z", "+0000"),
    Region: cloud.region,
    AlarmArn: alarm.arn,
    OldStateValue: oldState,
    OKActions: configuration.OKActions ?? [],
    AlarmActions: configuration.AlarmActions ?? [],
    InsufficientDataActions: configuration.InsufficientDataActions ?? [],
    Trigger: {
      MetricName: configuration.MetricName,
      Namespace: configuration.Namespace,
      StatisticType: "Statistic",
      Statistic: (configuration.Statistic ?? configuration.ExtendedStatistic)?.toUpperCase(),
      Unit: configuration.Unit ?? null,
      Dimensions: (configuration.Dimensions ?? []).map(({ Name, Value }) => ({ name: Name, value: Value })),
      Period: configuration.Period,
      Metrics: configuration.Metrics,
      EvaluationPeriods: configuration.EvaluationPeriods,
      DatapointsToAlarm: configuration.DatapointsToAlarm,
      ComparisonOperator: configuration.ComparisonOperator,
      Threshold: configuration.Threshold,
      TreatMissingData: configuration.TreatMissingData ?? "missing",
      EvaluateLowSampleCountPercentile: configuration.EvaluateLowSampleCountPercentile ?? "",
    },
  };
}
