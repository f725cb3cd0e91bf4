import { AwsError } from "../../../kernel/aws-error.ts";
import { isObject, type Json, type JsonObject } from "../asl/json.ts";
import { StateError } from "../asl/state-error.ts";
import { fromApi, toApi } from "./convert.ts";
import type { IntegrationContext, JobIntegration } from "./integration.ts";

interface JobKind {
  readonly create: string;
  readonly describe: string;
  readonly stop: string;
  readonly name: string;
  readonly status: string;
}

/** SageMaker jobs with `.sync`: their operations and the members that carry name and status. */
const JOB_KINDS: Readonly<Record<string, JobKind>> = {
  createTrainingJob: kind("TrainingJob"),
  createTransformJob: kind("TransformJob"),
  createProcessingJob: kind("ProcessingJob"),
  createHyperParameterTuningJob: kind("HyperParameterTuningJob"),
};

/** The tag that Step Functions puts on jobs it waits for: https://docs.aws.amazon.com/step-functions/latest/dg/connect-sagemaker.html */
const MANAGED_TAG = { Key: "MANAGED_BY_AWS", Value: "STARTED_BY_STEP_FUNCTIONS" };

/** Polling begins at this pause and grows with the job's age, so that waiting adds at most a twentieth to its time. */
const MIN_POLL_MILLIS = 20;
const MAX_POLL_MILLIS = 500;

/** The `.sync` integration of a SageMaker action such as `createTrainingJob`; undefined for others. */
export function sagemakerJob(action: string): JobIntegration | undefined {
  const job = Object.hasOwn(JOB_KINDS, action) ? JOB_KINDS[action] : undefined;
  if (job === undefined) return undefined;
  return {
    submit: (args, context, again) => submit(job, args, context, again),
    wait: (args, _submission, context, signal) => waitForEnd(job, args, context, signal),
    async stop(args, _submission, context) {
      await context.cloud.call("sagemaker", job.stop, { [job.name]: nameOf(job, args) }, context.principal);
    },
  };
}

async function submit(job: JobKind, args: Json, context: IntegrationContext, again: boolean): Promise<Json> {
  const request = toApi("sagemaker", job.create, withManagedTag(args));
  try {
    const output = await context.cloud.call("sagemaker", job.create, request, context.principal);
    return await fromApi("sagemaker", job.create, output, "millis");
  } catch (error) {
    if (!again || !(error instanceof AwsError) || error.code !== "ResourceInUse") throw error;
    // The process ended between making the request and noting it: the job of that name is ours.
    const found = await describe(job, args, context);
    const arn = found[`${job.name.slice(0, -4)}Arn`] ?? null;
    return { [`${job.name.slice(0, -4)}Arn`]: arn };
  }
}

async function waitForEnd(job: JobKind, args: Json, context: IntegrationContext, signal: AbortSignal): Promise<Json> {
  const startedMillis = context.cloud.now();
  for (;;) {
    if (signal.aborted) throw signal.reason;
    const described = await describe(job, args, context);
    const status = described[job.status];
    if (status === "Completed") return described;
    if (status === "Failed" || status === "Stopped") {
      throw new StateError("States.TaskFailed", JSON.stringify(described));
    }
    const pauseMillis = Math.min(
      Math.max((context.cloud.now() - startedMillis) / 20, MIN_POLL_MILLIS),
      MAX_POLL_MILLIS,
    );
    await context.nudge(nameOf(job, args), pauseMillis, signal);
  }
}

async function describe(job: JobKind, args: Json, context: IntegrationContext): Promise<JsonObject> {
  const input = { [job.name]: nameOf(job, args) };
  const output = await context.cloud.call("sagemaker", job.describe, input, context.principal);
  return fromApi("sagemaker", job.describe, output, "millis");
}

function withManagedTag(args: Json): Json {
  if (!isObject(args)) return args;
  const tags = Array.isArray(args["Tags"]) ? args["Tags"] : [];
  return { ...args, Tags: [...tags, MANAGED_TAG] };
}

function nameOf(job: JobKind, args: Json): string {
  const name = isObject(args) ? args[job.name] : undefined;
  return typeof name === "string" ? name : "";
}

function kind(noun: string): JobKind {
  return {
    create: `Create${noun}`,
    describe: `Describe${noun}`,
    stop: `Stop${noun}`,
    name: `${noun}Name`,
    status: `${noun}Status`,
  };
}
