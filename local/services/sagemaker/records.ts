import type {
  CreateEndpointConfigInput,
  CreateModelInput,
  CreateTrainingJobRequest,
  CreateTransformJobRequest,
  DeploymentConfig,
  EndpointStatus,
  SecondaryStatus,
  TrainingJobStatus,
  TransformJobStatus,
} from "@aws-sdk/client-sagemaker";

/** Everything that has a name, an ARN and a time of creation (milliseconds since the epoch). */
export interface NamedRecord {
  readonly name: string;
  readonly arn: string;
  readonly createdMillis: number;
  readonly modifiedMillis: number;
}

/** One entry of a training job's SecondaryStatusTransitions. */
export interface Transition {
  readonly status: SecondaryStatus;
  readonly startMillis: number;
  readonly endMillis?: number;
  readonly message: string;
}

/** A metric as scraped last from the log. */
export interface ScrapedMetric {
  readonly name: string;
  readonly value: number;
  readonly atMillis: number;
}

export interface TrainingJobRecord extends NamedRecord {
  readonly request: CreateTrainingJobRequest;
  readonly status: TrainingJobStatus;
  readonly secondaryStatus: SecondaryStatus;
  readonly transitions: readonly Transition[];
  readonly startMillis?: number;
  readonly endMillis?: number;
  readonly failureReason?: string;
  readonly modelArtifactsUri?: string;
  readonly metrics: readonly ScrapedMetric[];
}

export interface TransformJobRecord extends NamedRecord {
  readonly request: CreateTransformJobRequest;
  readonly status: TransformJobStatus;
  readonly startMillis?: number;
  readonly endMillis?: number;
  readonly failureReason?: string;
}

export interface ModelRecord extends NamedRecord {
  readonly request: CreateModelInput;
}

export interface EndpointConfigRecord extends NamedRecord {
  readonly request: CreateEndpointConfigInput;
}

/** A production variant as it runs or shall run. */
export interface VariantRecord {
  readonly name: string;
  readonly modelName: string;
  readonly image: string;
  readonly weight: number;
  readonly instanceCount: number;
  readonly instanceType: string | undefined;
}

/** An update that is under way. */
export interface PendingDeployment {
  readonly configName: string;
  readonly startMillis: number;
  readonly variants: readonly VariantRecord[];
  readonly deploymentConfig?: DeploymentConfig;
  /** What happens now, in DescribeEndpoint's words. */
  readonly phase: {
    readonly status: "Creating" | "ActivatingTraffic" | "Baking" | "Deleting";
    readonly message: string;
  };
}

export interface EndpointRecord extends NamedRecord {
  readonly configName: string;
  readonly status: EndpointStatus;
  readonly variants: readonly VariantRecord[];
  readonly failureReason?: string;
  readonly pending?: PendingDeployment;
  readonly lastDeploymentConfig?: DeploymentConfig;
}
