import { gunzipSync } from "node:zlib";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateTrainingJobCommand,
  DescribeTrainingJobCommand,
  ListTagsCommand,
  ListTrainingJobsCommand,
  StopTrainingJobCommand,
} from "@aws-sdk/client-sagemaker";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { SagemakerTrainingService } from "../../adapters/sagemaker-training-service.ts";
import {
  bucket,
  hyperparameters,
  type SagemakerClients,
  startSagemakerCloud,
  trainingRequest,
  until,
} from "../support/sagemaker-cloud.ts";
import type { StartedCloud } from "../support/start-cloud.ts";
import { packFiles } from "../support/xgboost-recipe.ts";

let cloud: StartedCloud;
let clients: SagemakerClients;

beforeAll(async () => {
  ({ cloud, clients } = await startSagemakerCloud());
}, 600_000);
afterAll(() => cloud.stop());

describe("training jobs", () => {
  it("train for real, scrape metrics, and write the artifact where AWS does", async () => {
    const job = await clients.train("first");
    expect(job.FailureReason).toBeUndefined();
    expect(job).toMatchObject({ TrainingJobStatus: "Completed", SecondaryStatus: "Completed" });
    expect(job.ModelArtifacts?.S3ModelArtifacts).toBe(`s3://${bucket}/artifacts/first/output/model.tar.gz`);
    expect(job.FinalMetricDataList?.[0]?.MetricName).toBe("validation:auc");
    expect(job.FinalMetricDataList?.[0]?.Value).toBeGreaterThan(0.6);
    expect(job.BillableTimeInSeconds).toBeGreaterThan(0);
    expect(job.SecondaryStatusTransitions?.map(({ Status }) => Status)).toEqual([
      "Starting",
      "Downloading",
      "Training",
      "Uploading",
      "Completed",
    ]);
  });

  it("give the same artifact, byte by byte, for the same input", async () => {
    await clients.train("again");
    const [first, again] = await Promise.all(
      ["first", "again"].map((name) => clients.get(`artifacts/${name}/output/model.tar.gz`)),
    );
    expect(gunzipSync(first ?? "").equals(gunzipSync(again ?? ""))).toBe(true);
    expect(Buffer.from(first ?? "").equals(Buffer.from(again ?? ""))).toBe(true);
  });

  it("read ManifestFile channels", async () => {
    for (const channel of ["train", "validation"]) {
      const manifest = [{ prefix: `s3://${bucket}/` }, `data/${channel}/part-00000.csv`];
      await clients.put(`${channel}.manifest`, JSON.stringify(manifest));
    }
    const job = await clients.train("by-manifest", {
      InputDataConfig: ["train", "validation"].map((ChannelName) => ({
        ChannelName,
        DataSource: { S3DataSource: { S3DataType: "ManifestFile", S3Uri: `s3://${bucket}/${ChannelName}.manifest` } },
      })),
    });
    expect(job.FailureReason).toBeUndefined();
    expect(job.TrainingJobStatus).toBe("Completed");
  });

  it.each([
    ["that is no list", '{"prefix":"s3://x/"}'],
    ["without a prefix", '["part-00000.csv"]'],
    ["that is no JSON", "part-00000.csv"],
  ])("fail for a manifest %s", async (name, text) => {
    const key = `manifests/${name.replaceAll(" ", "-")}.manifest`;
    await clients.put(key, text);
    const S3DataSource = { S3DataType: "ManifestFile" as const, S3Uri: `s3://${bucket}/${key}` };
    const job = await clients.train(`manifest-${name.replaceAll(" ", "-")}`, {
      InputDataConfig: [{ ChannelName: "train", DataSource: { S3DataSource } }],
    });
    expect(job.FailureReason).toMatch(/^ClientError: Data download failed: The manifest file/);
  });

  it("keep the log of the script", async () => {
    const logs = new CloudWatchLogsClient(cloud.clientConfig);
    const { events } = await logs.send(
      new FilterLogEventsCommand({ logGroupName: "/aws/sagemaker/TrainingJobs", logStreamNamePrefix: "first/algo-1-" }),
    );
    expect(events?.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^\[mlops\] metric validation:auc=/),
    );
  });

  it("fail with the toolkit's text, as in the image; what the script said is in the log", async () => {
    const job = await clients.train("misspelt", { HyperParameters: hyperparameters({ max_dept: "3" }) });
    expect(job.TrainingJobStatus).toBe("Failed");
    expect(job.FailureReason).toMatch(/^AlgorithmError: ExecuteUserScriptError:\nCommand ".* -m train /);
    vi.stubEnv("AWS_ENDPOINT_URL", cloud.endpoint);
    vi.stubEnv("AWS_REGION", "us-east-1");
    vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
    const service = new SagemakerTrainingService();
    expect(await service.scriptError("misspelt")).toBe('unknown hyperparameter "max_dept"; did you mean "max_depth"?');
    expect(await service.scriptError("first")).toBeNull();
    vi.unstubAllEnvs();
  });

  it("pass arguments and environment as script mode does", async () => {
    const script = [
      "import json, os, sys",
      "names = ['SM_HPS', 'SM_CHANNELS', 'SM_USER_ARGS', 'SM_CURRENT_HOST', 'SM_HP_ETA', 'MY_SETTING', 'TRAINING_JOB_NAME']",
      "seen = {'args': sys.argv[1:], **{name: os.environ.get(name) for name in names}}",
      "open(os.path.join(os.environ['SM_MODEL_DIR'], 'seen.json'), 'w').write(json.dumps(seen))",
      "print(json.dumps(seen))",
      "raise SystemExit('the end: ' + json.dumps(seen))",
    ].join("\n");
    await clients.put("script.tar.gz", await packFiles({ "script.py": script }));
    const job = await clients.train("script-mode", {
      Environment: { MY_SETTING: "on" },
      HyperParameters: {
        sagemaker_program: "script.py",
        sagemaker_submit_directory: `s3://${bucket}/script.tar.gz`,
        eta: "0.1",
        name: "text",
        list: "[1, 2]",
        object: '{"b": 1, "a": "x"}',
      },
    });
    expect(job.TrainingJobStatus).toBe("Failed");
    expect(job.FailureReason).toMatch(
      /^AlgorithmError: ExecuteUserScriptError:\nCommand ".* -m script --eta 0.1 --list \[1, 2\] --name text --object a=x,b=1", exit code: 1$/,
    );
    const logs = new CloudWatchLogsClient(cloud.clientConfig);
    const { events } = await logs.send(
      new FilterLogEventsCommand({ logGroupName: "/aws/sagemaker/TrainingJobs", logStreamNamePrefix: "script-mode/" }),
    );
    const seen = JSON.parse(events?.find(({ message }) => message?.startsWith("{"))?.message ?? "{}") as Record<
      string,
      string
    >;
    expect(seen).toMatchObject({
      SM_HPS: '{"eta":0.1,"list":[1,2],"name":"text","object":{"a":"x","b":1}}',
      SM_CHANNELS: '["train","validation"]',
      SM_CURRENT_HOST: "algo-1",
      SM_HP_ETA: "0.1",
      MY_SETTING: "on",
      TRAINING_JOB_NAME: "script-mode",
    });
  });

  it("fail for data that are not there", async () => {
    const job = await clients.train("no-data", {
      InputDataConfig: [
        {
          ChannelName: "train",
          DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: `s3://${bucket}/nowhere/` } },
        },
      ],
    });
    expect(job.FailureReason).toMatch(/^ClientError: Data download failed: No S3 objects found under S3 URL/);
  });

  it("stop on request and at their maximum runtime", async () => {
    await clients.put("sleep.tar.gz", await packFiles({ "sleep.py": "import time\ntime.sleep(60)" }));
    const HyperParameters = {
      sagemaker_program: "sleep.py",
      sagemaker_submit_directory: `s3://${bucket}/sleep.tar.gz`,
    };
    await clients.sagemaker.send(new CreateTrainingJobCommand(trainingRequest("stopped", { HyperParameters })));
    await until(
      () => clients.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: "stopped" })),
      ({ SecondaryStatus }) => SecondaryStatus === "Training",
    );
    await clients.sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: "stopped" }));
    expect(await clients.trained("stopped")).toMatchObject({
      TrainingJobStatus: "Stopped",
      SecondaryStatus: "Stopped",
    });
    const late = await clients.train("late", { HyperParameters, StoppingCondition: { MaxRuntimeInSeconds: 1 } });
    expect(late).toMatchObject({ TrainingJobStatus: "Stopped", SecondaryStatus: "MaxRuntimeExceeded" });
  });

  it("have unique names, and are listed newest first", async () => {
    const twice = clients.sagemaker.send(new CreateTrainingJobCommand(trainingRequest("first")));
    await expect(twice).rejects.toMatchObject({
      name: "ResourceInUse",
      message: expect.stringMatching(/must be unique/),
    });
    const { TrainingJobSummaries } = await clients.sagemaker.send(
      new ListTrainingJobsCommand({ StatusEquals: "Completed" }),
    );
    expect(TrainingJobSummaries?.map(({ TrainingJobName }) => TrainingJobName)).toEqual([
      "by-manifest",
      "again",
      "first",
    ]);
    const unknown = clients.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: "unknown" }));
    await expect(unknown).rejects.toMatchObject({
      name: "ValidationException",
      message: "Requested resource not found.",
    });
  });

  it.each([
    [
      "another image",
      {
        AlgorithmSpecification: {
          TrainingImage: "123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:1",
          TrainingInputMode: "File",
        },
      },
      /cannot run the image 123456789012.*mine:1/,
    ],
    [
      "another region's image",
      {
        AlgorithmSpecification: {
          TrainingImage: "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:3.0-5",
          TrainingInputMode: "File",
        },
      },
      /not available in region us-east-1/,
    ],
    [
      "several instances",
      { ResourceConfig: { InstanceType: "ml.m5.large", InstanceCount: 2, VolumeSizeInGB: 10 } },
      /distributed training/,
    ],
    [
      "a wait without spot",
      { StoppingCondition: { MaxRuntimeInSeconds: 60, MaxWaitTimeInSeconds: 60 } },
      /EnableManagedSpotTraining/,
    ],
    [
      "spot that waits too short",
      { EnableManagedSpotTraining: true, StoppingCondition: { MaxRuntimeInSeconds: 60, MaxWaitTimeInSeconds: 30 } },
      /Invalid MaxWaitTimeInSeconds/,
    ],
    ["a hyperparameter that is no text", { HyperParameters: hyperparameters({ num_round: 20 as never }) }, /String/],
    ["algorithm mode", { HyperParameters: { max_depth: "3" } }, /script mode/],
    [
      "an unknown instance type",
      { ResourceConfig: { InstanceType: "ml.huge", InstanceCount: 1, VolumeSizeInGB: 10 } },
      /enum value set/,
    ],
  ] as const)("refuse %s", async (_name, change, message) => {
    const request = trainingRequest("refused", change as never);
    await expect(clients.sagemaker.send(new CreateTrainingJobCommand(request))).rejects.toThrow(message);
  });

  it("carry tags", async () => {
    const job = await clients.train("tagged", { Tags: [{ Key: "team", Value: "safety" }] });
    const { Tags } = await clients.sagemaker.send(new ListTagsCommand({ ResourceArn: job.TrainingJobArn }));
    expect(Tags).toEqual([{ Key: "team", Value: "safety" }]);
  });
});
