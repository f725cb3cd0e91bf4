import type { SagemakerContext } from "./context.ts";
import type { EndpointRecord, TrainingJobRecord, TransformJobRecord, VariantRecord } from "./records.ts";

/**
 * Publishes "SageMaker Training Job State Change" in the documented form: times in milliseconds since the epoch.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
 */
export function publishTrainingJob(context: SagemakerContext, job: TrainingJobRecord): void {
  const { Tags: _tags, TrainingJobName: _name, Environment: _environment, ...request } = job.request;
  context.cloud.publish({
    source: "aws.sagemaker",
    detailType: "SageMaker Training Job State Change",
    resources: [job.arn],
    detail: {
      TrainingJobName: job.name,
      TrainingJobArn: job.arn,
      TrainingJobStatus: job.status,
      SecondaryStatus: job.secondaryStatus,
      ...(job.failureReason === undefined ? {} : { FailureReason: job.failureReason }),
      ...request,
      ...(job.modelArtifactsUri === undefined ? {} : { ModelArtifacts: { S3ModelArtifacts: job.modelArtifactsUri } }),
      CreationTime: job.createdMillis,
      ...(job.startMillis === undefined ? {} : { TrainingStartTime: job.startMillis }),
      ...(job.endMillis === undefined ? {} : { TrainingEndTime: job.endMillis }),
      LastModifiedTime: job.modifiedMillis,
      SecondaryStatusTransitions: job.transitions.map((transition) => ({
        Status: transition.status,
        StartTime: transition.startMillis,
        ...(transition.endMillis === undefined ? {} : { EndTime: transition.endMillis }),
        StatusMessage: transition.message,
      })),
      Tags: context.tags.get(job.arn) ?? {},
    },
  });
}

/** Publishes "SageMaker Transform Job State Change". */
export function publishTransformJob(context: SagemakerContext, job: TransformJobRecord): void {
  const { Tags: _tags, TransformJobName: _name, ...request } = job.request;
  context.cloud.publish({
    source: "aws.sagemaker",
    detailType: "SageMaker Transform Job State Change",
    resources: [job.arn],
    detail: {
      TransformJobName: job.name,
      TransformJobArn: job.arn,
      TransformJobStatus: job.status,
      ...(job.failureReason === undefined ? {} : { FailureReason: job.failureReason }),
      ...request,
      CreationTime: job.createdMillis,
      ...(job.startMillis === undefined ? {} : { TransformStartTime: job.startMillis }),
      ...(job.endMillis === undefined ? {} : { TransformEndTime: job.endMillis }),
      Tags: context.tags.get(job.arn) ?? {},
    },
  });
}

/** Publishes "SageMaker Endpoint State Change"; events write states as `IN_SERVICE`. */
export function publishEndpoint(context: SagemakerContext, endpoint: EndpointRecord): void {
  publishEndpointEvent(context, endpoint, "SageMaker Endpoint State Change");
}

/** Publishes "SageMaker Endpoint Deployment State Change", which also tells the pending deployment. */
export function publishDeployment(context: SagemakerContext, endpoint: EndpointRecord): void {
  publishEndpointEvent(context, endpoint, "SageMaker Endpoint Deployment State Change");
}

function publishEndpointEvent(context: SagemakerContext, endpoint: EndpointRecord, detailType: string): void {
  const { pending } = endpoint;
  context.cloud.publish({
    source: "aws.sagemaker",
    detailType,
    resources: [endpoint.arn],
    detail: {
      EndpointName: endpoint.name,
      EndpointArn: endpoint.arn,
      EndpointConfigName: endpoint.configName,
      ProductionVariants: endpoint.variants.map(variantDetail),
      EndpointStatus: endpoint.status.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase(),
      ...(endpoint.failureReason === undefined ? {} : { FailureReason: endpoint.failureReason }),
      CreationTime: endpoint.createdMillis,
      LastModifiedTime: endpoint.modifiedMillis,
      Tags: context.tags.get(endpoint.arn) ?? {},
      ...(pending === undefined
        ? {}
        : {
            PendingDeploymentSummary: {
              EndpointConfigName: pending.configName,
              StartTime: pending.startMillis,
              ProductionVariants: pending.variants.map((variant) => ({
                ...variantDetail(variant),
                VariantStatus: [{ Status: pending.phase.status, StatusMessage: pending.phase.message }],
              })),
            },
          }),
    },
  });
}

function variantDetail(variant: VariantRecord): object {
  return {
    VariantName: variant.name,
    CurrentWeight: variant.weight,
    DesiredWeight: variant.weight,
    CurrentInstanceCount: variant.instanceCount,
    DesiredInstanceCount: variant.instanceCount,
  };
}
