import type { PlanContext } from "./context.ts";
import type { DeliveryPlanInput } from "./delivery-plan.ts";
import type { AlarmRequest } from "./requests.ts";
import { resourceTags } from "./tags.ts";

const MICROS_PER_MILLI = 1_000;

/** Names of the alarms of a delivery: two for each variant. */
export function alarmNames(configName: string, variantNames: readonly string[]): string[] {
  return variantNames.flatMap((variant) => [`${configName}-${variant}-errors`, `${configName}-${variant}-latency`]);
}

/**
 * Alarms on the new fleet only: the dimension EndpointConfigName keeps a noisy old fleet from aborting the release
 * (https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html). The average of
 * Invocation5XXErrors is the share of failing requests; ModelLatency is in microseconds
 * (https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html).
 */
export function alarmsFor(
  context: PlanContext,
  configName: string,
  endpoint: string,
  input: Pick<DeliveryPlanInput, "variants" | "alertTopicArn" | "deliveryId">,
): AlarmRequest[] {
  const { definition, stage } = context;
  const { errorRate, latencyP99Millis } = definition.delivery.alarms;
  return input.variants.flatMap((variant) => {
    const common = {
      Namespace: "AWS/SageMaker",
      Dimensions: [
        { Name: "EndpointName", Value: endpoint },
        { Name: "VariantName", Value: variant.name },
        { Name: "EndpointConfigName", Value: configName },
      ],
      Period: 60,
      EvaluationPeriods: 1,
      ComparisonOperator: "GreaterThanThreshold",
      TreatMissingData: "notBreaching",
      AlarmActions: [input.alertTopicArn],
      Tags: resourceTags(stage, definition.name, { "mlops:delivery": input.deliveryId }),
    } as const;
    const who = `version ${variant.version} of ${definition.name} (${variant.name})`;
    const [errors, latency] = alarmNames(configName, [variant.name]);
    return [
      {
        ...common,
        AlarmName: errors ?? "",
        AlarmDescription: `More than ${errorRate * 100} % of the requests to ${who} fail. Type: mlops rollback ${definition.name}`,
        MetricName: "Invocation5XXErrors",
        Statistic: "Average",
        Threshold: errorRate,
      },
      {
        ...common,
        AlarmName: latency ?? "",
        AlarmDescription: `The slowest 1 % of the answers of ${who} take more than ${latencyP99Millis} ms. Type: mlops rollback ${definition.name}`,
        MetricName: "ModelLatency",
        ExtendedStatistic: "p99",
        Threshold: latencyP99Millis * MICROS_PER_MILLI,
      },
    ];
  });
}
