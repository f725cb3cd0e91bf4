// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are CloudFormation's placeholders.
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What differs between two deployments of the wide stack. */
export interface WideAssemblyOptions {
  /** Property of the custom resource; `refuse` makes it fail. */
  readonly value?: string;
  /** Timeout of the Lambda function. */
  readonly timeoutSeconds?: number;
}

const HANDLER = `
export const handler = async (event) => {
  const value = event.ResourceProperties.value;
  const refused = value === "refuse" && event.RequestType !== "Delete";
  const body = {
    Status: refused ? "FAILED" : "SUCCESS",
    Reason: refused ? "told to refuse" : undefined,
    PhysicalResourceId: event.PhysicalResourceId ?? "answer-1",
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
    Data: { Answer: "answer of " + value },
  };
  await fetch(event.ResponseURL, { method: "PUT", body: JSON.stringify(body) });
};
`;

const trust = (service: string) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
});
const allow = (Action: string, Resource: unknown) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action, Resource }],
});
const arn = (logicalId: string) => ({ "Fn::GetAtt": [logicalId, "Arn"] });

/** Writes a cloud assembly, as `cdk synth` would, with a stack `wide` that has a resource of every supported type; gives its path. */
export function writeWideAssembly(options: WideAssemblyOptions = {}): string {
  const directory = mkdtempSync(join(tmpdir(), "wide-assembly-"));
  mkdirSync(join(directory, "asset.code"));
  writeFileSync(join(directory, "asset.code", "index.mjs"), HANDLER);
  const destination = { bucketName: "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}", objectKey: "code.zip" };
  const files = { code: { source: { path: "asset.code", packaging: "zip" }, destinations: { current: destination } } };
  writeFileSync(join(directory, "wide.assets.json"), JSON.stringify({ version: "55.0.0", files }));
  writeFileSync(join(directory, "wide.template.json"), JSON.stringify(template(options)));
  const artifacts = {
    "wide.assets": { type: "cdk:asset-manifest", properties: { file: "wide.assets.json" } },
    wide: {
      type: "aws:cloudformation:stack",
      properties: { templateFile: "wide.template.json" },
      dependencies: ["wide.assets"],
    },
  };
  writeFileSync(join(directory, "manifest.json"), JSON.stringify({ version: "55.0.0", artifacts }));
  return directory;
}

function template({ value = "v1", timeoutSeconds = 30 }: WideAssemblyOptions) {
  return {
    Parameters: {
      BootstrapVersion: {
        Type: "AWS::SSM::Parameter::Value<String>",
        Default: "/cdk-bootstrap/hnb659fds/version",
      },
    },
    Resources: {
      ...storage(),
      ...messaging(),
      ...compute(value, timeoutSeconds),
      ...observation(),
      CDKMetadata: { Type: "AWS::CDK::Metadata", Properties: { Analytics: "v2" } },
    },
    Outputs: {
      Answer: { Value: { "Fn::GetAtt": ["Catalog", "Answer"] } },
      FunctionName: { Value: { Ref: "Function" } },
      QueueArn: { Value: arn("Queue") },
    },
  };
}

function storage() {
  return {
    Key: { Type: "AWS::KMS::Key", Properties: { EnableKeyRotation: true, PendingWindowInDays: 7 } },
    Alias: { Type: "AWS::KMS::Alias", Properties: { AliasName: "alias/wide", TargetKeyId: arn("Key") } },
    Bucket: {
      Type: "AWS::S3::Bucket",
      Properties: {
        VersioningConfiguration: { Status: "Enabled" },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
        },
        LifecycleConfiguration: {
          Rules: [
            {
              Status: "Enabled",
              Prefix: "old/",
              ExpirationInDays: 30,
              NoncurrentVersionExpiration: { NoncurrentDays: 7 },
            },
          ],
        },
        NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
        PublicAccessBlockConfiguration: { BlockPublicAcls: true },
        Tags: [{ Key: "aws-cdk:auto-delete-objects", Value: "true" }],
      },
    },
    BucketPolicy: {
      Type: "AWS::S3::BucketPolicy",
      Properties: {
        Bucket: { Ref: "Bucket" },
        PolicyDocument: allow("s3:GetObject", { "Fn::Sub": "${Bucket.Arn}/*" }),
      },
    },
    Empty: {
      Type: "Custom::S3AutoDeleteObjects",
      Properties: { ServiceToken: "unused", BucketName: { Ref: "Bucket" } },
      DependsOn: ["BucketPolicy"],
    },
    Table: {
      Type: "AWS::DynamoDB::Table",
      Properties: {
        AttributeDefinitions: ["pk", "gsi"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
        BillingMode: "PAY_PER_REQUEST",
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        TimeToLiveSpecification: { AttributeName: "ttl", Enabled: true },
        GlobalSecondaryIndexes: [
          {
            IndexName: "by-gsi",
            KeySchema: [{ AttributeName: "gsi", KeyType: "HASH" }],
            Projection: { ProjectionType: "ALL" },
          },
        ],
      },
    },
    GlobalTable: {
      Type: "AWS::DynamoDB::GlobalTable",
      Properties: {
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
        BillingMode: "PAY_PER_REQUEST",
        Replicas: [{ Region: { Ref: "AWS::Region" } }],
      },
    },
  };
}

