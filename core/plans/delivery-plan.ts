import type { ServingVariant } from "../registry/types.ts";
import { alarmsFor } from "./alarms.ts";
import type { PlanContext } from "./context.ts";
import { dataKeys, endpointConfigName, endpointName, s3Uri } from "./names.ts";
import type { AlarmRequest, CreateEndpointConfigRequest, DeploymentConfigRequest, Tag } from "./requests.ts";
import { resourceTags } from "./tags.ts";

/** What a delivery puts behind the endpoint. */
export interface DeliveryPlanInput {
  readonly deliveryId: string;
  readonly variants: readonly (ServingVariant & { readonly sagemakerModel: string })[];
  /** Names of the variants that the live endpoint has; null when there is no endpoint. */
  readonly liveVariantNames: readonly string[] | null;
  /** Topic that the alarms notify, also after the release. */
  readonly alertTopicArn: string;
  /** Seconds for which the old fleet stays while the alarms watch the new one. */
  readonly bakeSeconds: number;
}

/** Every request of a delivery. */
export interface DeliveryRequests {
  readonly endpointName: string;
  readonly endpointConfig: CreateEndpointConfigRequest;
  /** Null when there is nothing to update yet, or when a variant comes or goes, which guardrails cannot do. */
  readonly deploymentConfig: DeploymentConfigRequest | null;
  readonly alarms: readonly AlarmRequest[];
  /** Tags of the endpoint itself. */
  readonly tags: readonly Tag[];
}

/** SageMaker's least value; a blue/green update of a small fleet takes 5 to 10 minutes besides the waits. */
const MIN_EXECUTION_SECONDS = 1_800;

/** Computes all requests of a delivery. Pure: the same input gives the same requests. */
export function planDeliveryRequests(context: PlanContext, input: DeliveryPlanInput): DeliveryRequests {
  const { stage, definition, dataBucket } = context;
  const configName = endpointConfigName(stage, definition.name, input.deliveryId);
  const endpoint = endpointName(stage, definition.name);
  const alarms = alarmsFor(context, configName, endpoint, input);
  const percentage = samplingPercentage(definition.endpoint.capture.fraction);
  return {
    endpointName: endpoint,
    endpointConfig: {
      EndpointConfigName: configName,
      ProductionVariants: input.variants.map((variant) => ({
        VariantName: variant.name,
        ModelName: variant.sagemakerModel,
        InitialInstanceCount: definition.endpoint.instance.min,
        InstanceType: definition.endpoint.instance.type,
        InitialVariantWeight: variant.weightPercent,
      })),
      DataCaptureConfig: {
        EnableCapture: percentage > 0,
        InitialSamplingPercentage: percentage,
        DestinationS3Uri: s3Uri(dataBucket, dataKeys.capturePrefix(definition.name, input.deliveryId)),
        CaptureOptions: [{ CaptureMode: "Input" }, { CaptureMode: "Output" }],
        CaptureContentTypeHeader: {
          CsvContentTypes: ["text/csv"],
          JsonContentTypes: ["application/json", "application/jsonlines"],
        },
      },
      Tags: resourceTags(stage, definition.name, { "mlops:delivery": input.deliveryId }),
    },
    deploymentConfig: sameNames(input) ? deploymentConfig(alarms, input.bakeSeconds) : null,
    alarms,
    tags: resourceTags(stage, definition.name),
  };
}

/** Whole percent, at least 1 when anything is captured at all (SageMaker takes integers). */
function samplingPercentage(fraction: number): number {
  return fraction === 0 ? 0 : Math.max(1, Math.round(fraction * 100));
}

function sameNames(input: DeliveryPlanInput): boolean {
  if (input.liveVariantNames === null) return false;
  const wanted = input.variants.map((variant) => variant.name).sort();
  return JSON.stringify(wanted) === JSON.stringify([...input.liveVariantNames].sort());
}

/**
 * Blue/green, all traffic at once, and back when an alarm goes off while both fleets run.
 * Source: https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green-all-at-once.html
 */
function deploymentConfig(alarms: readonly AlarmRequest[], bakeSeconds: number): DeploymentConfigRequest {
  return {
    BlueGreenUpdatePolicy: {
      TrafficRoutingConfiguration: { Type: "ALL_AT_ONCE", WaitIntervalInSeconds: 0 },
      TerminationWaitInSeconds: bakeSeconds,
      MaximumExecutionTimeoutInSeconds: MIN_EXECUTION_SECONDS + bakeSeconds,
    },
    AutoRollbackConfiguration: { Alarms: alarms.map((alarm) => ({ AlarmName: alarm.AlarmName })) },
  };
}
