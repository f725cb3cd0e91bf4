import { createReadStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { CreateTransformJobRequest } from "@aws-sdk/client-sagemaker";
import { type SagemakerContext, SERVICE, s3Of } from "./context.ts";
import { failureReasonOf, JobFailure } from "./errors.ts";
import { publishTransformJob } from "./events.ts";
import { executionPrincipal } from "./execution-role.ts";
import { createLogWriter } from "./log-writer.ts";
import { findModel } from "./model-operations.ts";
import { ContainerUnavailable, type ModelServer, startModelServer } from "./model-server.ts";
import { throwPlannedFailure } from "./planned-failure.ts";
import type { TransformJobRecord } from "./records.ts";
import { headInput, listInputs } from "./s3-inputs.ts";
import { joinKey, requireS3Uri, s3Uri } from "./s3-uri.ts";
import { type TransformSettings, transformObject } from "./transform-object.ts";
import { createProcessing } from "./transform-processing.ts";

/** A transform job that runs now. */
export interface TransformRun {
  stop(): void;
  /** Resolves when the job is in a final state; never rejects. */
  readonly done: Promise<void>;
}

export const TRANSFORM_LOG_GROUP = "/aws/sagemaker/TransformJobs";
const MEBIBYTE = 1024 * 1024;
const DEFAULT_PAYLOAD_MB = 6;
const LARGEST_PAYLOAD_MB = 100;
const DEFAULT_TIMEOUT_SECONDS = 600;

/** Runs a job whose record exists: starts the model server, sends every input object, uploads the outputs. */
export function startTransformRun(context: SagemakerContext, record: TransformJobRecord): TransformRun {
  const base = join(context.cloud.directory(SERVICE), "transform", record.name);
  const abort = new AbortController();
  let roleArn: string | undefined;

  async function run(): Promise<void> {
    const { name, request } = record;
    const instance = `i-${record.createdMillis.toString(16).padStart(17, "0")}`;
    const stream = `${name}/${instance}`;
    let server: ModelServer | undefined;
    try {
      const settings = readSettings(request, abort.signal);
      const model = findModel(context, request.ModelName);
      roleArn = model.request.ExecutionRoleArn;
      updateTransformJob(context, name, { startMillis: context.cloud.now() });
      throwPlannedFailure(context.cloud, "RunTransformJob", { TransformJobName: name });
      const starting = startModelServer(context, model, {
        environment: { ...batchEnvironment(settings), ...request.Environment },
        logGroup: TRANSFORM_LOG_GROUP,
        logStream: stream,
      });
      starting.catch(() => undefined);
      await mkdir(base, { recursive: true });
      const source = request.TransformInput?.DataSource?.S3DataSource;
      const inputs = await listInputs(
        context.cloud,
        { S3DataType: source?.S3DataType, S3Uri: source?.S3Uri },
        roleArn ?? "",
      ).catch(async (error: unknown) => {
        await starting.then(
          (started) => started.stop(),
          () => undefined,
        );
        throw error;
      });
      server = await starting;
      const destination = requireS3Uri(request.TransformOutput?.S3OutputPath, "S3OutputPath");
      for (const input of inputs) {
        if (abort.signal.aborted) break;
        const target = join(base, "object.out");
        await transformObject(
          server,
          settings,
          (await headInput(context.cloud, input, roleArn)).path,
          s3Uri(input),
          target,
        );
        await s3Of(context.cloud).putObject({
          bucket: destination.bucket,
          key: joinKey(destination.key, `${input.relativePath}.out`),
          body: createReadStream(target),
          contentType: request.TransformOutput?.Accept,
          principal: executionPrincipal(roleArn),
        });
      }
      finish(abort.signal.aborted ? "Stopped" : "Completed");
    } catch (error) {
      // The next start of the cloud records that the job was interrupted.
      if (context.containers.isStopping()) return;
      if (abort.signal.aborted) finish("Stopped");
      else finish("Failed", reasonOf(error, stream));
    } finally {
      await server?.stop();
      await rm(base, { recursive: true, force: true });
    }
  }

  function finish(status: "Completed" | "Failed" | "Stopped", failureReason?: string): void {
    updateTransformJob(context, record.name, {
      status,
      endMillis: context.cloud.now(),
      ...(failureReason === undefined ? {} : { failureReason }),
    });
  }

  function reasonOf(error: unknown, stream: string): string {
    const failure =
      error instanceof ContainerUnavailable
        ? new JobFailure("AlgorithmError", `The model server gave no answer: ${error.message}`)
        : error;
    const log = createLogWriter(context.cloud, TRANSFORM_LOG_GROUP, `${stream}/data-log`, executionPrincipal(roleArn));
    log.write(`[sagemaker logs]: ${(error as Error).message}`);
    log.close();
    return failureReasonOf(failure);
  }

  return { stop: () => abort.abort(), done: run() };
}

/** Changes a job's record and publishes the event. */
export function updateTransformJob(context: SagemakerContext, name: string, change: Partial<TransformJobRecord>): void {
  const job = context.transformJobs.get(name);
  if (!job) throw new Error(`transform job ${name} is gone`);
  const next = context.transformJobs.set(name, { ...job, ...change, modifiedMillis: context.cloud.now() });
  publishTransformJob(context, next);
}

/** Reads what the requests of a job have in common. Throws ValidationException for a wrong DataProcessing. */
export function readSettings(request: CreateTransformJobRequest, signal: AbortSignal): TransformSettings {
  const { InvocationsTimeoutInSeconds, InvocationsMaxRetries } = request.ModelClientConfig ?? {};
  return {
    request,
    processing: createProcessing(request),
    concurrency: Math.max(1, request.MaxConcurrentTransforms ?? 1),
    // 0 means a payload of any size; the container's limit holds then.
    maxPayloadBytes:
      (request.MaxPayloadInMB === 0 ? LARGEST_PAYLOAD_MB : (request.MaxPayloadInMB ?? DEFAULT_PAYLOAD_MB)) * MEBIBYTE,
    timeoutMillis: (InvocationsTimeoutInSeconds ?? DEFAULT_TIMEOUT_SECONDS) * 1_000,
    maxRetries: InvocationsMaxRetries ?? 0,
    signal,
  };
}

/** https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-batch-code.html */
function batchEnvironment(settings: TransformSettings): Record<string, string> {
  return {
    SAGEMAKER_BATCH: "true",
    SAGEMAKER_BATCH_STRATEGY: settings.request.BatchStrategy === "SingleRecord" ? "SINGLE_RECORD" : "MULTI_RECORD",
    SAGEMAKER_MAX_PAYLOAD_IN_MB: String(settings.maxPayloadBytes / MEBIBYTE),
    SAGEMAKER_MAX_CONCURRENT_TRANSFORMS: String(settings.concurrency),
  };
}
