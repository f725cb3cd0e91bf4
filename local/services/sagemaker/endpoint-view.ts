import type { SagemakerContext } from "./context.ts";
import type { EndpointRecord, VariantRecord } from "./records.ts";

/** DescribeEndpoint's output. */
export function describeEndpoint(context: SagemakerContext, endpoint: EndpointRecord): object {
  const capture = context.endpointConfigs.get(endpoint.configName)?.request.DataCaptureConfig;
  const { pending } = endpoint;
  const time = new Date(endpoint.modifiedMillis);
  return {
    EndpointName: endpoint.name,
    EndpointArn: endpoint.arn,
    EndpointConfigName: endpoint.configName,
    EndpointStatus: endpoint.status,
    FailureReason: endpoint.failureReason,
    CreationTime: new Date(endpoint.createdMillis),
    LastModifiedTime: time,
    // SageMaker shows variants once there are instances.
    ProductionVariants: ["Creating", "Failed"].includes(endpoint.status)
      ? undefined
      : endpoint.variants.map((variant) => summary(variant, time)),
    DataCaptureConfig: capture && {
      EnableCapture: capture.EnableCapture ?? false,
      CaptureStatus: capture.EnableCapture ? "Started" : "Stopped",
      CurrentSamplingPercentage: capture.InitialSamplingPercentage,
      DestinationS3Uri: capture.DestinationS3Uri,
      KmsKeyId: capture.KmsKeyId ?? "",
    },
    LastDeploymentConfig: endpoint.lastDeploymentConfig,
    PendingDeploymentSummary: pending && {
      EndpointConfigName: pending.configName,
      StartTime: new Date(pending.startMillis),
      ProductionVariants: pending.variants.map((variant) => ({
        VariantName: variant.name,
        DeployedImages: images(variant, time),
        CurrentWeight: variant.weight,
        DesiredWeight: variant.weight,
        CurrentInstanceCount: variant.instanceCount,
        DesiredInstanceCount: variant.instanceCount,
        InstanceType: variant.instanceType,
        VariantStatus: [{ Status: pending.phase.status, StatusMessage: pending.phase.message, StartTime: time }],
      })),
    },
  };
}

function summary(variant: VariantRecord, time: Date): object {
  return {
    VariantName: variant.name,
    DeployedImages: images(variant, time),
    CurrentWeight: variant.weight,
    DesiredWeight: variant.weight,
    CurrentInstanceCount: variant.instanceCount,
    DesiredInstanceCount: variant.instanceCount,
  };
}

function images(variant: VariantRecord, time: Date): object[] {
  return [{ SpecifiedImage: variant.image, ResolutionTime: time }];
}