function messaging() {
  return {
    DeadLetters: { Type: "AWS::SQS::Queue" },
    Queue: {
      Type: "AWS::SQS::Queue",
      Properties: {
        VisibilityTimeout: 90,
        RedrivePolicy: { deadLetterTargetArn: arn("DeadLetters"), maxReceiveCount: 3 },
      },
    },
    QueuePolicy: {
      Type: "AWS::SQS::QueuePolicy",
      Properties: { Queues: [{ Ref: "Queue" }], PolicyDocument: allow("sqs:SendMessage", arn("Queue")) },
    },
    Topic: { Type: "AWS::SNS::Topic", Properties: { DisplayName: "wide" } },
    TopicPolicy: {
      Type: "AWS::SNS::TopicPolicy",
      Properties: { Topics: [{ Ref: "Topic" }], PolicyDocument: allow("sns:Publish", { Ref: "Topic" }) },
    },
    Subscription: {
      Type: "AWS::SNS::Subscription",
      Properties: { TopicArn: { Ref: "Topic" }, Protocol: "sqs", Endpoint: arn("Queue"), RawMessageDelivery: true },
    },
    Rule: {
      Type: "AWS::Events::Rule",
      Properties: {
        EventPattern: { source: ["aws.s3"], detail: { bucket: { name: [{ Ref: "Bucket" }] } } },
        Targets: [{ Id: "Target0", Arn: arn("Queue") }],
      },
    },
  };
}

function compute(value: string, timeoutSeconds: number) {
  return {
    Role: {
      Type: "AWS::IAM::Role",
      Properties: {
        AssumeRolePolicyDocument: trust("lambda.amazonaws.com"),
        ManagedPolicyArns: [
          {
            "Fn::Join": [
              "",
              ["arn:", { Ref: "AWS::Partition" }, ":iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"],
            ],
          },
        ],
        Policies: [{ PolicyName: "inline", PolicyDocument: allow("s3:GetObject", "*") }],
      },
    },
    Policy: {
      Type: "AWS::IAM::Policy",
      Properties: { PolicyName: "queue", PolicyDocument: allow("sqs:*", arn("Queue")), Roles: [{ Ref: "Role" }] },
    },
    ManagedPolicy: {
      Type: "AWS::IAM::ManagedPolicy",
      Properties: { PolicyDocument: allow("kms:Decrypt", arn("Key")), Roles: [{ Ref: "Role" }] },
    },
    Function: {
      Type: "AWS::Lambda::Function",
      Properties: {
        Runtime: "nodejs22.x",
        Handler: "index.handler",
        Role: arn("Role"),
        Timeout: timeoutSeconds,
        Code: { S3Bucket: { "Fn::Sub": "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}" }, S3Key: "code.zip" },
        Environment: { Variables: { BUCKET: { Ref: "Bucket" } } },
        LoggingConfig: { LogGroup: { Ref: "LogGroup" } },
      },
      DependsOn: ["Policy"],
    },
    Permission: {
      Type: "AWS::Lambda::Permission",
      Properties: {
        Action: "lambda:InvokeFunction",
        FunctionName: arn("Function"),
        Principal: "events.amazonaws.com",
        SourceArn: arn("Rule"),
      },
    },
    Mapping: {
      Type: "AWS::Lambda::EventSourceMapping",
      Properties: { EventSourceArn: arn("Queue"), FunctionName: { Ref: "Function" }, BatchSize: 5 },
    },
    Machine: {
      Type: "AWS::StepFunctions::StateMachine",
      Properties: {
        RoleArn: arn("Role"),
        DefinitionString: JSON.stringify({
          QueryLanguage: "JSONata",
          StartAt: "Call",
          States: {
            Call: {
              Type: "Task",
              Resource: "arn:aws:states:::lambda:invoke",
              Arguments: { FunctionName: "${function}" },
              End: true,
            },
          },
        }),
        DefinitionSubstitutions: { function: arn("Function") },
        TracingConfiguration: { Enabled: true },
      },
    },
    Catalog: { Type: "Custom::Catalog", Properties: { ServiceToken: arn("Function"), value, count: 5 } },
  };
}

function observation() {
  return {
    LogGroup: { Type: "AWS::Logs::LogGroup", Properties: { RetentionInDays: 7 } },
    Alarm: {
      Type: "AWS::CloudWatch::Alarm",
      Properties: {
        Namespace: "AWS/Lambda",
        MetricName: "Errors",
        Dimensions: [{ Name: "FunctionName", Value: { Ref: "Function" } }],
        Statistic: "Sum",
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: "GreaterThanOrEqualToThreshold",
        AlarmActions: [{ Ref: "Topic" }],
      },
    },
    Dashboard: {
      Type: "AWS::CloudWatch::Dashboard",
      Properties: {
        DashboardBody: { "Fn::Sub": '{"widgets":[{"type":"text","properties":{"markdown":"${Bucket}"}}]}' },
      },
    },
  };
}
