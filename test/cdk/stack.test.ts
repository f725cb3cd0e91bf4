import { readFileSync } from "node:fs";
import { join } from "node:path";
import { App, Stack } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { beforeAll, describe, expect, it } from "vitest";
import { parseStageSettings } from "../../core/settings/parse-stage-settings.ts";
import { handlerNames } from "../../lib/handlers/bundle-handlers.ts";
import { MlopsFactory, MlopsStack, readDefinitions } from "../../lib/index.ts";

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

  it("rings for letters that nobody could process, uploads that wait and executions that fail, and tells people", () => {
    const alarms = Object.values(dev.template.findResources("AWS::CloudWatch::Alarm")).map(
      (alarm) => alarm["Properties"],
    );
    const counts = new Map<string, number>();
    for (const { MetricName } of alarms) counts.set(MetricName, (counts.get(MetricName) ?? 0) + 1);
    const machines = Object.keys(dev.template.findResources("AWS::StepFunctions::StateMachine"));
    const deadLetterQueues = Object.keys(dev.template.findResources("AWS::SQS::Queue")).length / 2;
    expect(Object.fromEntries(counts)).toEqual({
      ApproximateNumberOfMessagesVisible: deadLetterQueues,
      ApproximateAgeOfOldestMessage: 1,
      ExecutionsFailed: machines.length,
    });
    const [topic] = Object.keys(dev.template.findResources("AWS::SNS::Topic"));
    for (const alarm of alarms) {
      expect(alarm.AlarmActions).toEqual([{ Ref: topic }]);
      expect(alarm.TreatMissingData).toBe("notBreaching");
      expect(alarm.AlarmDescription.length).toBeGreaterThan(40);
    }
    const watched = alarms.filter((alarm) => alarm.MetricName === "ExecutionsFailed");
    expect(new Set(watched.map((alarm) => alarm.Dimensions[0].Value.Ref))).toEqual(new Set(machines));
  });

  it("shows every function and state machine on one dashboard", () => {
    const [dashboard] = Object.values(dev.template.findResources("AWS::CloudWatch::Dashboard"));
    const body = JSON.stringify(dashboard?.["Properties"].DashboardBody);
    for (const name of handlerNames()) expect(body).toContain(`\\"label\\":\\"${name}\\"`);
    for (const machine of Object.keys(dev.template.findResources("AWS::StepFunctions::StateMachine")))
      expect(body).toContain(`"Ref":"${machine}"`);
  });

  it("sends uploads to the queue, ended executions to their function, and looks what is due as often as its settings say", () => {
    const ruleOf = (pattern: object) => Object.values(dev.template.findResources("AWS::Events::Rule", pattern));
    const targetsOf = (rule: { [key: string]: unknown } | undefined) => JSON.stringify(rule?.["Properties"]);
    const [uploads] = ruleOf({ Properties: { EventPattern: { "detail-type": ["Object Created"] } } });
    expect(uploads?.["Properties"].EventPattern.detail.object).toEqual({ key: [{ wildcard: "*/incoming/*" }] });
    const [mapping] = Object.values(dev.template.findResources("AWS::Lambda::EventSourceMapping"));
    expect(uploads?.["Properties"].Targets[0].Arn).toEqual(mapping?.["Properties"].EventSourceArn);
    expect(mapping?.["Properties"].FunctionResponseTypes).toEqual(["ReportBatchItemFailures"]);
    const [ended] = ruleOf({ Properties: { EventPattern: { source: ["aws.states"] } } });
    expect(ended?.["Properties"].EventPattern.detail.status).toEqual(["FAILED", "TIMED_OUT", "ABORTED"]);
    expect(JSON.stringify(ended?.["Properties"].EventPattern.detail.stateMachineArn)).toMatch(
      /mlops-dev-training.*mlops-dev-delivery.*mlops-dev-ingest/,
    );
    expect(targetsOf(ended)).toMatch(/executionended/i);
    const [schedule] = ruleOf({ Properties: { ScheduleExpression: Match.anyValue() } });
    expect(schedule?.["Properties"]).toMatchObject({ ScheduleExpression: "rate(15 minutes)", State: "ENABLED" });
    const { MonitoringStateMachineArn } = dev.template.findOutputs("*");
    expect(schedule?.["Properties"].Targets[0].Arn).toEqual(MonitoringStateMachineArn?.["Value"]);
  });

  it("ends abandoned uploads and old versions, and quarantined files when their time is over", () => {
    const rules = (template: Template) =>
      Object.values(template.findResources("AWS::S3::Bucket")).map(
        (bucket) => bucket["Properties"].LifecycleConfiguration.Rules as Array<Record<string, unknown>>,
      );
    for (const bucket of rules(dev.template)) {
      expect(bucket).toContainEqual(
        expect.objectContaining({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } }),
      );
      expect(bucket).toContainEqual(
        expect.objectContaining({ NoncurrentVersionExpiration: { NoncurrentDays: 90 }, Status: "Enabled" }),
      );
    }
    const expiring = rules(dev.template)
      .flat()
      .filter((rule) => rule["ExpirationInDays"] !== undefined);
    expect(expiring).toEqual([
      expect.objectContaining({
        ExpirationInDays: 90,
        TagFilters: [{ Key: "mlops:kind", Value: "quarantine" }],
        Status: "Enabled",
      }),
    ]);
  });

  it("needs no Docker: it has files only, and no function is an image", () => {
    const { directory } = dev.app.synth();
    const manifest = JSON.parse(readFileSync(join(directory, "mlops-dev.assets.json"), "utf8"));
    expect(manifest.dockerImages).toEqual({});
    expect(Object.keys(manifest.files).length).toBeGreaterThan(2);
    for (const resource of Object.values(dev.template.findResources("AWS::Lambda::Function")))
      expect(resource["Properties"].Code).toHaveProperty("S3Key");
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

describe("the factory in a stack of somebody's own", () => {
  it("stands beside other resources, whose owner can build on what it has", () => {
    const stack = new Stack(new App(), "shop");
    const settings = parseStageSettings("schemaVersion: 1\nstage: shop\nretainData: false", "test");
    const factory = new MlopsFactory(stack, "Models", { settings, definitions: [] });
    factory.alerting.topic.addSubscription(new EmailSubscription("shop@example.com"));
    const template = Template.fromStack(stack);
    template.hasResourceProperties("AWS::SNS::Subscription", { Endpoint: "shop@example.com" });
    template.hasResourceProperties("AWS::StepFunctions::StateMachine", { StateMachineName: "mlops-shop-training" });
    const count = (one: Template) => Object.keys(one.toJSON()["Resources"]).length;
    // The same resources as in the stack of its own, with one subscription each.
    expect(count(template)).toBe(count(dev.template));
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
