import { randomUUID } from "node:crypto";
import { queryLanguage, type State } from "../asl/definition.ts";
import type { Json } from "../asl/json.ts";
import { fillTemplate } from "../asl/payload-template.ts";
import { runtimeError, StateError } from "../asl/state-error.ts";
import type { IntegrationContext, JobIntegration } from "../integrations/integration.ts";
import { makeRequest } from "../integrations/request.ts";
import { parseResource, type Resource } from "../integrations/resource.ts";
import { sagemakerJob } from "../integrations/sagemaker-jobs.ts";
import { toStateError } from "../integrations/service-error.ts";
import { startExecutionJob } from "../integrations/start-execution.ts";
import type { StateWork } from "./context.ts";
import { applyInputPath, checkSize, evaluate, numberField, scopeOf } from "./data-flow.ts";
import type { TaskProgress } from "./records.ts";
import { TaskEvents } from "./task-events.ts";
import { TaskTokens } from "./task-tokens.ts";
import { childController, Interrupted, interrupt, orInterrupted, sleepUntil } from "./waiting.ts";

/**
 * Does the work of a Task state and gives its raw result. Goes on where an earlier process stopped: a request that may not
 * have been made is made (again), a job or token that was awaited is awaited again.
 * Throws {@link StateError} or {@link Interrupted}.
 */
export async function runTask(work: StateWork, state: State): Promise<Json> {
  const resource = parseResource(state.Resource ?? "");
  if (typeof resource === "string") throw runtimeError(`${resource}: '${state.Resource}'`);
  const { frame, run, engine } = work;
  const events = new TaskEvents(work, resource);
  const resumed = frame.visit?.task !== undefined;
  const task = frame.visit?.task ?? (await prepare(work, state, resource, events));
  const context = engine.integrationContext(run);
  const { controller, release } = childController(work.signal);
  try {
    const result = await Promise.race([
      perform(work, resource, task, events, context, controller.signal, resumed),
      expire(work, task, controller.signal),
    ]);
    checkSize(result, `The state/task '${frame.stateName}'`);
    events.succeeded(result);
    return result;
  } catch (error) {
    const failure = error instanceof Interrupted ? error : toStateError(error, resource, randomUUID());
    if (failure instanceof StateError) events.failed(failure);
    throw failure;
  } finally {
    interrupt(controller, work.signal.reason instanceof Interrupted ? work.signal.reason.reason : "timed-out");
    release();
  }
}

/** Evaluates the arguments and notes the task on disk before anything happens outside. */
async function prepare(work: StateWork, state: State, resource: Resource, events: TaskEvents): Promise<TaskProgress> {
  const { run, frame, engine } = work;
  const language = queryLanguage(run.definition, state);
  const token = resource.pattern === "waitForTaskToken" ? TaskTokens.create() : undefined;
  const scope = scopeOf(run, frame, token === undefined ? {} : { token });
  const inner = language === "JSONPath" ? { ...scope, input: applyInputPath(state, scope) } : scope;
  const args =
    language === "JSONPath"
      ? state.Parameters === undefined
        ? inner.input
        : fillTemplate(state.Parameters, inner)
      : state.Arguments === undefined
        ? frame.input
        : await evaluate(language, state.Arguments, "Arguments", scope);
  const timeout = await numberField(language, "TimeoutSeconds", state.TimeoutSeconds, state.TimeoutSecondsPath, inner);
  const heartbeat = await numberField(
    language,
    "HeartbeatSeconds",
    state.HeartbeatSeconds,
    state.HeartbeatSecondsPath,
    inner,
  );
  const task: TaskProgress = {
    stage: "calling",
    arguments: args,
    startedMillis: engine.cloud.now(),
    ...(timeout !== undefined && { timeoutMillis: timeout * 1000 }),
    ...(heartbeat !== undefined && { heartbeatMillis: heartbeat * 1000 }),
    ...(token !== undefined && { token }),
  };
  if (frame.visit !== undefined) frame.visit.task = task;
  events.scheduled(task);
  run.commit();
  return task;
}

async function perform(
  work: StateWork,
  resource: Resource,
  task: TaskProgress,
  events: TaskEvents,
  context: IntegrationContext,
  signal: AbortSignal,
  resumed: boolean,
): Promise<Json> {
  if (resource.pattern === "request") return orInterrupted(makeRequest(resource, task.arguments, context), signal);
  if (resource.pattern === "waitForTaskToken") return awaitToken(work, resource, task, events, context, signal);
  const job =
    resource.kind === "optimized" && resource.service.id === "sagemaker"
      ? sagemakerJob(resource.action)
      : startExecutionJob(resource.pattern);
  if (job === undefined) throw runtimeError(`'${resource.pattern}' is not supported for this resource`);
  return runJob(work, job, task, events, context, signal, resumed);
}

