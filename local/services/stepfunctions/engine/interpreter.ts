import { scaledMillis } from "../../../kernel/time-scale.ts";
import { ruleHolds } from "../asl/choice.ts";
import { type Catcher, queryLanguage, type State } from "../asl/definition.ts";
import { errorMatches, errorOutput } from "../asl/errors-matching.ts";
import type { Json, JsonObject } from "../asl/json.ts";
import { expressionOf } from "../asl/jsonata.ts";
import { nextRetry } from "../asl/retry-schedule.ts";
import { runtimeError, StateError } from "../asl/state-error.ts";
import { parseTimestamp } from "../asl/timestamp.ts";
import { effectiveInput, runParallel } from "./branches.ts";
import type { StateWork } from "./context.ts";
import {
  applyInputPath,
  checkSize,
  evaluate,
  type Leaving,
  leaveByCatch,
  leaveWithInput,
  leaveWithResult,
  scopeOf,
  valueField,
} from "./data-flow.ts";
import { isDistributed, runDistributedMap } from "./distributed-map.ts";
import { runInlineMap } from "./inline-map.ts";
import { workflowAt } from "./run.ts";
import { runTask } from "./task-state.ts";
import { Interrupted, sleepUntil } from "./waiting.ts";

const WHOLE = { truncated: false };

/** Errors that the interpreter itself finds: their cause begins with the place, as AWS writes it. */
const OWN_ERRORS = new Set([
  "States.Runtime",
  "States.QueryEvaluationError",
  "States.IntrinsicFailure",
  "States.NoChoiceMatched",
  "States.ResultPathMatchFailure",
  "States.DataLimitExceeded",
  "States.ItemReaderFailed",
]);

/** What a state's work ends with; `next` is undefined at a terminal state. */
interface Step extends Leaving {
  readonly next: string | undefined;
}

/**
 * Runs a frame from the state it is in to the end of its workflow and gives the output. The frame is written after every
 * transition, so that a later process can call this again with the frame as it was.
 * Throws {@link StateError} when the workflow fails and {@link Interrupted} when it is ended from outside.
 */
export async function runFrame(work: StateWork): Promise<Json> {
  const { run, frame } = work;
  const workflow = workflowAt(run.definition, frame.path);
  while (frame.done === undefined) {
    const state = workflow.States[frame.stateName];
    if (state === undefined) throw runtimeError(`the definition has no state '${frame.stateName}'`);
    await visitState(work, state);
    await work.engine.breathe();
  }
  return frame.done.output;
}

async function visitState(work: StateWork, state: State): Promise<void> {
  const { frame, engine, signal } = work;
  if (signal.aborted) throw signal.reason;
  if (frame.visit === undefined) enter(work, state);
  for (;;) {
    try {
      const retryAtMillis = frame.visit?.retryAtMillis;
      if (retryAtMillis !== undefined) {
        await sleepUntil(retryAtMillis, () => engine.cloud.now(), signal);
        if (frame.visit !== undefined) delete frame.visit.retryAtMillis;
      }
      leave(work, state, await attempt(work, state));
      return;
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      const failure = located(work, error);
      if (failure.error === "States.QueryEvaluationError") logEvaluationFailure(work, failure);
      if (scheduleRetry(work, state, failure)) continue;
      if (await catchError(work, state, failure)) return;
      throw failure;
    }
  }
}

function enter(work: StateWork, state: State): void {
  const { run, frame, engine } = work;
  // The first state of the machine follows nothing in AWS's histories, not even ExecutionStarted.
  const previous = frame.parentId === undefined && frame.lastEventId === 1 ? 0 : frame.lastEventId;
  const id = run.log(previous, `${state.Type}StateEntered`, {
    stateEnteredEventDetails: { name: frame.stateName, input: JSON.stringify(frame.input), inputDetails: WHOLE },
  });
  frame.lastEventId = id;
  frame.visit = {
    enteredEventId: id,
    enteredTime: new Date(engine.cloud.now()).toISOString(),
    attempts: [],
    retryCount: 0,
  };
  run.save(frame);
  run.commit();
}

/**
 * Logs the exit and moves the frame to the next state, all at once: a sibling's commit must never write half of it. The
 * frame is committed together with the entry into the next state.
 */
