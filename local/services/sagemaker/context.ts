import type { Cloud } from "../../kernel/cloud.ts";
import type { DurableMap } from "../../kernel/durable-map.ts";
import type { S3Service } from "../s3/types.ts";
import type { ContainerRuntime } from "./container-runtime.ts";
import type {
  EndpointConfigRecord,
  EndpointRecord,
  ModelRecord,
  TrainingJobRecord,
  TransformJobRecord,
} from "./records.ts";

/** What all parts of this service share. Tables are keyed by name, tags by ARN. */
export interface SagemakerContext {
  readonly cloud: Cloud;
  readonly containers: ContainerRuntime;
  readonly trainingJobs: DurableMap<TrainingJobRecord>;
  readonly transformJobs: DurableMap<TransformJobRecord>;
  readonly models: DurableMap<ModelRecord>;
  readonly endpointConfigs: DurableMap<EndpointConfigRecord>;
  readonly endpoints: DurableMap<EndpointRecord>;
  readonly tags: DurableMap<Readonly<Record<string, string>>>;
}

/** The id of this service. */
export const SERVICE = "sagemaker";

/** S3, in process. */
export function s3Of(cloud: Cloud): S3Service {
  return cloud.service<S3Service>("s3");
}

/** The ARN of a resource; SageMaker writes names in lower case there. */
export function arnOf(
  cloud: Cloud,
  type: "training-job" | "transform-job" | "model" | "endpoint-config" | "endpoint",
  name: string,
): string {
  return `arn:${cloud.partition}:sagemaker:${cloud.region}:${cloud.accountId}:${type}/${name.toLowerCase()}`;
}
