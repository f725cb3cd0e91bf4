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
  readonly ingestMachineArn: string;
}

const PREFIX_REASON =
  "The factory names its resources <stage>-<model>-..., and models come and go without a deployment: the stage's prefix is the bound.";
const FOLDER_REASON =
  "Models come and go without a deployment, so the folder is bounded below every model's prefix, not the model.";
const EXECUTION_REASON = "Executions are named at run time; the bound is the state machine.";

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

/** What of the registry is queried: partitions of the table itself, or its index. */
export type RegistryQuery = "table" | "index";

/** Reads items of the registry by key, and runs the named queries; nothing scans it. */
export function readRegistry(scope: PermissionScope, ...queries: RegistryQuery[]): Permission[] {
  const index = `${scope.tableArn}/index/gsi1`;
  return [
    allow(["dynamodb:GetItem"], [scope.tableArn]),
    ...queries.map((query) => allow(["dynamodb:Query"], [query === "table" ? scope.tableArn : index])),
  ];
}

/**
 * Writes items of the registry. DynamoDB authorises each item of a transaction as the single operation, and conditions as part
 * of the write (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html).
 */
export function writeRegistry(scope: PermissionScope): Permission {
  return allow(["dynamodb:PutItem"], [scope.tableArn]);
}

/** Removes items of the registry: definitions that are gone. */
export function deleteFromRegistry(scope: PermissionScope): Permission {
  return allow(["dynamodb:DeleteItem"], [scope.tableArn]);
}

/** Reads objects below the named folders of every model, such as `batches`. */
export function readData(scope: PermissionScope, ...folders: string[]): Permission {
  return allow(["s3:GetObject"], dataFolders(scope, folders), FOLDER_REASON);
}

/** Writes objects below the named folders of every model. */
export function writeData(scope: PermissionScope, ...folders: string[]): Permission {
  return allow(["s3:PutObject"], dataFolders(scope, folders), FOLDER_REASON);
}

/** Writes objects in parts, and gives the parts up when the object is not wanted. S3 authorises the parts as PutObject. */
export function writeDataInParts(scope: PermissionScope, ...folders: string[]): Permission {
  return allow(["s3:PutObject", "s3:AbortMultipartUpload"], dataFolders(scope, folders), FOLDER_REASON);
}

/**
 * Reads and removes uploads, each by its version id: the event names the version, and a newer one of the same key is another upload.
 * S3 asks for the Version actions alone then (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html).
 */
export function takeUploads(scope: PermissionScope): Permission {
  return allow(["s3:GetObjectVersion", "s3:DeleteObjectVersion"], dataFolders(scope, ["incoming"]), FOLDER_REASON);
}

/** Reads uploads by their version id. */
export function readUploads(scope: PermissionScope): Permission {
  return allow(["s3:GetObjectVersion"], dataFolders(scope, ["incoming"]), FOLDER_REASON);
}

/** Removes objects (their newest version) below the named folders of every model. */
export function removeData(scope: PermissionScope, ...folders: string[]): Permission {
  return allow(["s3:DeleteObject"], dataFolders(scope, folders), FOLDER_REASON);
}

function dataFolders(scope: PermissionScope, folders: readonly string[]): string[] {
  return folders.map((folder) => `${scope.dataBucketArn}/*/${folder}/*`);
}

/** Lists the data bucket; without it S3 answers 403 instead of 404 for an object that does not exist. */
export function listData(scope: PermissionScope): Permission {
  return allow(["s3:ListBucket"], [scope.dataBucketArn]);
}

/** As {@link listData}, for the artifact bucket. */
export function listArtifacts(scope: PermissionScope): Permission {
  return allow(["s3:ListBucket"], [scope.artifactBucketArn]);
}

/** Sends alerts. */
export function publishAlerts(scope: PermissionScope): Permission {
  return allow(["sns:Publish"], [scope.alertTopicArn]);
}

/** Starts executions of the machines. */
export function startMachines(...machineArns: string[]): Permission {
  return allow(["states:StartExecution"], machineArns);
}

/** Sees how executions of the machines ended. */
export function describeExecutions(...machineArns: string[]): Permission {
  return allow(["states:DescribeExecution"], machineArns.map(executionArn), EXECUTION_REASON);
}

/** Stops executions of the machines. */
export function stopExecutions(...machineArns: string[]): Permission {
  return allow(["states:StopExecution"], machineArns.map(executionArn), EXECUTION_REASON);
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

/** Makes SageMaker models that run with the execution role. Tags on creation need AddTags as well. */
export function createModels(scope: PermissionScope): Permission[] {
  return [sagemaker(scope, "model", "CreateModel", "AddTags"), passSagemakerRole(scope)];
}

/** Reads what training scripts have said, in the log group that SageMaker keeps for all training jobs. */
export function readTrainingLogs(scope: PermissionScope): Permission {
  return allow(
    ["logs:FilterLogEvents"],
    [`arn:${scope.partition}:logs:${scope.region}:${scope.account}:log-group:/aws/sagemaker/TrainingJobs:*`],
    "The streams of a log group are part of its ARN; SageMaker names them after jobs.",
  );
}

/** Makes and removes the alarms that guard an endpoint. */
export function useEndpointAlarms(scope: PermissionScope, ...actions: string[]): Permission {
  return allow(
    actions.map((action) => `cloudwatch:${action}`),
    [endpointAlarmArn(scope)],
    PREFIX_REASON,
  );
}

/**
 * Reads the state of alarms, as SageMaker's guardrails do with the rights of whoever updates the endpoint. CloudWatch checks this call
 * against all alarms of the account, whatever names are asked for
 * (https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html).
 */
export function readAlarms(scope: PermissionScope): Permission {
  return allow(
    ["cloudwatch:DescribeAlarms"],
    [`arn:${scope.partition}:cloudwatch:${scope.region}:${scope.account}:alarm:*`],
    "CloudWatch checks DescribeAlarms against all alarms; the action reads and changes nothing.",
  );
}

/** Reads trained artifacts, or only the named folders of the artifact bucket. */
export function readArtifacts(scope: PermissionScope, ...folders: string[]): Permission {
  return allow(["s3:GetObject"], artifactFolders(scope, folders), FOLDER_REASON);
}

/** Writes the named folders of the artifact bucket. */
export function writeArtifacts(scope: PermissionScope, ...folders: string[]): Permission {
  return allow(["s3:PutObject"], artifactFolders(scope, folders), FOLDER_REASON);
}

function artifactFolders(scope: PermissionScope, folders: readonly string[]): string[] {
  const paths = folders.length === 0 ? ["*"] : folders.map((folder) => `${folder}/*`);
  return paths.map((path) => `${scope.artifactBucketArn}/${path}`);
}

/** Tags objects below the named folders, so that life-cycle rules find them. */
export function tagData(scope: PermissionScope, ...folders: string[]): Permission {
  return allow(["s3:PutObjectTagging"], dataFolders(scope, folders), FOLDER_REASON);
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