function leave(work: StateWork, state: State, step: Step): void {
  const { run, frame } = work;
  checkSize(step.output, `The state/task '${frame.stateName}'`);
  run.removeBelow(frame);
  const names = Object.keys(step.assigned);
  if (names.length > 0) frame.variables = { ...frame.variables, ...step.assigned };
  run.logIn(frame, `${state.Type}StateExited`, {
    stateExitedEventDetails: {
      name: frame.stateName,
      output: JSON.stringify(step.output),
      outputDetails: WHOLE,
      ...(names.length > 0 && {
        assignedVariables: Object.fromEntries(names.map((name) => [name, JSON.stringify(step.assigned[name])])),
        assignedVariablesDetails: WHOLE,
      }),
    },
  });
  delete frame.visit;
  if (step.next === undefined) frame.done = { output: step.output };
  else {
    frame.stateName = step.next;
    frame.input = step.output;
  }
}

async function attempt(work: StateWork, state: State): Promise<Step> {
  const { run, frame } = work;
  const next = state.End === true ? undefined : state.Next;
  switch (state.Type) {
    case "Pass":
      return { ...(await runPass(work, state)), next };
    case "Task":
      return { ...(await leaveWithResult(run, state, frame, await runTask(work, state))), next };
    case "Choice":
      return choose(work, state);
    case "Wait":
      await wait(work, state);
      return { ...(await leaveWithInput(run, state, frame)), next };
    case "Succeed":
      return { ...(await leaveWithInput(run, state, frame)), next: undefined };
    case "Fail":
      return fail(work, state);
    case "Parallel":
      return { ...(await leaveWithResult(run, state, frame, await runParallel(work, state, runFrame))), next };
    case "Map": {
      const distributed = isDistributed(state);
      const result = distributed ? await runDistributedMap(work, state) : await runInlineMap(work, state, runFrame);
      return { ...(await leaveWithResult(run, state, frame, result)), next };
    }
  }
}

async function runPass(work: StateWork, state: State): Promise<Leaving> {
  const { run, frame } = work;
  if (queryLanguage(run.definition, state) === "JSONata") return leaveWithInput(run, state, frame);
  const effective = await effectiveInput(work, state, state.Parameters);
  return leaveWithResult(run, state, frame, state.Result === undefined ? effective : state.Result);
}

async function choose(work: StateWork, state: State): Promise<Step> {
  const { run, frame } = work;
  const scope = scopeOf(run, frame);
  const isJsonata = queryLanguage(run.definition, state) === "JSONata";
  const inner = isJsonata ? scope : { ...scope, input: applyInputPath(state, scope) };
  for (const [index, rule] of (state.Choices ?? []).entries()) {
    const holds = isJsonata
      ? await conditionHolds(rule.Condition, `Choices[${index}]/Condition`, inner)
      : ruleHolds(rule, inner);
    if (holds) return { ...(await leaveWithInput(run, state, frame, rule)), next: rule.Next };
  }
  if (state.Default === undefined) {
    throw new StateError("States.NoChoiceMatched", "No choice rule matched and the state has no Default.");
  }
  return { ...(await leaveWithInput(run, state, frame)), next: state.Default };
}

async function conditionHolds(
  condition: boolean | string | undefined,
  field: string,
  scope: Parameters<typeof evaluate>[3],
): Promise<boolean> {
  const value = await evaluate("JSONata", condition ?? false, field, scope);
  if (typeof value === "boolean") return value;
  throw new StateError(
    "States.QueryEvaluationError",
    `The JSONata expression '${expressionOf(String(condition)) ?? ""}' specified for the field '${field}' returned an unexpected ` +
      `result type. Expected 'boolean', but was '${typeof value}' for value: ${JSON.stringify(value)}`,
  );
}

/** Wait: the moment is computed once and kept, so that a restart does not begin the wait anew. */
async function wait(work: StateWork, state: State): Promise<void> {
  const { run, frame, engine, signal } = work;
  const now = () => engine.cloud.now();
  if (frame.visit !== undefined && frame.visit.wakeAtMillis === undefined) {
    const language = queryLanguage(run.definition, state);
    const scope = scopeOf(run, frame);
    const inner = language === "JSONPath" ? { ...scope, input: applyInputPath(state, scope) } : scope;
    const seconds = await valueField(language, "Seconds", state.Seconds, state.SecondsPath, inner);
    const timestamp = await valueField(language, "Timestamp", state.Timestamp, state.TimestampPath, inner);
    frame.visit.wakeAtMillis =
      seconds === undefined ? moment(timestamp) : now() + scaledMillis(duration(seconds) * 1000);
    run.save(frame);
    run.commit();
  }
  await sleepUntil(frame.visit?.wakeAtMillis ?? 0, now, signal);
}

