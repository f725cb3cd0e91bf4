import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createLogs } from "../../../local/services/logs/index.ts";
import { createS3 } from "../../../local/services/s3/index.ts";
import { createSagemaker } from "../../../local/services/sagemaker/index.ts";
import { trainingRequest, until } from "../../support/sagemaker-cloud.ts";
import { createTestCloud, type TestCloud } from "../../support/test-cloud.ts";

let test: TestCloud;

beforeEach(async () => {
  vi.stubEnv("MLOPS_PYTHON", "/nonexistent/python3");
  test = await createTestCloud({ services: [createS3, createLogs, createSagemaker] });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await test.stop();
});

describe("SageMaker without Python", () => {
  it("fails a job with what to install, and publishes that", async () => {
    const { cloud, published } = test;
    const bucket = "sagemaker-contract";
    await cloud.call("s3", "CreateBucket", { Bucket: bucket });
    for (const key of ["data/train/a.csv", "data/validation/a.csv"]) {
      await cloud.call("s3", "PutObject", { Bucket: bucket, Key: key, Body: Buffer.from("x\n") });
    }
    const { packFiles } = await import("../../support/xgboost-recipe.ts");
    const Body = await packFiles({ "train.py": "" });
    await cloud.call("s3", "PutObject", { Bucket: bucket, Key: "source.tar.gz", Body });
    await cloud.call("sagemaker", "CreateTrainingJob", trainingRequest("job"));
    const job = await until(
      () =>
        cloud.call("sagemaker", "DescribeTrainingJob", { TrainingJobName: "job" }) as Promise<{
          TrainingJobStatus: string;
          FailureReason: string;
        }>,
      ({ TrainingJobStatus }) => TrainingJobStatus !== "InProgress",
    );
    expect(job.FailureReason).toMatch(
      /^ClientError: MLOPS_PYTHON is \/nonexistent\/python3, which is no program.*(apt-get|brew) install/,
    );
    const last = published.at(-1);
    expect(last).toMatchObject({
      source: "aws.sagemaker",
      "detail-type": "SageMaker Training Job State Change",
      resources: ["arn:aws:sagemaker:us-east-1:000000000000:training-job/job"],
      detail: {
        TrainingJobName: "job",
        TrainingJobStatus: "Failed",
        FailureReason: job.FailureReason,
        CreationTime: expect.any(Number),
      },
    });
  });
});
