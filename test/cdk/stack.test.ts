import { App } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { beforeAll, describe, expect, it } from "vitest";
import { parseStageSettings } from "../../core/settings/parse-stage-settings.ts";
import { handlerNames } from "../../lib/handlers/bundle-handlers.ts";
import { MlopsStack, readDefinitions } from "../../lib/index.ts";

interface Statement {
  readonly Action: string | string[];
  readonly Effect: string;
  readonly Resource: unknown;
  readonly Condition?: Record<string, Record<string, unknown>>;
}

function synthesize(stage: "dev" | "prod", models: string | null): { app: App; stack: MlopsStack; template: Template } {
  const app = new App();
  const retain = stage === "prod";
  const stack = new MlopsStack(app, `mlops-${stage}`, {
    settings: parseStageSettings(
      `schemaVersion: 1\nstage: ${stage}\nretainData: ${retain}\nalertEmails: [oncall@example.com]`,
      "test",
    ),
    definitions: models === null ? [] : readDefinitions(models),
  });
  return { app, stack, template: Template.fromStack(stack) };
}

let dev: ReturnType<typeof synthesize>;
let prod: ReturnType<typeof synthesize>;
beforeAll(() => {
  dev = synthesize("dev", null);
  prod = synthesize("prod", "models");
});

/** Every statement of every identity policy, with the logical id of its policy. */
function statements(template: Template): Array<[string, Statement]> {
  return Object.entries(template.findResources("AWS::IAM::Policy")).flatMap(([id, policy]) =>
    (policy["Properties"].PolicyDocument.Statement as Statement[]).map(
      (statement) => [id, statement] as [string, Statement],
    ),
  );
}

