import type { LocalService } from "../../kernel/cloud.ts";

/** Name and value of a dimension. */
export interface Dimension {
  readonly Name: string;
  readonly Value: string;
}

/** What identifies a metric. */
export interface MetricIdentity {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly Dimension[];
}

/** A metric with period (seconds), statistic and unit, as GetMetricData takes it. */
export interface MetricStat {
  readonly Metric: MetricIdentity;
  readonly Period: number;
  readonly Stat: string;
  readonly Unit?: string;
}

/** One query of GetMetricData, and one metric of an alarm on an expression. */
export interface MetricDataQuery {
  readonly Id: string;
  readonly MetricStat?: MetricStat;
  readonly Expression?: string;
  readonly Label?: string;
  readonly ReturnData?: boolean;
  readonly Period?: number;
  readonly AccountId?: string;
}

export type AlarmStateValue = "OK" | "ALARM" | "INSUFFICIENT_DATA";

/** PutMetricAlarm's input without its tags. */
export interface AlarmConfiguration {
  readonly AlarmName: string;
  readonly AlarmDescription?: string;
  readonly ActionsEnabled?: boolean;
  readonly OKActions?: readonly string[];
  readonly AlarmActions?: readonly string[];
  readonly InsufficientDataActions?: readonly string[];
  readonly MetricName?: string;
  readonly Namespace?: string;
  readonly Statistic?: string;
  readonly ExtendedStatistic?: string;
  readonly Dimensions?: readonly Dimension[];
  readonly Period?: number;
  readonly Unit?: string;
  readonly EvaluationPeriods?: number;
  readonly DatapointsToAlarm?: number;
  readonly Threshold?: number;
  readonly ComparisonOperator?: string;
  readonly TreatMissingData?: string;
  readonly EvaluateLowSampleCountPercentile?: string;
  readonly Metrics?: readonly MetricDataQuery[];
}

/** An alarm and its state. Times are epoch milliseconds. */
export interface AlarmRecord {
  readonly configuration: AlarmConfiguration;
  readonly arn: string;
  readonly configuredMillis: number;
  readonly state: AlarmStateValue;
  readonly stateReason: string;
  readonly stateReasonData: string;
  readonly stateUpdatedMillis: number;
  readonly stateTransitionedMillis: number;
  readonly tags: Readonly<Record<string, string>>;
}

export interface AlarmHistoryRecord {
  readonly alarmName: string;
  readonly timeMillis: number;
  readonly type: "ConfigurationUpdate" | "StateUpdate" | "Action";
  readonly summary: string;
  readonly data: string;
}

export type CloudwatchService = LocalService;
