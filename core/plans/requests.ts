/**
 * SageMaker and CloudWatch requests exactly as the APIs take them
 * (https://docs.aws.amazon.com/sagemaker/latest/APIReference/). State machines pass them on member by member, so that
 * every request always has the same top-level members.
 */

/** A tag of an AWS resource. */
export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** One input channel of a training job. */
export interface ChannelRequest {
  readonly ChannelName: string;
  readonly ContentType: string;
  readonly InputMode: "File";
  readonly CompressionType: "None";
  readonly DataSource: {
    readonly S3DataSource: {
      readonly S3DataType: "ManifestFile";
      readonly S3Uri: string;
      readonly S3DataDistributionType: "FullyReplicated";
    };
  };
}

/** CreateTrainingJob. */
export interface CreateTrainingJobRequest {
  readonly TrainingJobName: string;
  readonly AlgorithmSpecification: {
    readonly TrainingImage: string;
    readonly TrainingInputMode: "File";
    readonly MetricDefinitions: readonly { readonly Name: string; readonly Regex: string }[];
  };
  readonly RoleArn: string;
  readonly InputDataConfig: readonly ChannelRequest[];
  readonly OutputDataConfig: { readonly S3OutputPath: string };
  readonly ResourceConfig: {
    readonly InstanceType: string;
    readonly InstanceCount: number;
    readonly VolumeSizeInGB: number;
  };
  readonly StoppingCondition: { readonly MaxRuntimeInSeconds: number; readonly MaxWaitTimeInSeconds?: number };
  readonly HyperParameters: Readonly<Record<string, string>>;
  readonly EnableManagedSpotTraining: boolean;
  readonly CheckpointConfig: { readonly S3Uri: string; readonly LocalPath: string };
  readonly RetryStrategy: { readonly MaximumRetryAttempts: number };
  readonly Environment: Readonly<Record<string, string>>;
  readonly Tags: readonly Tag[];
}

/** CreateModel. A training run knows ModelDataUrl only after training; the state machine fills it in. */
export interface CreateModelRequest {
  readonly ModelName: string;
  readonly ExecutionRoleArn: string;
  readonly PrimaryContainer: {
    readonly Image: string;
    readonly Environment: Readonly<Record<string, string>>;
    readonly ModelDataUrl?: string;
  };
  readonly Tags: readonly Tag[];
}

/** CreateTransformJob. */
export interface CreateTransformJobRequest {
  readonly TransformJobName: string;
  readonly ModelName: string;
  readonly BatchStrategy: "MultiRecord";
  readonly MaxPayloadInMB: number;
  readonly ModelClientConfig: { readonly InvocationsTimeoutInSeconds: number; readonly InvocationsMaxRetries: number };
  readonly Environment: Readonly<Record<string, string>>;
  readonly TransformInput: {
    readonly DataSource: { readonly S3DataSource: { readonly S3DataType: "ManifestFile"; readonly S3Uri: string } };
    readonly ContentType: string;
    readonly SplitType: "Line";
    readonly CompressionType: "None";
  };
  readonly TransformOutput: { readonly S3OutputPath: string; readonly Accept: string; readonly AssembleWith: "Line" };
  readonly DataProcessing: { readonly InputFilter: string; readonly JoinSource: "Input" };
  readonly TransformResources: { readonly InstanceType: string; readonly InstanceCount: number };
  readonly Tags: readonly Tag[];
}

/** One production variant. */
export interface ProductionVariantRequest {
  readonly VariantName: string;
  readonly ModelName: string;
  readonly InitialInstanceCount: number;
  readonly InstanceType: string;
  readonly InitialVariantWeight: number;
}

/** CreateEndpointConfig. */
export interface CreateEndpointConfigRequest {
  readonly EndpointConfigName: string;
  readonly ProductionVariants: readonly ProductionVariantRequest[];
  readonly DataCaptureConfig: {
    readonly EnableCapture: boolean;
    readonly InitialSamplingPercentage: number;
    readonly DestinationS3Uri: string;
    readonly CaptureOptions: readonly { readonly CaptureMode: "Input" | "Output" }[];
    readonly CaptureContentTypeHeader: {
      readonly CsvContentTypes: readonly string[];
      readonly JsonContentTypes: readonly string[];
    };
  };
  readonly Tags: readonly Tag[];
}

/** DeploymentConfig of UpdateEndpoint. */
export interface DeploymentConfigRequest {
  readonly BlueGreenUpdatePolicy: {
    readonly TrafficRoutingConfiguration: { readonly Type: "ALL_AT_ONCE"; readonly WaitIntervalInSeconds: number };
    readonly TerminationWaitInSeconds: number;
    readonly MaximumExecutionTimeoutInSeconds: number;
  };
  readonly AutoRollbackConfiguration: { readonly Alarms: readonly { readonly AlarmName: string }[] };
}

/** PutMetricAlarm (CloudWatch). */
export interface AlarmRequest {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
  readonly Statistic?: "Average";
  readonly ExtendedStatistic?: "p99";
  readonly Period: number;
  readonly EvaluationPeriods: number;
  readonly Threshold: number;
  readonly ComparisonOperator: "GreaterThanThreshold";
  readonly TreatMissingData: "notBreaching";
  readonly AlarmActions: readonly string[];
  readonly Tags: readonly Tag[];
}
