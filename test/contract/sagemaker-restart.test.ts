import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import {
  CreateTrainingJobCommand,
  DescribeEndpointCommand,
  DescribeTrainingJobCommand,
  UpdateEndpointCommand,
} from "@aws-sdk/client-sagemaker";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bucket, prepareBucket, SagemakerClients, trainingRequest, until } from "../support/sagemaker-cloud.ts";
import { packFiles } from "../support/xgboost-recipe.ts";

const stateDirectory = mkdtempSync(join(tmpdir(), "mlops-restart-"));
const script = fileURLToPath(new URL("../support/run-cloud.ts", import.meta.url));
let running: ChildProcess;
let clients: SagemakerClients;

/** Starts the cloud in a process of its own and connects to it. */
async function start(): Promise<void> {
  running = spawn(process.execPath, ["--import", "tsx", script, stateDirectory], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const { stdout } = running;
  if (!stdout) throw new Error("no output");
  const [endpoint] = (await once(createInterface({ input: stdout }), "line")) as [string];
  clients = new SagemakerClients({
    clientConfig: {
      endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      maxAttempts: 1,
    },
  });
}

async function kill(): Promise<number> {
  const { pid } = running;
  running.kill("SIGKILL");
  await once(running, "exit");
  return pid ?? 0;
}

/** Container processes of a cloud that are still there; Linux only. */
function orphansOf(cloudPid: number): string[] {
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(`MLOPS_PARENT_PID=${cloudPid}`);
    } catch (error) {
      if (["ENOENT", "ESRCH", "EACCES"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
      throw error;
    }
  });
}

beforeAll(async () => {
  await start();
  await prepareBucket(clients);
  const job = await clients.train("model");
  await clients.createModel("strikes", job.ModelArtifacts?.S3ModelArtifacts ?? "");
  await clients.put("sleep.tar.gz", await packFiles({ "sleep.py": "import time\ntime.sleep(60)" }));
  await clients.createConfig("first", [["main", "strikes", 1]], {
    EnableCapture: true,
    InitialSamplingPercentage: 100,
    DestinationS3Uri: `s3://${bucket}/capture`,
    CaptureOptions: [{ CaptureMode: "Input" }],
    CaptureContentTypeHeader: { JsonContentTypes: ["application/json"] },
  });
  await clients.createConfig("second", [["main", "strikes", 1]]);
  await clients.createEndpoint("live", "first");
}, 600_000);
afterAll(async () => {
  await kill();
  rmSync(stateDirectory, { recursive: true, force: true });
});

describe("SageMaker after the cloud was killed", () => {
  it("fails jobs that were running, brings endpoints back, and keeps captured records", async () => {
    const HyperParameters = {
      sagemaker_program: "sleep.py",
      sagemaker_submit_directory: `s3://${bucket}/sleep.tar.gz`,
    };
    await clients.sagemaker.send(new CreateTrainingJobCommand(trainingRequest("interrupted", { HyperParameters })));
    await until(
      () => clients.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: "interrupted" })),
      ({ SecondaryStatus }) => SecondaryStatus === "Training",
    );
    await clients.invoke("live", '{"instances":[{}]}', { id: "before-the-end" });
    const pid = await kill();
    if (process.platform === "linux")
      await until(
        async () => orphansOf(pid),
        (pids) => pids.length === 0,
      );
    await start();
    const job = await clients.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: "interrupted" }));
    expect(job.TrainingJobStatus).toBe("Failed");
    expect(job.FailureReason).toMatch(/^InternalServerError: /);
    const { InvokedProductionVariant } = await clients.invoke("live", '{"instances":[{}]}');
    expect(InvokedProductionVariant).toBe("main");
    const captured = await Promise.all((await clients.keys("capture/live/main/")).map((key) => clients.text(key)));
    expect(captured.join("")).toContain('"inferenceId":"before-the-end"');
    expect((await clients.train("afterwards")).TrainingJobStatus).toBe("Completed");
  });

  it("finishes an update that was under way", async () => {
    await clients.sagemaker.send(new UpdateEndpointCommand({ EndpointName: "live", EndpointConfigName: "second" }));
    await kill();
    await start();
    const endpoint = await clients.settled("live");
    expect(endpoint).toMatchObject({ EndpointStatus: "InService", EndpointConfigName: "second" });
    const { PendingDeploymentSummary } = await clients.sagemaker.send(
      new DescribeEndpointCommand({ EndpointName: "live" }),
    );
    expect(PendingDeploymentSummary).toBeUndefined();
    await clients.invoke("live", '{"instances":[{}]}');
  });
});
