import { AwsError } from "../../kernel/aws-error.ts";
import type { AlarmStateValue } from "./types.ts";

/** What an alarm looks at: one value a period, oldest first, undefined where data is missing. */
export interface AlarmQuestion {
  readonly points: readonly (number | undefined)[];
  readonly threshold: number;
  readonly comparison: string;
  readonly datapointsToAlarm: number;
  readonly treatMissingData: string;
  readonly current: AlarmStateValue;
}

const COMPARISONS: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/** Whether a value breaches. Throws for the comparisons of anomaly detection. */
export function breaches(value: number, comparison: string, threshold: number): boolean {
  const compare = COMPARISONS[comparison];
  if (compare) return compare(value, threshold);
  throw new AwsError(
    "InvalidParameterValueException",
    400,
    `The local cloud does not support the comparison ${comparison} (anomaly detection)`,
  );
}

/**
 * Decides an alarm's state: M of the last N points must breach. Missing points count as breaching or not breaching when
 * so configured; else they are left out: `ignore` keeps the state while the rest does not decide, `missing` alarms when
 * all known points breach and the oldest of them is old enough.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function decideState(question: AlarmQuestion): AlarmStateValue {
  const { points, datapointsToAlarm, treatMissingData, current } = question;
  const verdicts = points.map((value) => {
    if (value !== undefined) return breaches(value, question.comparison, question.threshold);
    if (treatMissingData === "breaching") return true;
    return treatMissingData === "notBreaching" ? false : undefined;
  });
  const breaching = verdicts.filter((verdict) => verdict === true).length;
  const unknown = verdicts.filter((verdict) => verdict === undefined).length;
  if (breaching >= datapointsToAlarm) return "ALARM";
  if (breaching + unknown < datapointsToAlarm) return "OK";
  if (treatMissingData === "ignore") return current;
  if (unknown === verdicts.length) return "INSUFFICIENT_DATA";
  if (verdicts.includes(false)) return "OK";
  const oldest = verdicts.indexOf(true);
  return verdicts.length - oldest >= datapointsToAlarm ? "ALARM" : current;
}
