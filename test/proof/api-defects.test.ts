import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateModelCommand, CreateTrainingJobCommand, SageMakerClient } from "@aws-sdk/client-sagemaker";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Cloud, LocalService } from "../../local/kernel/cloud.ts";
import { EXPLAINED } from "../../local/kernel/proof/explained.ts";
import { createSagemaker } from "../../local/services/sagemaker/index.ts";
import { image, roleArn, trainingRequest } from "../support/sagemaker-cloud.ts";
import { type StartedCloud, startCloud } from "../support/start-cloud.ts";
import { readProof } from "./support/proof-cloud.ts";

/** CloudWatch Logs whose answer has a member that AWS does not have, and a list that is none. */
function createWrongLogs(_cloud: Cloud): LocalService {
  return { id: "logs", operations: { DescribeLogGroups: () => ({ logGroups: "none", team: "x" }) } };
}

let cloud: StartedCloud;
let sagemaker: SageMakerClient;

beforeAll(async () => {
  process.env["MLOPS_LOCAL_PROOF"] = "1";
  cloud = await startCloud({ factories: [createWrongLogs, createSagemaker] });
  sagemaker = new SageMakerClient(cloud.clientConfig);
});
afterAll(async () => {
  delete process.env["MLOPS_LOCAL_PROOF"];
  await cloud?.stop();
});

const findings = async () => (await readProof(cloud.endpoint)).findings;

describe("a planted defect", () => {
  it("a wrong enum in a request is refused and found", async () => {
    const request = trainingRequest("wrong-enum", {
      ResourceConfig: { InstanceType: "ml.m5.largest" as "ml.m5.large", InstanceCount: 1, VolumeSizeInGB: 10 },
    });
    await expect(sagemaker.send(new CreateTrainingJobCommand(request))).rejects.toThrow(/enum value set/);
    expect(await findings()).toContainEqual(
      expect.objectContaining({ kind: "request", subject: "sagemaker:CreateTrainingJob" }),
    );
  });

  it("a name that is too long is refused and found", async () => {
    const request = { ModelName: "m".repeat(64), ExecutionRoleArn: roleArn, PrimaryContainer: { Image: image } };
    await expect(sagemaker.send(new CreateModelCommand(request))).rejects.toThrow(/length less than or equal to 63/);
    expect((await findings()).find(({ subject }) => subject === "sagemaker:CreateModel")?.problem).toMatch(/63/);
  });

  it("a response with a member that AWS does not have, and one of a wrong type, fails its call", async () => {
    const logs = new CloudWatchLogsClient(cloud.clientConfig);
    await expect(logs.send(new DescribeLogGroupsCommand({}))).rejects.toThrow(/AWS would not send this response/);
    const found = (await findings()).filter(({ subject }) => subject === "logs:DescribeLogGroups");
    expect(found.map(({ problem }) => problem)).toEqual([
      "logGroups: must be a list, found 'none'",
      "team: AWS's model has no such member",
    ]);
  });

  it("an event with a time in seconds, and one that no service documents, is found where it is published", async () => {
    const event = (detailType: string, detail: Record<string, unknown>) => () =>
      cloud.cloud.publish({ source: "aws.sagemaker", detailType, detail });
    const detail = {
      EndpointName: "e",
      EndpointArn: "arn:aws:sagemaker:us-east-1:000000000000:endpoint/e",
      EndpointConfigName: "c",
      CreationTime: 1_600_000_000,
      Tags: {},
    };
    expect(event("SageMaker Endpoint State Change", { ...detail, EndpointStatus: "InService" })).toThrow(
      /EndpointStatus: .*CreationTime|CreationTime: .*EndpointStatus/s,
    );
    expect(event("SageMaker Endpoint Was Made", detail)).toThrow(/no documented event/);
  });

  it("deviations that AWS has itself are few, and each says why", () => {
    expect(EXPLAINED.length).toBeLessThan(6);
    for (const { reason } of EXPLAINED) expect(reason).toMatch(/https:\/\//);
  });
});
