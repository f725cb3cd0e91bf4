import { authorize } from "../../kernel/authorization.ts";
import { AwsError } from "../../kernel/aws-error.ts";
import type { Cloud, Principal } from "../../kernel/cloud.ts";
import { SERVICE } from "./context.ts";
import { JobFailure } from "./errors.ts";

/** The session in which SageMaker works with a role. */
export function executionPrincipal(roleArn: string | undefined): Principal | undefined {
  const match = /^arn:([^:]+):iam::(\d+):role\/(?:.*\/)?([^/]+)$/.exec(roleArn ?? "");
  return match ? { arn: `arn:${match[1]}:sts::${match[2]}:assumed-role/${match[3]}/SageMaker` } : undefined;
}

/** Pulls a container's image with the execution role. Throws JobFailure when the role may not. */
export function pullImage(cloud: Cloud, principal: Principal | undefined, image: string | undefined): void {
  if (principal === undefined || image === undefined) return;
  try {
    authorize(cloud, { service: "ecr", operation: "PullImage", input: { Image: image }, principal });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new JobFailure("ClientError", `Cannot access the image ${image}: ${error.message}`);
  }
}

/**
 * The metrics of an instance, which SageMaker writes with the execution role. They are not measured here; that the role may write them is
 * checked all the same. Without them a job runs on, as on AWS.
 */
export function writeInstanceMetrics(cloud: Cloud, principal: Principal | undefined, namespace: string): void {
  if (principal === undefined) return;
  try {
    authorize(cloud, { service: "cloudwatch", operation: "PutMetricData", input: { Namespace: namespace }, principal });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    cloud.log(SERVICE, `metrics lost: ${error.message}`, { namespace });
  }
}
