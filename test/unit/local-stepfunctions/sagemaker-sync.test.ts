import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { fakeSagemaker, trainingState } from "./fake-sagemaker.ts";
import { openWorkbench, ROLE, type Workbench } from "./harness.ts";

const open: Workbench[] = [];
const folders: string[] = [];
async function fresh(...args: Parameters<typeof openWorkbench>): Promise<Workbench> {
  const bench = await openWorkbench(...args);
  open.push(bench);
  return bench;
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((bench) => bench.test.stop()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const training = { QueryLanguage: "JSONata", StartAt: "Train", States: { Train: trainingState({ End: true }) } };

describe("sagemaker:createTrainingJob.sync", () => {
  test("waits for the job and gives the description; the role makes the calls; the job is tagged", async () => {
    const sagemaker = fakeSagemaker();
    const bench = await fresh([sagemaker]);
    const arn = await bench.start(await bench.create(training), { name: "job-1" });
    await bench.until(() => sagemaker.jobs.has("job-1"));
    expect(sagemaker.principals).toEqual([ROLE]);
    expect(sagemaker.jobs.get("job-1")?.request.Tags).toEqual([
      { Key: "MANAGED_BY_AWS", Value: "STARTED_BY_STEP_FUNCTIONS" },
    ]);
    sagemaker.finish("job-1");
    expect(await bench.ended(arn)).toMatchObject({
      status: "SUCCEEDED",
      output: {
        TrainingJobStatus: "Completed",
        ModelArtifacts: { S3ModelArtifacts: "s3://bucket/job-1/model.tar.gz" },
        CreationTime: 1_600_000_000_000,
      },
    });
    const events = await bench.history(arn);
    expect(events.map((event) => event.type)).toEqual([
      "ExecutionStarted",
      "TaskStateEntered",
      "TaskScheduled",
      "TaskStarted",
      "TaskSubmitted",
      "TaskSucceeded",
      "TaskStateExited",
      "ExecutionSucceeded",
    ]);
    expect(events[2]?.taskScheduledEventDetails).toMatchObject({
      resourceType: "sagemaker",
      resource: "createTrainingJob.sync",
      region: "us-east-1",
    });
  });

  test("fails with States.TaskFailed and the description as the cause", async () => {
    const sagemaker = fakeSagemaker();
    const bench = await fresh([sagemaker]);
    const arn = await bench.start(await bench.create(training), { name: "job-2" });
    await bench.until(() => sagemaker.jobs.has("job-2"));
    sagemaker.finish("job-2", "Failed", "AlgorithmError: exit 1");
    const ended = await bench.ended(arn);
    expect(ended).toMatchObject({ status: "FAILED", error: "States.TaskFailed" });
    expect(JSON.parse(ended.cause ?? "")).toMatchObject({
      TrainingJobStatus: "Failed",
      FailureReason: "AlgorithmError: exit 1",
    });
  });

  test("names service errors as the AWS SDK for Java 1.x does", async () => {
    const sagemaker = fakeSagemaker();
    const bench = await fresh([sagemaker]);
    const machine = await bench.create(training);
    await bench.start(machine, { name: "same" });
    await bench.until(() => sagemaker.jobs.has("same"));
    const ended = await bench.ended(await bench.start(machine, { name: "same" }));
    expect(ended.error).toBe("SageMaker.ResourceInUseException");
    expect(ended.cause).toContain(
      "(Service: AmazonSageMaker; Status Code: 400; Error Code: ResourceInUse; Request ID: ",
    );
    sagemaker.finish("same");
  });

  test.each([
    ["StopExecution", {}, "ABORTED"],
    ["a timeout of the state", { TimeoutSeconds: 1 }, "FAILED"],
  ])("%s stops the job", async (_, extra, status) => {
    const sagemaker = fakeSagemaker();
    const bench = await fresh([sagemaker]);
    const definition = { ...training, States: { Train: trainingState({ End: true, ...extra }) } };
    const executionArn = await bench.start(await bench.create(definition), { name: "job-3" });
    await bench.until(() => sagemaker.jobs.has("job-3"));
    if (status === "ABORTED") await bench.cloud.call("stepfunctions", "StopExecution", { executionArn });
    expect((await bench.ended(executionArn)).status).toBe(status);
    await bench.until(() => sagemaker.jobs.get("job-3")?.status === "Stopped");
  });

  test("a failing sibling stops the job", async () => {
    const sagemaker = fakeSagemaker();
    const bench = await fresh([sagemaker]);
    const arn = await bench.start(
      await bench.create({
        QueryLanguage: "JSONata",
        StartAt: "P",
        States: {
          P: {
            Type: "Parallel",
            Branches: [
              { StartAt: "Train", States: { Train: trainingState({ End: true }) } },
              { StartAt: "W", States: { W: { Type: "Wait", Seconds: 1, Next: "F" }, F: { Type: "Fail", Error: "E" } } },
            ],
            End: true,
          },
        },
      }),
      { name: "job-4" },
    );
    expect(await bench.ended(arn)).toMatchObject({ status: "FAILED", error: "E" });
    await bench.until(() => sagemaker.jobs.get("job-4")?.status === "Stopped");
  });

  test("a restarted cloud takes the running job over and does not start another", async () => {
    const sagemaker = fakeSagemaker();
    const bench = await fresh([sagemaker]);
    const arn = await bench.start(await bench.create(training), { name: "job-5" });
    await bench.until(() => sagemaker.jobs.has("job-5"));
    const stateDirectory = mkdtempSync(join(tmpdir(), "mlops-killed-"));
    folders.push(stateDirectory);
    cpSync(bench.test.stateDirectory, stateDirectory, { recursive: true });
    const after = fakeSagemaker(new Map([...sagemaker.jobs].map(([name, job]) => [name, { ...job }])));
    const next = await fresh([after], { stateDirectory });
    after.finish("job-5");
    expect((await next.ended(arn)).status).toBe("SUCCEEDED");
    expect(after.principals).toEqual([]);
  });
});
