import { CreateTransformJobCommand } from "@aws-sdk/client-sagemaker";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bucket, type SagemakerClients, startSagemakerCloud, transformRequest } from "../support/sagemaker-cloud.ts";
import type { StartedCloud } from "../support/start-cloud.ts";

let cloud: StartedCloud;
let clients: SagemakerClients;

beforeAll(async () => {
  ({ cloud, clients } = await startSagemakerCloud());
  const job = await clients.train("model");
  await clients.createModel("strikes", job.ModelArtifacts?.S3ModelArtifacts ?? "");
}, 600_000);
afterAll(() => cloud.stop());

const lines = (text: string): string[] => text.trimEnd().split("\n");

describe("transform jobs", () => {
  it("join each prediction to its input line, in order", async () => {
    const job = await clients.transform("joined", {});
    expect(job.FailureReason).toBeUndefined();
    expect(job.TransformJobStatus).toBe("Completed");
    expect(await clients.keys("out/joined/")).toEqual(["out/joined/held-out.jsonl.out"]);
    const input = lines(await clients.text("data/test/held-out.jsonl")).map((line) => JSON.parse(line) as object);
    const output = lines(await clients.text("out/joined/held-out.jsonl.out")).map((line) => JSON.parse(line) as object);
    expect(output).toHaveLength(input.length);
    output.forEach((record, row) => {
      expect(record).toEqual({
        ...input[row],
        SageMakerOutput: { probability: expect.any(Number), label: expect.stringMatching(/^(none|damage)$/) },
      });
    });
  });

  it("give the same predictions however the records are sent", async () => {
    await clients.transform("single", { BatchStrategy: "SingleRecord", MaxConcurrentTransforms: 4 });
    expect(await clients.text("out/single/held-out.jsonl.out")).toBe(
      await clients.text("out/joined/held-out.jsonl.out"),
    );
  });

  it("filter the joined record", async () => {
    await clients.transform("filtered", {
      DataProcessing: { InputFilter: "$.features", JoinSource: "Input", OutputFilter: "$['id','SageMakerOutput']" },
    });
    const [first = ""] = lines(await clients.text("out/filtered/held-out.jsonl.out"));
    expect(Object.keys(JSON.parse(first) as object)).toEqual(["id", "SageMakerOutput"]);
  });

  it("filter and join CSV by position", async () => {
    await clients.put("data/csv/rows.csv", 'id-1,200,"Climb",Large\nid-2,,Approach,Small\n');
    const job = await clients.transform("csv", {
      TransformInput: {
        ContentType: "text/csv",
        SplitType: "Line",
        DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: `s3://${bucket}/data/csv` } },
      },
      TransformOutput: { S3OutputPath: `s3://${bucket}/out/csv`, Accept: "text/csv", AssembleWith: "Line" },
      DataProcessing: { InputFilter: "$[1:]", JoinSource: "Input", OutputFilter: "$[0,-1]" },
    });
    expect(job.FailureReason).toBeUndefined();
    expect(await clients.text("out/csv/rows.csv.out")).toMatch(/^id-1,0\.\d+\nid-2,0\.\d+\n$/);
  });

  it("read a manifest and keep the paths of its keys", async () => {
    await clients.put("test.manifest", JSON.stringify([{ prefix: `s3://${bucket}/data/` }, "test/held-out.jsonl"]));
    await clients.transform("manifest", {
      TransformInput: {
        ContentType: "application/jsonlines",
        SplitType: "Line",
        DataSource: { S3DataSource: { S3DataType: "ManifestFile", S3Uri: `s3://${bucket}/test.manifest` } },
      },
    });
    expect(await clients.keys("out/manifest/")).toEqual(["out/manifest/test/held-out.jsonl.out"]);
  });

  it("give the job's environment to the model", async () => {
    const withId = await clients.transform("strict", { DataProcessing: { JoinSource: "Input" } });
    expect(withId.TransformJobStatus).toBe("Failed");
    expect(withId.FailureReason).toMatch(/^ClientError: 400: s3:.*held-out\.jsonl: .*"field": "id"/);
    const ignored = await clients.transform("lenient", {
      DataProcessing: { JoinSource: "Input" },
      Environment: { MLOPS_UNKNOWN_FIELDS: "ignore" },
    });
    expect(ignored.TransformJobStatus).toBe("Completed");
  });

  it("fail for input that is not there", async () => {
    const job = await clients.transform("nothing", {
      TransformInput: {
        ContentType: "application/jsonlines",
        SplitType: "Line",
        DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: `s3://${bucket}/nowhere` } },
      },
    });
    expect(job.FailureReason).toMatch(/No S3 objects found/);
  });

  it.each([
    ["a model that does not exist", { ModelName: "nobody" }, /Could not find model/],
    [
      "join with another accept type",
      { TransformOutput: { S3OutputPath: `s3://${bucket}/x`, Accept: "text/csv", AssembleWith: "Line" } },
      /Accept equals ContentType/,
    ],
    [
      "a filter by name for CSV",
      {
        TransformInput: {
          ContentType: "text/csv",
          SplitType: "Line",
          DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: `s3://${bucket}/x` } },
        },
        TransformOutput: { S3OutputPath: `s3://${bucket}/x`, Accept: "text/csv", AssembleWith: "Line" },
        DataProcessing: { InputFilter: "$.features" },
      },
      /by index only/,
    ],
    ["a path it cannot evaluate", { DataProcessing: { InputFilter: "$..features" } }, /JSONPath operator/],
    [
      "several records without a split",
      {
        TransformInput: {
          ContentType: "application/json",
          DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: `s3://${bucket}/x` } },
        },
        DataProcessing: {},
      },
      /SplitType/,
    ],
    ["too much in flight", { MaxConcurrentTransforms: 50, MaxPayloadInMB: 6 }, /must not exceed 100/],
  ] as const)("refuse %s", async (_name, change, message) => {
    const request = transformRequest("refused", change as never);
    await expect(clients.sagemaker.send(new CreateTransformJobCommand(request))).rejects.toThrow(message);
  });
});