async function runJob(
  work: StateWork,
  job: JobIntegration,
  task: TaskProgress,
  events: TaskEvents,
  context: IntegrationContext,
  signal: AbortSignal,
  resumed: boolean,
): Promise<Json> {
  const submit = async (): Promise<Json> =>
    task.stage === "waiting" ? (task.submission ?? null) : job.submit(task.arguments, context, resumed);
  const submitting = submit();
  const stopIfLeft = (submission: Json) => stopJob(work, job, task, submission, context, signal);
  let submission: Json;
  try {
    submission = await orInterrupted(submitting, signal);
  } catch (error) {
    // The request may still succeed after the state was ended: then its job must be stopped as well.
    if (signal.aborted) submitting.then(stopIfLeft, () => undefined);
    throw error;
  }
  if (task.stage === "calling") {
    task.stage = "waiting";
    task.submission = submission;
    events.submitted(submission);
    work.run.commit();
  }
  try {
    return await orInterrupted(job.wait(task.arguments, submission, context, signal), signal);
  } catch (error) {
    if (signal.aborted) await stopIfLeft(submission);
    throw error;
  }
}

/** Stops a job whose state has ended, unless it is the cloud that stops: then it is awaited again after the next start. */
async function stopJob(
  work: StateWork,
  job: JobIntegration,
  task: TaskProgress,
  submission: Json,
  context: IntegrationContext,
  signal: AbortSignal,
): Promise<void> {
  if (signal.reason instanceof Interrupted && signal.reason.reason === "shutdown") return;
  try {
    await job.stop(task.arguments, submission, context);
  } catch (error) {
    // A job that has just ended cannot be stopped: worth a line, not a failure.
    const problem = error instanceof Error ? error.message : String(error);
    work.engine.cloud.log("stepfunctions", "could not stop a job", { execution: work.run.record.arn, problem });
  }
}

async function awaitToken(
  work: StateWork,
  resource: Resource,
  task: TaskProgress,
  events: TaskEvents,
  context: IntegrationContext,
  signal: AbortSignal,
): Promise<Json> {
  const { run, frame, engine } = work;
  let wake = (): void => undefined;
  const reported = new Promise<void>((resolve) => {
    wake = () => task.outcome !== undefined && resolve();
  });
  const release = engine.tokens.register(task.token ?? "", { run, frame, task, wake: () => wake() });
  try {
    if (task.stage === "calling" && task.outcome === undefined) {
      const submission = await orInterrupted(makeRequest(resource, task.arguments, context), signal);
      task.stage = "waiting";
      events.submitted(submission);
      run.commit();
    }
    wake();
    await orInterrupted(reported, signal);
  } finally {
    release();
  }
  const outcome = task.outcome;
  if (outcome === undefined) throw runtimeError("the task was woken without an outcome");
  if ("error" in outcome) throw new StateError(outcome.error, outcome.cause);
  return outcome.output;
}

/** Never resolves; throws when the task has run or been silent for too long. */
async function expire(work: StateWork, task: TaskProgress, signal: AbortSignal): Promise<never> {
  const now = () => work.engine.cloud.now();
  for (;;) {
    const deadline = task.startedMillis + (task.timeoutMillis ?? Number.POSITIVE_INFINITY);
    // Only the holder of a task token can send heartbeats.
    const heartbeatMillis = task.token === undefined ? undefined : task.heartbeatMillis;
    const silentUntil = () =>
      (task.lastHeartbeatMillis ?? task.startedMillis) + (heartbeatMillis ?? Number.POSITIVE_INFINITY);
    const next = Math.min(deadline, silentUntil());
    if (next === Number.POSITIVE_INFINITY) await new Promise<never>((_, reject) => rejectOn(signal, reject));
    await sleepUntil(next, now, signal);
    if (now() >= deadline) throw new StateError("States.Timeout");
    if (now() >= silentUntil()) throw new StateError("States.HeartbeatTimeout");
  }
}

function rejectOn(signal: AbortSignal, reject: (reason: unknown) => void): void {
  if (signal.aborted) reject(signal.reason);
  else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
}
