import { createReadStream, existsSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { CreateTrainingJobRequest } from "@aws-sdk/client-sagemaker";
import { listFiles, packDirectory, unpackArchive } from "./archive.ts";
import type { ContainerProcess, ProcessExit } from "./container-process.ts";
import { type SagemakerContext, SERVICE, s3Of } from "./context.ts";
import { failureReasonOf, JobFailure } from "./errors.ts";
import { executionPrincipal, pullImage, writeInstanceMetrics } from "./execution-role.ts";
import { makeTrainingDirectory } from "./job-directory.ts";
import { createLogWriter } from "./log-writer.ts";
import { createMetricScraper } from "./metric-scraper.ts";
import { plannedFailure } from "./planned-failure.ts";
import type { TrainingJobRecord } from "./records.ts";
import { downloadInputs, headInput, listInputs } from "./s3-inputs.ts";
import { joinKey, requireS3Uri, s3Uri } from "./s3-uri.ts";
import { advanceTrainingJob } from "./training-state.ts";

/** A training job that runs now. */
export interface TrainingRun {
  /** Ends the job early; its model so far is kept. */
  stop(): void;
  /** Resolves when the job is in a final state; never rejects. */
  readonly done: Promise<void>;
}

/** After SIGTERM a container has this long: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StopTrainingJob.html */
const STOP_GRACE_MILLIS = 120_000;
const DEFAULT_MAX_RUNTIME_SECONDS = 86_400;
export const TRAINING_LOG_GROUP = "/aws/sagemaker/TrainingJobs";

/** Runs a job whose record exists: downloads, trains, uploads, and records every step. */
export function startTrainingRun(context: SagemakerContext, record: TrainingJobRecord): TrainingRun {
  const base = join(context.cloud.directory(SERVICE), "training", record.name);
  let container: ContainerProcess | undefined;
  let ending: "stopped" | "max-runtime" | undefined;

  function end(reason: "stopped" | "max-runtime"): void {
    if (ending) return;
    ending = reason;
    container?.kill("SIGTERM");
    setTimeout(() => container?.kill("SIGKILL"), STOP_GRACE_MILLIS).unref();
  }

  async function run(): Promise<void> {
    const { name, request } = record;
    const stream = `${name}/algo-1-${Math.floor(record.createdMillis / 1_000)}`;
    const log = createLogWriter(context.cloud, TRAINING_LOG_GROUP, stream, executionPrincipal(request.RoleArn));
    const scraper = createMetricScraper(request.AlgorithmSpecification?.MetricDefinitions ?? [], context.cloud.now);
    const planned = plannedFailure(context.cloud, "RunTrainingJob", { TrainingJobName: name });

    /** One start of the container, from the download to its exit. */
    async function attempt(interruptAfterMillis?: number): Promise<ProcessExit> {
      // The interpreter warms up while the data are copied.
      const taking = context.containers.take(request.Environment ?? {});
      taking.catch(() => undefined);
      await rm(base, { recursive: true, force: true });
      await makeTrainingDirectory(base, request);
      advanceTrainingJob(context, name, "InProgress", "Downloading", { startMillis: context.cloud.now() });
      const principal = executionPrincipal(request.RoleArn);
      pullImage(context.cloud, principal, request.AlgorithmSpecification?.TrainingImage);
      writeInstanceMetrics(context.cloud, principal, TRAINING_LOG_GROUP);
      await download(context, request, base);
      const taken = await taking;
      container = taken;
      if (!ending) advanceTrainingJob(context, name, "InProgress", "Training");
      const onLine = (line: string): void => {
        log.write(line);
        scraper.read(line);
      };
      const exited = train(context, request, base, taken, onLine, ending !== undefined, end, planned?.maxRuntimeMillis);
      if (interruptAfterMillis === undefined) return exited;
      const timer = setTimeout(() => taken.kill("SIGKILL"), interruptAfterMillis);
      return exited.finally(() => clearTimeout(timer));
    }

    try {
      if (planned?.failureReason !== undefined) throw new JobFailure(null, planned.failureReason);
      if (planned?.interruptAfterMillis !== undefined) {
        await attempt(planned.interruptAfterMillis);
        if (context.containers.isStopping()) return;
        if (!ending) {
          advanceTrainingJob(context, name, "InProgress", "Interrupted");
          advanceTrainingJob(context, name, "InProgress", "Starting");
        }
      }
      const exit = await attempt();
      if (context.containers.isStopping()) return;
      if (!ending) await requireSuccess(exit, base);
      if (!ending) advanceTrainingJob(context, name, "InProgress", "Uploading", { metrics: scraper.metrics() });
      const modelArtifactsUri = await upload(context, request, base);
      const artifacts = modelArtifactsUri === undefined ? {} : { modelArtifactsUri };
      if (ending) {
        const secondary = ending === "max-runtime" ? "MaxRuntimeExceeded" : "Stopped";
        advanceTrainingJob(context, name, "Stopped", secondary, { metrics: scraper.metrics(), ...artifacts });
      } else advanceTrainingJob(context, name, "Completed", "Completed", artifacts);
    } catch (error) {
      // The next start of the cloud records that the job was interrupted.
      if (context.containers.isStopping()) return;
      if (!(error instanceof JobFailure))
        context.cloud.log(SERVICE, `training job ${name}: ${String((error as Error).stack)}`);
      advanceTrainingJob(context, name, "Failed", "Failed", {
        failureReason: failureReasonOf(error),
        metrics: scraper.metrics(),
      });
    } finally {
      log.close();
      container?.kill();
      await rm(base, { recursive: true, force: true });
    }
  }

  return { stop: () => end("stopped"), done: run() };
}

async function download(context: SagemakerContext, request: CreateTrainingJobRequest, base: string): Promise<void> {
  const { cloud } = context;
  for (const channel of request.InputDataConfig ?? []) {
    const source = channel.DataSource?.S3DataSource;
    const inputs = await listInputs(
      cloud,
      { S3DataType: source?.S3DataType, S3Uri: source?.S3Uri },
      request.RoleArn ?? "",
    );
    await downloadInputs(
      cloud,
      inputs,
      join(base, "input/data", channel.ChannelName ?? ""),
      channel.CompressionType,
      request.RoleArn,
    );
  }
  const location = requireS3Uri(request.HyperParameters?.["sagemaker_submit_directory"], "sagemaker_submit_directory");
  const code = join(base, "code");
  await unpackArchive((await headInput(cloud, location, request.RoleArn)).path, code, s3Uri(location));
  const program = request.HyperParameters?.["sagemaker_program"] ?? "";
  if (!existsSync(join(code, program))) {
    throw new JobFailure("ClientError", `sagemaker_program ${program} is not in ${s3Uri(location)}`);
  }
  if (existsSync(join(code, "requirements.txt"))) {
    throw new JobFailure(
      "ClientError",
      `${s3Uri(location)} has a requirements.txt; the local SageMaker offers the packages of the image only`,
    );
  }
}

function train(
  context: SagemakerContext,
  request: CreateTrainingJobRequest,
  base: string,
  container: ContainerProcess,
  onLine: (line: string) => void,
  alreadyEnding: boolean,
  end: (reason: "max-runtime") => void,
  maxRuntimeMillis?: number,
): Promise<ProcessExit> {
  container.onLine(onLine);
  const seconds = request.StoppingCondition?.MaxRuntimeInSeconds ?? DEFAULT_MAX_RUNTIME_SECONDS;
  const limitMillis = Math.min(maxRuntimeMillis ?? seconds * 1_000, 2 ** 31 - 1);
  const timer = setTimeout(() => end("max-runtime"), limitMillis);
  if (alreadyEnding) container.kill("SIGTERM");
  else {
    container.assign({
      kind: "train",
      base,
      environment: {
        ...context.containers.baseEnvironment(),
        TRAINING_JOB_NAME: request.TrainingJobName ?? "",
        TRAINING_JOB_ARN: context.trainingJobs.get(request.TrainingJobName ?? "")?.arn ?? "",
        SAGEMAKER_JOB_NAME: request.TrainingJobName ?? "",
        SAGEMAKER_REGION: context.cloud.region,
        CURRENT_HOST: "algo-1",
        ...request.Environment,
      },
    });
  }
  return container.exited.finally(() => clearTimeout(timer));
}

async function requireSuccess(exit: ProcessExit, base: string): Promise<void> {
  if (exit.exitCode === 0) return;
  // A container that was killed by a signal ends with 128 + its number, 137 for SIGKILL.
  const code = exit.exitCode ?? (exit.signal === "SIGKILL" ? 137 : exit.signal === "SIGSEGV" ? 139 : 143);
  const file = join(base, "output/failure");
  const reason = existsSync(file) ? await readFile(file, "utf8") : "";
  throw new JobFailure("AlgorithmError", `${reason.trim().slice(0, 960)}, exit code: ${code}`);
}

/** Uploads model.tar.gz and, when there are any, the output files. Gives the model's URI. */
async function upload(
  context: SagemakerContext,
  request: CreateTrainingJobRequest,
  base: string,
): Promise<string | undefined> {
  const target = requireS3Uri(request.OutputDataConfig?.S3OutputPath, "S3OutputPath");
  const prefix = joinKey(target.key, `${request.TrainingJobName}/output`);
  let model: string | undefined;
  await mkdir(join(base, "upload"), { recursive: true });
  for (const [directory, name] of [
    ["model", "model.tar.gz"],
    ["output/data", "output.tar.gz"],
  ] as const) {
    if ((await listFiles(join(base, directory))).length === 0) continue;
    const archive = join(base, "upload", name);
    await packDirectory(join(base, directory), archive);
    const location = { bucket: target.bucket, key: `${prefix}/${name}` };
    await s3Of(context.cloud).putObject({
      ...location,
      body: createReadStream(archive),
      contentType: "application/x-gzip",
      principal: executionPrincipal(request.RoleArn),
    });
    if (directory === "model") model = s3Uri(location);
  }
  return model;
}
