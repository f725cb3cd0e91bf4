import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { SageMakerClient } from "@aws-sdk/client-sagemaker";
import { SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";
import { DynamoRegistry } from "../../adapters/dynamo-registry.ts";
import type { Registry } from "../../app/ports/registry.ts";
import { Failure } from "./failure.ts";
import { findLocalCloud, localEnvironment } from "./local-cloud.ts";
import { note } from "./print.ts";

/** Options that every command which talks to a factory takes. */
export interface SessionOptions {
  readonly stage: string;
  /** Talk to AWS even when a local cloud runs here. */
  readonly aws?: boolean;
  readonly quiet?: boolean;
}

/** Names of the stack's outputs; the same on AWS and locally (docs/contract.md). */
export interface StackOutputs {
  readonly Stage: string;
  readonly DataBucketName: string;
  readonly ArtifactBucketName: string;
  readonly RegistryTableName: string;
  readonly TrainingStateMachineArn: string;
  readonly DeliveryStateMachineArn: string;
  readonly MonitoringStateMachineArn: string;
  readonly AlertTopicArn: string;
  readonly IngestQueueUrl: string;
  readonly OperationsFunctionName: string;
  readonly DashboardName: string;
}

/** A deployed factory and the clients to reach it. */
export interface Session {
  readonly outputs: StackOutputs;
  readonly registry: Registry;
  readonly s3: S3Client;
  readonly lambda: LambdaClient;
  readonly sagemaker: SageMakerClient;
  readonly runtime: SageMakerRuntimeClient;
}

/**
 * Finds the factory: on the endpoint that AWS_ENDPOINT_URL names, else in the local cloud that runs here, else in the AWS
 * account of the environment. Says on standard error when it is not AWS.
 *
 * @throws Failure when there is no such stack, or no credentials
 */
export async function openSession(options: SessionOptions): Promise<Session> {
  if (!process.env["AWS_ENDPOINT_URL"] && options.aws !== true) {
    const local = findLocalCloud();
    if (local !== undefined) {
      Object.assign(process.env, localEnvironment(local));
      if (options.quiet !== true) note(`local cloud at ${local.endpoint} (--aws talks to AWS)`);
    }
  }
  const stackName = `mlops-${options.stage}`;
  const outputs = await readOutputs(stackName);
  const local = { forcePathStyle: Boolean(process.env["AWS_ENDPOINT_URL"]) };
  return {
    outputs,
    registry: new DynamoRegistry(outputs.RegistryTableName),
    s3: new S3Client(local),
    lambda: new LambdaClient({}),
    sagemaker: new SageMakerClient({}),
    runtime: new SageMakerRuntimeClient({}),
  };
}

async function readOutputs(stackName: string): Promise<StackOutputs> {
  const client = new CloudFormationClient({ maxAttempts: 3 });
  try {
    const answer = await client.send(new DescribeStacksCommand({ StackName: stackName }));
    const pairs = (answer.Stacks?.[0]?.Outputs ?? []).map((output) => [output.OutputKey, output.OutputValue]);
    return Object.fromEntries(pairs) as unknown as StackOutputs;
  } catch (error) {
    throw new Failure(explain(error as Error, stackName));
  } finally {
    client.destroy();
  }
}

function explain(error: Error, stackName: string): string {
  if (/does not exist/.test(error.message)) {
    return `There is no stack ${stackName} here. Deploy it with "npx cdk deploy", or start one on this machine with "npx mlops local up".`;
  }
  if (/ECONNREFUSED/.test(`${error.message}${(error as NodeJS.ErrnoException).code ?? ""}`)) {
    return `Nothing answers at ${process.env["AWS_ENDPOINT_URL"]}. Start the local cloud with "npx mlops local up", or unset AWS_ENDPOINT_URL.`;
  }
  if (/[Cc]redentials|Region is missing|InvalidClientTokenId|ExpiredToken/.test(`${error.name} ${error.message}`)) {
    return `AWS refused or there are no credentials (${error.message}). Log in to AWS, or start a factory on this machine with "npx mlops local up".`;
  }
  return `The stack ${stackName} cannot be read: ${error.name}: ${error.message}`;
}
