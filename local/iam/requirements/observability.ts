import {
  arnOf,
  type Derivation,
  type Input,
  list,
  type Place,
  type ServiceTable,
  tagContext,
  text,
} from "./requirement.ts";

const alarmArn = (place: Place, name: string): string => arnOf(place, "cloudwatch", `alarm:${name}`);

const namesOf = (input: Input, member: string): readonly string[] =>
  Array.isArray(input[member]) ? (input[member] as string[]) : [];

const putAlarm =
  (action: string): Derivation =>
  (input, place) => {
    const resource = alarmArn(place, text(input, "AlarmName"));
    const tags = list(input, "Tags");
    const actions = namesOf(input, "AlarmActions");
    return [
      {
        action: `cloudwatch:${action}`,
        resource,
        context: {
          ...(tags.length > 0 ? tagContext(tags) : {}),
          ...(actions.length > 0 ? { "cloudwatch:AlarmActions": actions } : {}),
        },
      },
      ...(tags.length > 0 ? [{ action: "cloudwatch:TagResource", resource, context: tagContext(tags) }] : []),
    ];
  };

const onAlarms =
  (action: string): Derivation =>
  (input, place) =>
    namesOf(input, "AlarmNames").map((name) => ({ action: `cloudwatch:${action}`, resource: alarmArn(place, name) }));

const anywhere =
  (action: string): Derivation =>
  () => [{ action, resource: "*" }];

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html */
export const cloudwatchTable: ServiceTable = {
  PutMetricAlarm: putAlarm("PutMetricAlarm"),
  PutCompositeAlarm: putAlarm("PutCompositeAlarm"),
  DeleteAlarms: onAlarms("DeleteAlarms"),
  EnableAlarmActions: onAlarms("EnableAlarmActions"),
  DisableAlarmActions: onAlarms("DisableAlarmActions"),
  SetAlarmState: (input, place) => [
    { action: "cloudwatch:SetAlarmState", resource: alarmArn(place, text(input, "AlarmName")) },
  ],
  // CloudWatch checks these against all alarms, whatever names are asked for.
  DescribeAlarms: (_input, place) => [{ action: "cloudwatch:DescribeAlarms", resource: alarmArn(place, "*") }],
  DescribeAlarmHistory: (_input, place) => [
    { action: "cloudwatch:DescribeAlarmHistory", resource: alarmArn(place, "*") },
  ],
  PutMetricData: (input) => [
    {
      action: "cloudwatch:PutMetricData",
      resource: "*",
      context: { "cloudwatch:namespace": text(input, "Namespace") },
    },
  ],
  GetMetricData: anywhere("cloudwatch:GetMetricData"),
  GetMetricStatistics: anywhere("cloudwatch:GetMetricStatistics"),
  ListMetrics: anywhere("cloudwatch:ListMetrics"),
  DescribeAlarmsForMetric: anywhere("cloudwatch:DescribeAlarmsForMetric"),
};

const groupArn = (input: Input, place: Place): string =>
  arnOf(place, "logs", `log-group:${text(input, "logGroupName")}:log-stream:`);

const onGroup =
  (action: string): Derivation =>
  (input, place) => [{ action: `logs:${action}`, resource: groupArn(input, place) }];

const onStream =
  (action: string): Derivation =>
  (input, place) => [{ action: `logs:${action}`, resource: groupArn(input, place) + text(input, "logStreamName") }];

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html */
export const logsTable: ServiceTable = {
  CreateLogGroup: onGroup("CreateLogGroup"),
  DeleteLogGroup: onGroup("DeleteLogGroup"),
  PutRetentionPolicy: onGroup("PutRetentionPolicy"),
  DescribeLogStreams: onGroup("DescribeLogStreams"),
  FilterLogEvents: onGroup("FilterLogEvents"),
  CreateLogStream: onStream("CreateLogStream"),
  DeleteLogStream: onStream("DeleteLogStream"),
  PutLogEvents: onStream("PutLogEvents"),
  GetLogEvents: onStream("GetLogEvents"),
  DescribeLogGroups: (_input, place) => [
    { action: "logs:DescribeLogGroups", resource: arnOf(place, "logs", "log-group::log-stream:") },
  ],
};
