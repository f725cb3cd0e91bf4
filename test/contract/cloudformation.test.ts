import { rmSync } from "node:fs";
import {
  CloudFormationClient,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  ListStackResourcesCommand,
  ListStacksCommand,
} from "@aws-sdk/client-cloudformation";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deployAssembly, destroyStack } from "../../local/deployer/index.ts";
import { type StartedCloud, startCloud } from "../support/start-cloud.ts";
import { writeWideAssembly } from "../support/wide-assembly.ts";

let cloud: StartedCloud;
let cloudformation: CloudFormationClient;
let outputs: Readonly<Record<string, string>>;
let deployMillis: number;
const directory = writeWideAssembly();

beforeAll(async () => {
  cloud = await startCloud();
  cloudformation = new CloudFormationClient(cloud.clientConfig);
  const started = performance.now();
  ({ outputs } = await deployAssembly(cloud.cloud, directory));
  deployMillis = performance.now() - started;
});
afterAll(async () => {
  await cloud.stop();
  rmSync(directory, { recursive: true, force: true });
});

describe("a stack with one resource of every supported type", () => {
  it("is deployed, and fast", () => {
    expect(outputs).toMatchObject({ Answer: "answer of v1", QueueArn: expect.stringMatching(/^arn:aws:sqs:/) });
    // Far above the usual quarter of a second, because the machine may be busy.
    expect(deployMillis).toBeLessThan(5_000);
  });

  it("is described with outputs, resources, events and template", async () => {
    const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName: "wide" }));
    expect(Stacks).toMatchObject([{ StackName: "wide", StackStatus: "CREATE_COMPLETE" }]);
    expect(Stacks?.[0]?.Outputs).toContainEqual(
      expect.objectContaining({ OutputKey: "Answer", OutputValue: "answer of v1" }),
    );
    const { StackResources } = await cloudformation.send(new DescribeStackResourcesCommand({ StackName: "wide" }));
    expect(StackResources?.every((resource) => resource.ResourceStatus === "CREATE_COMPLETE")).toBe(true);
    const { StackResourceSummaries } = await cloudformation.send(new ListStackResourcesCommand({ StackName: "wide" }));
    expect(StackResourceSummaries).toHaveLength(StackResources?.length ?? 0);
    const { StackEvents } = await cloudformation.send(new DescribeStackEventsCommand({ StackName: "wide" }));
    expect(StackEvents?.[0]).toMatchObject({
      ResourceType: "AWS::CloudFormation::Stack",
      ResourceStatus: "CREATE_COMPLETE",
    });
    const { TemplateBody } = await cloudformation.send(new GetTemplateCommand({ StackName: "wide" }));
    expect(JSON.parse(TemplateBody ?? "")).toHaveProperty("Resources.Bucket");
  });

  it("names a stack that does not exist", async () => {
    await expect(cloudformation.send(new DescribeStacksCommand({ StackName: "nobody" }))).rejects.toMatchObject({
      name: "ValidationError",
      message: "Stack with id nobody does not exist",
    });
  });

  it("is updated in place, custom resources too", async () => {
    const changed = writeWideAssembly({ value: "v2", timeoutSeconds: 45 });
    try {
      const result = await deployAssembly(cloud.cloud, changed);
      expect(result.outputs["Answer"]).toBe("answer of v2");
      expect(result.outputs["QueueArn"]).toBe(outputs["QueueArn"]);
    } finally {
      rmSync(changed, { recursive: true, force: true });
    }
    const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName: "wide" }));
    expect(Stacks?.[0]?.StackStatus).toBe("UPDATE_COMPLETE");
  });

  it("is rolled back when its custom resource refuses an update", async () => {
    const refused = writeWideAssembly({ value: "refuse", timeoutSeconds: 60 });
    try {
      await expect(deployAssembly(cloud.cloud, refused)).rejects.toThrow("told to refuse");
    } finally {
      rmSync(refused, { recursive: true, force: true });
    }
    const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName: "wide" }));
    expect(Stacks).toMatchObject([{ StackStatus: "UPDATE_ROLLBACK_COMPLETE" }]);
    const name = outputs["FunctionName"];
    const configuration = await cloud.cloud.call("lambda", "GetFunctionConfiguration", { FunctionName: name });
    expect(configuration.Timeout).toBe(45);
  });

  it("is destroyed with everything in it", async () => {
    await destroyStack(cloud.cloud, "wide");
    const { StackSummaries } = await cloudformation.send(
      new ListStacksCommand({ StackStatusFilter: ["DELETE_COMPLETE"] }),
    );
    expect(StackSummaries).toMatchObject([{ StackName: "wide" }]);
    const { Buckets } = await cloud.cloud.call("s3", "ListBuckets", {});
    expect((Buckets as { Name: string }[]).map((bucket) => bucket.Name)).toEqual([
      "cdk-hnb659fds-assets-000000000000-us-east-1",
    ]);
    const FunctionName = outputs["FunctionName"];
    await expect(cloud.cloud.call("lambda", "GetFunction", { FunctionName })).rejects.toMatchObject({
      code: "ResourceNotFoundException",
    });
  });
});
