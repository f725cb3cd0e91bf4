import { describe, expect, it } from "vitest";
import { type Place, requirementsOf } from "../../../local/iam/requirements/index.ts";

const tagged = new Set(["data/birds/incoming/tagged.csv#v1"]);
const place: Place = {
  partition: "aws",
  region: "us-east-1",
  accountId: "000000000000",
  objectHasTags: (bucket, key, versionId) => tagged.has(`${bucket}/${key}#${versionId}`),
};

function needs(service: string, operation: string, input: object): string[] | undefined {
  return requirementsOf(service, operation, input, place)?.map(({ action, resource }) => `${action} ${resource}`);
}

describe("what a call needs", () => {
  const object = "arn:aws:s3:::data/birds/incoming/a.csv";

  it("differs in S3 between the current object and a named version", () => {
    const address = { Bucket: "data", Key: "birds/incoming/a.csv" };
    expect(needs("s3", "HeadObject", address)).toEqual([`s3:GetObject ${object}`]);
    expect(needs("s3", "GetObject", { ...address, VersionId: "v1" })).toEqual([`s3:GetObjectVersion ${object}`]);
    expect(needs("s3", "DeleteObject", { ...address, VersionId: "v1" })).toEqual([`s3:DeleteObjectVersion ${object}`]);
    expect(needs("s3", "ListObjectsV2", address)).toEqual(["s3:ListBucket arn:aws:s3:::data"]);
  });

  it("includes in S3 what tags, conditions and copies ask for", () => {
    const target = { Bucket: "data", Key: "birds/quarantine/b1/a.csv" };
    const copy = "arn:aws:s3:::data/birds/quarantine/b1/a.csv";
    expect(needs("s3", "PutObject", { ...target, IfMatch: '"e"', Tagging: "a=b" })).toEqual([
      `s3:PutObject ${copy}`,
      `s3:PutObjectTagging ${copy}`,
      `s3:GetObject ${copy}`,
    ]);
    expect(needs("s3", "CopyObject", { ...target, CopySource: "data/birds/incoming/a.csv?versionId=v1" })).toEqual([
      `s3:GetObjectVersion ${object}`,
      `s3:PutObject ${copy}`,
    ]);
    expect(needs("s3", "CopyObject", { ...target, CopySource: "data/birds/incoming/tagged.csv?versionId=v1" })).toEqual(
      [
        "s3:GetObjectVersion arn:aws:s3:::data/birds/incoming/tagged.csv",
        "s3:GetObjectVersionTagging arn:aws:s3:::data/birds/incoming/tagged.csv",
        `s3:PutObjectTagging ${copy}`,
        `s3:PutObject ${copy}`,
      ],
    );
    const replaced = {
      ...target,
      CopySource: "data/birds/incoming/tagged.csv?versionId=v1",
      TaggingDirective: "REPLACE",
    };
    expect(needs("s3", "CopyObject", { ...replaced, Tagging: "mlops%3Akind=quarantine" })).toEqual([
      "s3:GetObjectVersion arn:aws:s3:::data/birds/incoming/tagged.csv",
      `s3:PutObject ${copy}`,
      `s3:PutObjectTagging ${copy}`,
    ]);
  });

  it("is counted in DynamoDB entry by entry of a transaction, and on the index for its queries", () => {
    const table = "arn:aws:dynamodb:us-east-1:000000000000:table/registry";
    const TransactItems = [{ Put: { TableName: "registry" } }, { ConditionCheck: { TableName: "registry" } }];
    expect(needs("dynamodb", "TransactWriteItems", { TransactItems })).toEqual([
      `dynamodb:PutItem ${table}`,
      `dynamodb:ConditionCheckItem ${table}`,
    ]);
    expect(needs("dynamodb", "Query", { TableName: "registry", IndexName: "gsi1" })).toEqual([
      `dynamodb:Query ${table}/index/gsi1`,
    ]);
  });

  it("includes in SageMaker the tags, the role that is passed and the alarms of guardrails", () => {
    const sagemaker = (resource: string) => `arn:aws:sagemaker:us-east-1:000000000000:${resource}`;
    const role = "arn:aws:iam::000000000000:role/sagemaker";
    const model = { ModelName: "Dev-Birds-r1", ExecutionRoleArn: role, Tags: [{ Key: "model", Value: "birds" }] };
    expect(requirementsOf("sagemaker", "CreateModel", model, place)).toMatchObject([
      { action: "sagemaker:CreateModel", resource: sagemaker("model/dev-birds-r1") },
      { action: "sagemaker:AddTags", context: { "aws:RequestTag/model": "birds", "aws:TagKeys": ["model"] } },
      { action: "iam:PassRole", resource: role, context: { "iam:PassedToService": "sagemaker.amazonaws.com" } },
    ]);
    const update = { EndpointName: "dev-birds", EndpointConfigName: "dev-birds-d2" };
    const guarded = { DeploymentConfig: { AutoRollbackConfiguration: { Alarms: [{ AlarmName: "a" }] } } };
    expect(needs("sagemaker", "UpdateEndpoint", { ...update, ...guarded })).toEqual([
      `sagemaker:UpdateEndpoint ${sagemaker("endpoint/dev-birds")}`,
      `sagemaker:UpdateEndpoint ${sagemaker("endpoint-config/dev-birds-d2")}`,
      "cloudwatch:DescribeAlarms arn:aws:cloudwatch:us-east-1:000000000000:alarm:*",
    ]);
  });

  it("is the four calls of a pull for an image of ECR, and nothing for another one", () => {
    const Image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5";
    expect(needs("ecr", "PullImage", { Image })).toHaveLength(4);
    expect(needs("ecr", "PullImage", { Image: "docker.io/library/xgboost:1" })).toEqual([]);
  });
});
