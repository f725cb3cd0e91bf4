import { AwsError } from "../../kernel/aws-error.ts";
import type { Operation } from "../../kernel/cloud.ts";
import { paginate } from "../../kernel/paginate.ts";
import { type AlarmWorld, changeState } from "./alarm-evaluator.ts";
import { alarmQueries, recordHistory } from "./alarm-record.ts";
import { breaches } from "./alarm-state.ts";
import { percentileOf } from "./buckets.ts";
import { parseExpression } from "./metric-math/parse.ts";
import type { AlarmConfiguration, AlarmRecord, AlarmStateValue, Dimension } from "./types.ts";

interface Tag {
  Key: string;
  Value: string;
}

interface DescribeAlarmsInput {
  AlarmNames?: string[];
  AlarmNamePrefix?: string;
  AlarmTypes?: string[];
  StateValue?: string;
  ActionPrefix?: string;
  MaxRecords?: number;
  NextToken?: string;
}

const PLAIN_STATISTICS = new Set(["SampleCount", "Sum", "Average", "Minimum", "Maximum"]);

/** Operations on metric alarms. Composite alarms and anomaly detection are refused. */
export function alarmOperations(world: AlarmWorld): Record<string, Operation> {
  const { cloud, alarms, history } = world;

  function setActions(names: readonly string[], enabled: boolean): object {
    for (const name of names) {
      const alarm = alarms.get(name);
      if (alarm) alarms.set(name, { ...alarm, configuration: { ...alarm.configuration, ActionsEnabled: enabled } });
    }
    return {};
  }

  function alarmNamed(name: string): AlarmRecord {
    const alarm = alarms.get(name);
    if (!alarm) throw new AwsError("ResourceNotFound", 404, `Unknown alarm: ${name}`);
    return alarm;
  }

  return {
    PutMetricAlarm(input: AlarmConfiguration & { Tags?: Tag[] }) {
      const { Tags, ...configuration } = input;
      checkConfiguration(configuration);
      const nowMillis = cloud.now();
      const existing = alarms.get(input.AlarmName);
      alarms.set(input.AlarmName, {
        configuration,
        arn: `arn:${cloud.partition}:cloudwatch:${cloud.region}:${cloud.accountId}:alarm:${input.AlarmName}`,
        configuredMillis: nowMillis,
        state: existing?.state ?? "INSUFFICIENT_DATA",
        stateReason: existing?.stateReason ?? "Unchecked: Initial alarm creation",
        stateReasonData: existing?.stateReasonData ?? "",
        stateUpdatedMillis: existing?.stateUpdatedMillis ?? nowMillis,
        stateTransitionedMillis: existing?.stateTransitionedMillis ?? nowMillis,
        // As in AWS, tags of an existing alarm are changed by TagResource only.
        tags: existing?.tags ?? Object.fromEntries((Tags ?? []).map((tag) => [tag.Key, tag.Value])),
      });
      const verb = existing ? "updated" : "created";
      recordHistory(history, input.AlarmName, "ConfigurationUpdate", `Alarm "${input.AlarmName}" ${verb}`, {
        type: existing ? "Update" : "Create",
      });
      return {};
    },
    DescribeAlarms(input: DescribeAlarmsInput) {
      const wantsMetric = !input.AlarmTypes || input.AlarmTypes.includes("MetricAlarm");
      const found = [...alarms.values()].filter(
        ({ configuration, state }) =>
          wantsMetric &&
          (!input.AlarmNames || input.AlarmNames.includes(configuration.AlarmName)) &&
          configuration.AlarmName.startsWith(input.AlarmNamePrefix ?? "") &&
          (input.StateValue === undefined || state === input.StateValue) &&
          (input.ActionPrefix === undefined ||
            allActions(configuration).some((arn) => arn.startsWith(input.ActionPrefix ?? ""))),
      );
      found.sort((a, b) => (a.configuration.AlarmName < b.configuration.AlarmName ? -1 : 1));
      const page = paginate(found, input.MaxRecords ?? 50, input.NextToken, invalidToken);
      return { MetricAlarms: page.items.map(alarmView), CompositeAlarms: [], NextToken: page.next };
    },
    DescribeAlarmsForMetric(input: { MetricName: string; Namespace: string; Dimensions?: Dimension[] }) {
      const wanted = dimensionKey(input.Dimensions);
      const found = [...alarms.values()].filter(
        ({ configuration }) =>
          configuration.MetricName === input.MetricName &&
          configuration.Namespace === input.Namespace &&
          dimensionKey(configuration.Dimensions) === wanted,
      );
      return { MetricAlarms: found.map(alarmView) };
    },
    DescribeAlarmHistory(input: {
      AlarmName?: string;
      HistoryItemType?: string;
      StartDate?: Date;
      EndDate?: Date;
      MaxRecords?: number;
      NextToken?: string;
      ScanBy?: string;
    }) {
      const found = [...history.table.values()].filter(
        (item) =>
          (input.AlarmName === undefined || item.alarmName === input.AlarmName) &&
          (input.HistoryItemType === undefined || item.type === input.HistoryItemType) &&
          item.timeMillis >= (input.StartDate?.getTime() ?? 0) &&
          item.timeMillis <= (input.EndDate?.getTime() ?? Number.POSITIVE_INFINITY),
      );
      if (input.ScanBy !== "TimestampAscending") found.reverse();
      const page = paginate(found, input.MaxRecords ?? 100, input.NextToken, invalidToken);
      const items = page.items.map((item) => ({
        AlarmName: item.alarmName,
        AlarmType: "MetricAlarm",
        Timestamp: new Date(item.timeMillis),
        HistoryItemType: item.type,
        HistorySummary: item.summary,
        HistoryData: item.data,
      }));
      return { AlarmHistoryItems: items, NextToken: page.next };
    },
    DeleteAlarms(input: { AlarmNames: string[] }) {
      for (const name of input.AlarmNames) alarms.delete(name);
      return {};
    },
    EnableAlarmActions: (input: { AlarmNames: string[] }) => setActions(input.AlarmNames, true),
    DisableAlarmActions: (input: { AlarmNames: string[] }) => setActions(input.AlarmNames, false),
    async SetAlarmState(input: {
      AlarmName: string;
      StateValue: AlarmStateValue;
      StateReason: string;
      StateReasonData?: string;
    }) {
      const data: unknown = input.StateReasonData === undefined ? {} : JSON.parse(input.StateReasonData);
      await changeState(world, alarmNamed(input.AlarmName), input.StateValue, input.StateReason, data as object);
      return {};
    },
    TagResource(input: { ResourceARN: string; Tags: Tag[] }) {
      const alarm = alarmNamed(nameOf(input.ResourceARN));
      const added = Object.fromEntries(input.Tags.map((tag) => [tag.Key, tag.Value]));
      alarms.set(alarm.configuration.AlarmName, { ...alarm, tags: { ...alarm.tags, ...added } });
      return {};
    },
    UntagResource(input: { ResourceARN: string; TagKeys: string[] }) {
      const alarm = alarmNamed(nameOf(input.ResourceARN));
      const tags = Object.fromEntries(Object.entries(alarm.tags).filter(([key]) => !input.TagKeys.includes(key)));
      alarms.set(alarm.configuration.AlarmName, { ...alarm, tags });
      return {};
    },
    ListTagsForResource: (input: { ResourceARN: string }) => ({
      Tags: Object.entries(alarmNamed(nameOf(input.ResourceARN)).tags).map(([Key, Value]) => ({ Key, Value })),
    }),
  };
}

