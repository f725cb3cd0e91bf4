import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Permission } from "./grant.ts";

/**
 * What one kind of work needs from AWS, written once and named after the work. Every statement stands beside the page of AWS that asks
 * for it; wildcards in names are bounded by the stage's prefix.
 */
export interface PermissionScope {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  readonly stage: string;
  readonly dataBucketArn: string;
  readonly artifactBucketArn: string;
  readonly tableArn: string;
  readonly alertTopicArn: string;
  readonly sagemakerRoleArn: string;
  readonly trainingMachineArn: string;
  readonly deliveryMachineArn: string;
  readonly monitoringMachineArn: string;
}

const PREFIX_REASON =
  "The factory names its resources <stage>-<model>-..., and models come and go without a deployment: the stage's prefix is the bound.";
const FOLDER_REASON =
  "Models come and go without a deployment, so the folder is bounded below every model's prefix, not the model.";
const EXECUTION_REASON = "Executions are named at run time; the bound is the state machine.";
const LIST_REASON = "SageMaker's list calls cannot be restricted to resources.";

/** A permission; `reason` explains the wildcards in it and must be given when there are any. */
export function allow(actions: string[], resources: string[], reason?: string): Permission {
  return { statement: new PolicyStatement({ actions, resources }), reason };
}

/** ARN of the SageMaker resources of one kind that belong to the stage. */
export function sagemakerArn(scope: PermissionScope, kind: string): string {
  return `arn:${scope.partition}:sagemaker:${scope.region}:${scope.account}:${kind}/${scope.stage}-*`;
}

/** ARN of the CloudWatch alarms that deliveries make for their endpoints. */
export function endpointAlarmArn(scope: PermissionScope): string {
  return `arn:${scope.partition}:cloudwatch:${scope.region}:${scope.account}:alarm:${scope.stage}-*`;
}

/** ARN of the executions of a state machine. */
export function executionArn(machineArn: string): string {
  return `${machineArn.replace(":stateMachine:", ":execution:")}:*`;
}

/** Reads and changes the registry's items. */
export function useRegistry(scope: PermissionScope): Permission {
  return allow(
    [
      "dynamodb:GetItem",
      "dynamodb:PutItem",
      "dynamodb:UpdateItem",
      "dynamodb:DeleteItem",
      "dynamodb:Query",
      "dynamodb:ConditionCheckItem",
    ],
    [scope.tableArn, `${scope.tableArn}/index/gsi1`],
  );
}

/** Reads objects below the named folders of every model, such as `batches`. */
export function readData(scope: PermissionScope, ...folders: string[]): Permission {
  return allow(
    ["s3:GetObject", "s3:GetObjectVersion"],
    folders.map((folder) => `${scope.dataBucketArn}/*/${folder}/*`),
    FOLDER_REASON,
  );
}

/** Writes objects below the named folders of every model, also in parts. */
export function writeData(scope: PermissionScope, ...folders: string[]): Permission {
  return allow(
    ["s3:PutObject", "s3:AbortMultipartUpload"],
    folders.map((folder) => `${scope.dataBucketArn}/*/${folder}/*`),
    FOLDER_REASON,
  );
}

/** Lists the data bucket; without it S3 answers 403 instead of 404 for an object that does not exist. */
export function listData(scope: PermissionScope): Permission {
  return allow(["s3:ListBucket"], [scope.dataBucketArn]);
}

/** Sends alerts. */
export function publishAlerts(scope: PermissionScope): Permission {
  return allow(["sns:Publish"], [scope.alertTopicArn]);
}

/** Starts executions of the machines and sees how they ended. */
export function runMachines(...machineArns: string[]): Permission[] {
  return [
    allow(["states:StartExecution"], machineArns),
    allow(["states:DescribeExecution"], machineArns.map(executionArn), EXECUTION_REASON),
  ];
}

/** Passes SageMaker's execution role to SageMaker, and to no other service. */
export function passSagemakerRole(scope: PermissionScope): Permission {
  return {
    statement: new PolicyStatement({
      actions: ["iam:PassRole"],
      resources: [scope.sagemakerRoleArn],
      conditions: { StringEquals: { "iam:PassedToService": "sagemaker.amazonaws.com" } },
    }),
  };
}

/** One or more actions on the stage's SageMaker resources of one kind. */
export function sagemaker(scope: PermissionScope, kind: string, ...actions: string[]): Permission {
  return allow(
    actions.map((action) => `sagemaker:${action}`),
    [sagemakerArn(scope, kind)],
    PREFIX_REASON,
  );
}

/** Looks for what a model's deliveries left; SageMaker's list calls take no resource. */
export function listSagemaker(): Permission {
  return allow(
    ["sagemaker:ListEndpointConfigs", "sagemaker:ListModels", "sagemaker:ListEndpoints"],
    ["*"],
    LIST_REASON,
  );
}

/** Makes, reads and removes the alarms that guard an endpoint. */
export function useEndpointAlarms(scope: PermissionScope, ...actions: string[]): Permission {
  return allow(
    actions.map((action) => `cloudwatch:${action}`),
    [endpointAlarmArn(scope)],
    PREFIX_REASON,
  );
}

/** Reads trained artifacts, or only the named folders of the artifact bucket. */
export function readArtifacts(scope: PermissionScope, ...folders: string[]): Permission {
  const paths = folders.length === 0 ? ["*"] : folders.map((folder) => `${folder}/*`);
  return allow(
    ["s3:GetObject", "s3:GetObjectVersion"],
    paths.map((path) => `${scope.artifactBucketArn}/${path}`),
    FOLDER_REASON,
  );
}

/** Writes the named folders of the artifact bucket. */
export function writeArtifacts(scope: PermissionScope, ...folders: string[]): Permission {
  return allow(
    ["s3:PutObject", "s3:AbortMultipartUpload"],
    folders.map((folder) => `${scope.artifactBucketArn}/${folder}/*`),
    FOLDER_REASON,
  );
}

/** Removes objects, all versions of them, below the named folders of every model. */
export function removeData(scope: PermissionScope, ...folders: string[]): Permission {
  return allow(
    ["s3:DeleteObject", "s3:DeleteObjectVersion"],
    folders.map((folder) => `${scope.dataBucketArn}/*/${folder}/*`),
    FOLDER_REASON,
  );
}

/** Tags objects below the named folders, so that life-cycle rules find them. */
export function tagData(scope: PermissionScope, ...folders: string[]): Permission {
  return allow(
    ["s3:PutObjectTagging"],
    folders.map((folder) => `${scope.dataBucketArn}/*/${folder}/*`),
    FOLDER_REASON,
  );
}

/** Reads one asset of the CDK, named by its content's hash. */
export function readAsset(bucketArn: string, key: string): Permission {
  return allow(["s3:GetObject"], [`${bucketArn}/${key}`]);
}

/** Rules that Step Functions keeps in EventBridge for `.sync` jobs (https://docs.aws.amazon.com/step-functions/latest/dg/sagemaker-iam.html). */
export function syncJobRules(scope: PermissionScope): Permission {
  const rules = [
    "StepFunctionsGetEventsForSageMakerTrainingJobsRule",
    "StepFunctionsGetEventsForSageMakerTransformJobsRule",
  ];
  return allow(
    ["events:PutTargets", "events:PutRule", "events:DescribeRule"],
    rules.map((rule) => `arn:${scope.partition}:events:${scope.region}:${scope.account}:rule/${rule}`),
  );
}
