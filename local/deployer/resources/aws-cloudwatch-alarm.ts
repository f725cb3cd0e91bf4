import { callAws } from "../call-aws.ts";
import { type Properties, pick, type ResourceContext, type ResourceProvider, textOf } from "../resource-provider.ts";

const SETTINGS = [
  "ActionsEnabled",
  "AlarmActions",
  "AlarmDescription",
  "ComparisonOperator",
  "DatapointsToAlarm",
  "Dimensions",
  "EvaluateLowSampleCountPercentile",
  "EvaluationPeriods",
  "ExtendedStatistic",
  "InsufficientDataActions",
  "MetricName",
  "Metrics",
  "Namespace",
  "OKActions",
  "Period",
  "Statistic",
  "Threshold",
  "ThresholdMetricId",
  "TreatMissingData",
  "Unit",
];

/** AWS::CloudWatch::Alarm: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudwatch-alarm.html */
export const cloudwatchAlarm: ResourceProvider = {
  type: "AWS::CloudWatch::Alarm",
  properties: new Set([...SETTINGS, "AlarmName", "Tags"]),
  replaceOn: ["AlarmName"],
  create: (context, properties) =>
    put(context, textOf(properties, "AlarmName") ?? context.physicalName(255), properties),
  update: (context, properties, current) => put(context, current.physicalId, properties),
  async delete({ cloud }, current) {
    await callAws(cloud, "cloudwatch", "DeleteAlarms", { AlarmNames: [current.physicalId] });
  },
};

async function put({ cloud }: ResourceContext, name: string, properties: Properties) {
  await callAws(cloud, "cloudwatch", "PutMetricAlarm", { AlarmName: name, ...pick(properties, [...SETTINGS, "Tags"]) });
  const arn = `arn:${cloud.partition}:cloudwatch:${cloud.region}:${cloud.accountId}:alarm:${name}`;
  return { physicalId: name, attributes: { Arn: arn } };
}