describe("the stack", () => {
  it("deploys with no model, and models add no resource", () => {
    const count = (template: Template) => Object.keys(template.toJSON()["Resources"]).length;
    const retained = Object.keys(dev.template.findResources("Custom::S3AutoDeleteObjects")).length;
    expect(count(dev.template)).toBeGreaterThan(50);
    // dev has the custom resources that empty its buckets: one each, and their function and role.
    expect(count(prod.template)).toBe(count(dev.template) - retained - 2);
    prod.template.resourceCountIs("Custom::ModelCatalog", 1);
  });

  it("has a function for every handler folder, on a current runtime, with an own role and log group", () => {
    const functions = Object.values(dev.template.findResources("AWS::Lambda::Function")).filter(
      (resource) => resource["Properties"].Environment?.Variables?.STAGE === "dev",
    );
    expect(functions).toHaveLength(handlerNames().length);
    const roles = new Set(functions.map((resource) => JSON.stringify(resource["Properties"].Role)));
    expect(roles.size).toBe(functions.length);
    for (const resource of functions) {
      expect(resource["Properties"].Runtime).toBe("nodejs24.x");
      expect(resource["Properties"].LoggingConfig.LogGroup).toBeDefined();
      expect(resource["Properties"].Timeout).toBeLessThanOrEqual(900);
    }
  });

  it("keeps both buckets versioned, encrypted, private and TLS only, and tells EventBridge about uploads", () => {
    const buckets = Object.entries(dev.template.findResources("AWS::S3::Bucket"));
    expect(buckets).toHaveLength(2);
    for (const [, bucket] of buckets) {
      expect(bucket["Properties"]).toMatchObject({
        VersioningConfiguration: { Status: "Enabled" },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      });
      expect(bucket["Properties"].BucketEncryption).toBeDefined();
      expect(bucket["Properties"].LifecycleConfiguration.Rules.length).toBeGreaterThan(1);
    }
    dev.template.hasResourceProperties("AWS::S3::Bucket", {
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
    });
    dev.template.allResourcesProperties("AWS::S3::BucketPolicy", {
      PolicyDocument: Match.objectLike({
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
        ]),
      }),
    });
  });

  it("keeps the registry recoverable and on demand", () => {
    dev.template.hasResourceProperties("AWS::DynamoDB::Table", {
      BillingMode: "PAY_PER_REQUEST",
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TimeToLiveSpecification: { AttributeName: "expiresAt", Enabled: true },
    });
  });

  it("gives every queue a way out for what cannot be processed", () => {
    const queues = Object.values(dev.template.findResources("AWS::SQS::Queue"));
    const withLetters = queues.filter((queue) => queue["Properties"].RedrivePolicy !== undefined);
    expect(queues).toHaveLength(withLetters.length * 2);
    for (const queue of queues) expect(queue["Properties"].SqsManagedSseEnabled).toBe(true);
    for (const rule of Object.values(dev.template.findResources("AWS::Events::Rule"))) {
      for (const target of rule["Properties"].Targets) expect(target.DeadLetterConfig).toBeDefined();
    }
  });

  it("passes a role only to SageMaker", () => {
    const passing = statements(dev.template).filter(([, item]) => [item.Action].flat().includes("iam:PassRole"));
    expect(passing.length).toBeGreaterThan(1);
    for (const [id, item] of passing) {
      expect(item.Condition, id).toEqual({ StringEquals: { "iam:PassedToService": "sagemaker.amazonaws.com" } });
    }
  });

  it("grants no action by wildcard, and the resource * only to actions that take no resource", () => {
    const free = new Set([
      "xray:PutTraceSegments",
      "xray:PutTelemetryRecords",
      "xray:GetSamplingRules",
      "xray:GetSamplingTargets",
      "logs:CreateLogDelivery",
      "logs:GetLogDelivery",
      "logs:UpdateLogDelivery",
      "logs:DeleteLogDelivery",
      "logs:ListLogDeliveries",
      "logs:PutResourcePolicy",
      "logs:DescribeResourcePolicies",
      "logs:DescribeLogGroups",
      "cloudwatch:PutMetricData",
      "ecr:GetAuthorizationToken",
    ]);
    for (const [id, item] of statements(dev.template)) {
      for (const action of [item.Action].flat()) {
        expect(action, id).not.toContain("*");
        if (item.Resource === "*") expect([...free], `${id}: ${action} on *`).toContain(action);
      }
    }
  });

  it("retains and protects prod, and lets dev go", () => {
    expect(prod.stack.terminationProtection).toBe(true);
    expect(dev.stack.terminationProtection).toBe(false);
    for (const type of ["AWS::S3::Bucket", "AWS::DynamoDB::Table"]) {
      for (const resource of Object.values(prod.template.findResources(type)))
        expect(resource["DeletionPolicy"]).toBe("Retain");
      for (const resource of Object.values(dev.template.findResources(type)))
        expect(resource["DeletionPolicy"]).toBe("Delete");
    }
    prod.template.hasResourceProperties("AWS::DynamoDB::Table", { DeletionProtectionEnabled: true });
  });

  it("takes the models down before anything that this needs", () => {
    const [catalog] = Object.values(dev.template.findResources("Custom::ModelCatalog"));
    const dependencies = catalog?.["DependsOn"] as string[];
    const table = Object.keys(dev.template.findResources("AWS::DynamoDB::Table"))[0];
    expect(dependencies).toContain(table);
    for (const bucket of Object.keys(dev.template.findResources("AWS::S3::Bucket")))
      expect(dependencies).toContain(bucket);
  });

  it("names in its outputs all that tools look up", () => {
    expect(Object.keys(dev.template.findOutputs("*")).sort()).toEqual([
      "AlertTopicArn",
      "ArtifactBucketName",
      "DashboardName",
      "DataBucketName",
      "DeliveryStateMachineArn",
      "IngestQueueUrl",
      "IngestStateMachineArn",
      "MonitoringStateMachineArn",
      "OperationsFunctionName",
      "RegistryTableName",
      "Stage",
      "TrainingStateMachineArn",
    ]);
  });
});

describe("stage settings", () => {
  it.each([
    ["an unknown key", "schemaVersion: 1\nstage: dev\nretainData: false\nretain: true", /retain/],
    ["a name that is too long", "schemaVersion: 1\nstage: productionwest\nretainData: true", /1 to 10 lower-case/],
    ["a missing choice", "schemaVersion: 1\nstage: dev", /retainData/],
    [
      "a retention that CloudWatch does not have",
      "schemaVersion: 1\nstage: dev\nretainData: true\nlogRetentionDays: 8",
      /logRetentionDays/,
    ],
  ])("refuse %s and name the place", (_case, text, message) => {
    expect(() => parseStageSettings(text, "stages/x.yaml")).toThrow(message);
    expect(() => parseStageSettings(text, "stages/x.yaml")).toThrow(/stages\/x\.yaml/);
  });
});