/** What cannot be evaluated is refused when the alarm is made, not when it should ring. */
function checkConfiguration(configuration: AlarmConfiguration): void {
  if ((configuration.MetricName === undefined) === (configuration.Metrics === undefined)) {
    throw combination("Exactly one of the parameters MetricName and Metrics must be given.");
  }
  for (const name of ["EvaluationPeriods", "ComparisonOperator", "Threshold"] as const) {
    if (configuration[name] === undefined) {
      throw new AwsError("MissingRequiredParameterException", 400, `The parameter ${name} is required.`);
    }
  }
  if (configuration.MetricName !== undefined) {
    if (configuration.Period === undefined || configuration.Namespace === undefined) {
      throw new AwsError("MissingRequiredParameterException", 400, "The parameters Namespace and Period are required.");
    }
    if ((configuration.Statistic === undefined) === (configuration.ExtendedStatistic === undefined)) {
      throw combination("Exactly one of the parameters Statistic and ExtendedStatistic must be given.");
    }
  }
  breaches(0, configuration.ComparisonOperator ?? "", 0);
  const queries = alarmQueries(configuration);
  if (queries.filter((query) => query.ReturnData !== false).length !== 1) {
    throw combination("Exactly one element of Metrics must return data.");
  }
  for (const query of queries) {
    if (query.Expression !== undefined) parseExpression(query.Expression);
    const statistic = query.MetricStat?.Stat;
    if (statistic !== undefined && !PLAIN_STATISTICS.has(statistic)) percentileOf(statistic);
  }
}

function alarmView(alarm: AlarmRecord) {
  return {
    ActionsEnabled: true,
    OKActions: [],
    AlarmActions: [],
    InsufficientDataActions: [],
    ...(alarm.configuration.MetricName === undefined ? {} : { Dimensions: [] }),
    ...alarm.configuration,
    AlarmArn: alarm.arn,
    AlarmConfigurationUpdatedTimestamp: new Date(alarm.configuredMillis),
    StateValue: alarm.state,
    StateReason: alarm.stateReason,
    StateReasonData: alarm.stateReasonData || undefined,
    StateUpdatedTimestamp: new Date(alarm.stateUpdatedMillis),
    StateTransitionedTimestamp: new Date(alarm.stateTransitionedMillis),
  };
}

function allActions(configuration: AlarmConfiguration): string[] {
  const { AlarmActions = [], OKActions = [], InsufficientDataActions = [] } = configuration;
  return [...AlarmActions, ...OKActions, ...InsufficientDataActions];
}

function dimensionKey(dimensions: readonly Dimension[] | undefined): string {
  return JSON.stringify((dimensions ?? []).map(({ Name, Value }) => `${Name}=${Value}`).sort());
}

function nameOf(arn: string): string {
  return arn.split(":").slice(6).join(":");
}

function combination(message: string): AwsError {
  return new AwsError("InvalidParameterCombinationException", 400, message);
}

function invalidToken(): AwsError {
  return new AwsError("InvalidNextToken", 400, "Invalid NextToken");
}