function duration(seconds: Json): number {
  if (typeof seconds === "number" && seconds >= 0 && seconds <= 99_999_999) return seconds;
  throw runtimeError(`The Seconds of a Wait state must be between 0 and 99999999, but were ${JSON.stringify(seconds)}`);
}

function moment(timestamp: Json | undefined): number {
  const millis = typeof timestamp === "string" ? parseTimestamp(timestamp) : undefined;
  if (millis !== undefined) return millis;
  throw runtimeError(`The Timestamp of a Wait state must be an RFC 3339 text, but was ${JSON.stringify(timestamp)}`);
}

async function fail(work: StateWork, state: State): Promise<never> {
  const language = queryLanguage(work.run.definition, state);
  const scope = scopeOf(work.run, work.frame);
  const error = await valueField(language, "Error", state.Error, state.ErrorPath, scope);
  const cause = await valueField(language, "Cause", state.Cause, state.CausePath, scope);
  for (const [field, value] of [
    ["Error", error],
    ["Cause", cause],
  ] as const) {
    if (value !== undefined && typeof value !== "string") {
      throw runtimeError(`The ${field} of a Fail state must be a string, but was ${JSON.stringify(value)}`);
    }
  }
  throw new DeclaredFailure(String(error ?? ""), cause === undefined ? undefined : String(cause));
}

/** The failure that a Fail state declares: nothing of it is changed, whatever its name. */
class DeclaredFailure extends StateError {}

/** The error as it leaves the state; anything that is no StateError is a fault of the interpreter and ends the execution. */
function located(work: StateWork, error: unknown): StateError {
  if (error instanceof DeclaredFailure) return error;
  const { frame, run, engine } = work;
  const place = `An error occurred while executing the state '${frame.stateName}' (entered at the event id #${frame.visit?.enteredEventId ?? 0}).`;
  if (!(error instanceof StateError)) {
    const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
    engine.cloud.log("stepfunctions", "a state failed unexpectedly", { execution: run.record.arn, problem });
    return runtimeError(`${place} ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!OWN_ERRORS.has(error.error) || error.errorCause?.startsWith("An error occurred while executing the state '")) {
    return error;
  }
  return new StateError(error.error, `${place} ${error.errorCause ?? ""}`.trimEnd());
}

function logEvaluationFailure(work: StateWork, failure: StateError): void {
  const location = /specified for the field '([^']*)'/.exec(failure.errorCause ?? "")?.[1];
  work.run.logIn(work.frame, "EvaluationFailed", {
    evaluationFailedEventDetails: {
      error: failure.error,
      cause: failure.errorCause,
      state: work.frame.stateName,
      ...(location !== undefined && { location }),
    },
  });
}

function scheduleRetry(work: StateWork, state: State, failure: StateError): boolean {
  const { run, frame, engine } = work;
  const { visit } = frame;
  if (visit === undefined) return false;
  const decision = nextRetry(state.Retry ?? [], failure.error, visit.attempts, Math.random);
  if (decision === undefined) return false;
  visit.attempts[decision.retrierIndex] = (visit.attempts[decision.retrierIndex] ?? 0) + 1;
  for (let index = 0; index < visit.attempts.length; index += 1) visit.attempts[index] ??= 0;
  visit.retryCount += 1;
  visit.retryAtMillis = engine.cloud.now() + scaledMillis(decision.delayMillis);
  delete visit.task;
  delete visit.join;
  delete visit.mapRunArn;
  run.removeBelow(frame);
  run.save(frame);
  run.commit();
  return true;
}

async function catchError(work: StateWork, state: State, failure: StateError): Promise<boolean> {
  const { run, frame } = work;
  const catcher = state.Catch?.find((each: Catcher) => errorMatches(each.ErrorEquals, failure.error));
  if (catcher === undefined) return false;
  const output: JsonObject = errorOutput(failure.error, failure.errorCause);
  try {
    const leaving = await leaveByCatch(run, state, frame, catcher, output);
    leave(work, state, { ...leaving, next: catcher.Next });
    return true;
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    throw located(work, error);
  }
}
