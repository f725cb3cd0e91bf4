import { createHash } from "node:crypto";
import type { Cloud } from "../../../kernel/cloud.ts";
import type { Json } from "../asl/json.ts";
import { StateError } from "../asl/state-error.ts";
import { createBreath } from "./breath.ts";
import type { ChildExecution, Engine } from "./context.ts";
import { END_EVENT, END_STATUS, endDetails, failureOf, inputText, outputText } from "./endings.ts";
import { runFrame } from "./interpreter.ts";
import { createJobSignals } from "./job-signals.ts";
import { createLogDelivery } from "./log-delivery.ts";
import { createNotices, type Notices } from "./notices.ts";
import type { ExecutionRecord, ExecutionStatus, HistoryEvent } from "./records.ts";
import { Run } from "./run.ts";
import type { Store } from "./store.ts";
import { TaskTokens } from "./task-tokens.ts";
import { Interrupted, interrupt, orInterrupted, sleepUntil } from "./waiting.ts";

/** What it takes to start an execution. */
export interface StartRequest {
  readonly arn: string;
  readonly name: string;
  readonly machineArn: string;
  readonly revisionId: string;
  readonly workflowPath: readonly string[];
  readonly input: string;
  readonly mapRunArn?: string;
  readonly itemCount?: number;
  readonly traceHeader?: string;
}

/** The engine: runs executions, ends them, resumes them after a restart. */
export interface ExecutionEngine extends Engine {
  start(request: StartRequest): ExecutionRecord;
  /** The history so far, of a running or an ended execution. */
  history(arn: string): readonly HistoryEvent[];
  /** A SageMaker job of this name has changed: whoever waits for it looks at once. */
  jobChanged(name: string): void;
  resume(): void;
  shutdown(): Promise<void>;
}

const WHOLE = { truncated: false };

/** Hash of an execution's input, to tell a repeated start from a conflicting one. */
export function inputHash(input: string): string {
  return createHash("sha256")
    .update(JSON.stringify(JSON.parse(input)))
    .digest("hex");
}

/** Makes the engine over a store. Nothing runs before `start` or `resume`. */
export function createEngine(cloud: Cloud, store: Store): ExecutionEngine {
  const runs = new Map<string, Run>();
  const drives = new Map<string, Promise<void>>();
  const jobs = createJobSignals();
  const tokens = new TaskTokens();
  const notices: Notices = createNotices(cloud);
  const logs = createLogDelivery(cloud);
  let isShuttingDown = false;

  const engine: ExecutionEngine = {
    cloud,
    tokens,
    breathe: createBreath(),
    mapRuns: store.mapRuns,
    execution: (arn) => store.executions.get(arn),
    history: (arn) => runs.get(arn)?.events ?? store.history(arn),
    outputOf: (record) => JSON.parse(outputText(engine.history(record.arn)) ?? "null") as Json,
    inputTextOf: (record) => inputText(engine.history(record.arn)),
    integrationContext: (run) => ({
      cloud,
      principal: { arn: run.roleArn },
      region: cloud.region,
      executionArn: run.record.arn,
      awaitExecution: engine.awaitExecution,
      nudge: jobs.wait,
    }),

    start(request) {
      const record: ExecutionRecord = {
        arn: request.arn,
        name: request.name,
        machineArn: request.machineArn,
        revisionId: request.revisionId,
        workflowPath: request.workflowPath,
        status: "RUNNING",
        startMillis: cloud.now(),
        inputSha256: inputHash(request.input),
        ...(request.mapRunArn !== undefined && { mapRunArn: request.mapRunArn }),
        ...(request.itemCount !== undefined && { itemCount: request.itemCount }),
        ...(request.traceHeader !== undefined && { traceHeader: request.traceHeader }),
      };
      const run = openRun(record, [], JSON.parse(request.input) as Json);
      // A journal without a record is left from a process that was killed before it acknowledged the start.
      run.journal.remove();
      run.log(0, "ExecutionStarted", {
        executionStartedEventDetails: { input: request.input, inputDetails: WHOLE, roleArn: run.roleArn },
      });
      run.addFrame({
        path: record.workflowPath,
        stateName: run.workflow.StartAt,
        input: run.input,
        variables: {},
        lastEventId: 1,
      });
      run.commit();
      store.addExecution(record);
      if (record.mapRunArn === undefined) notices.started(record, request.input);
      launch(run);
      return record;
    },

    startChild(run: Run, child: ChildExecution) {
      const arn = `${child.machineArn.replace(":stateMachine:", ":execution:")}:${child.name}`;
      const known = store.executions.get(arn);
      if (known !== undefined) return known;
      return engine.start({
        arn,
        name: child.name,
        machineArn: child.machineArn,
        revisionId: run.record.revisionId,
        workflowPath: child.workflowPath,
        input: JSON.stringify(child.input),
        mapRunArn: child.mapRunArn,
        itemCount: child.itemCount,
      });
    },

    async abort(arn, error, cause) {
      const run = runs.get(arn);
      if (run === undefined) return;
      aborts.set(arn, { error, cause });
      interrupt(run.controller, "stopped");
      await drives.get(arn);
    },

    async awaitExecution(arn, signal) {
      const driving = drives.get(arn);
      if (driving !== undefined) await orInterrupted(driving, signal);
    },

    jobChanged: jobs.changed,

    resume() {
      store.removeExpired(cloud.now());
      for (const record of store.executions.values()) {
        if (record.status !== "RUNNING" || runs.has(record.arn)) continue;
        try {
          resumeOne(record);
        } catch (error) {
          // One damaged execution must not keep the others from going on.
          const cause = `The execution could not be resumed: ${error instanceof Error ? error.message : String(error)}`;
          cloud.log("stepfunctions", cause, { execution: record.arn });
          store.executions.set(record.arn, {
            ...record,
            status: "FAILED",
            stopMillis: cloud.now(),
            error: "States.Runtime",
            cause,
          });
        }
      }
    },

    async shutdown() {
      isShuttingDown = true;
      for (const run of runs.values()) interrupt(run.controller, "shutdown");
      await Promise.all(drives.values());
      notices.stop();
      logs.stop();
    },
  };

  const aborts = new Map<string, { error: string | undefined; cause: string | undefined }>();

  function openRun(record: ExecutionRecord, events: HistoryEvent[], input: Json, frames = new Map()): Run {
    const revision = store.revisions.get(record.revisionId);
    if (revision === undefined)
      throw new Error(`${record.arn}: its state machine's revision ${record.revisionId} is lost`);
    return new Run({
      record,
      definition: store.definition(record.revisionId),
      machineName: revision.machineName,
      roleArn: revision.roleArn,
      input,
      journal: store.journal(record.arn),
      events,
      frames,
      now: () => cloud.now(),
    });
  }

  function resumeOne(record: ExecutionRecord): void {
    const { events, frames } = store.journal(record.arn).read();
    const last = events.at(-1);
    const status = last === undefined ? undefined : END_STATUS[last.type];
    if (last !== undefined && status !== undefined) {
      // Ended on paper before its record could say so.
      finishRecord(record, status, last.timestamp, endDetails(last));
      return;
    }
    const run = openRun(record, events, JSON.parse(inputText(events)) as Json, frames);
    cloud.log("stepfunctions", "resuming an execution", { execution: record.arn });
    for (const frame of frames.values()) {
      // Tokens are valid from the first moment on, before the task that waits for them has been taken up again.
      const task = frame.visit?.task;
      if (task?.token !== undefined) tokens.register(task.token, { run, frame, task, wake: () => undefined });
    }
    launch(run);
  }

  function launch(run: Run): void {
    runs.set(run.record.arn, run);
    logs.follow(run, store.machines.get(run.record.machineArn));
    const driving = drive(run)
      .catch((error: unknown) => {
        const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
        cloud.log("stepfunctions", "an execution could not be carried on", { execution: run.record.arn, problem });
      })
      .finally(() => {
        logs.ended(run);
        run.journal.close();
        runs.delete(run.record.arn);
        drives.delete(run.record.arn);
        aborts.delete(run.record.arn);
      });
    drives.set(run.record.arn, driving);
  }

  async function drive(run: Run): Promise<void> {
    // The caller gets its answer before the first state runs.
    await new Promise((resolve) => setImmediate(resolve));
    const frame = [...run.frames.values()].find((each) => each.parentId === undefined);
    if (frame === undefined) throw new Error("the journal has no frame");
    const { TimeoutSeconds: timeoutSeconds } = run.definition;
    const isChild = run.record.workflowPath.length > 0;
    if (timeoutSeconds !== undefined && !isChild) armTimeout(run, timeoutSeconds * 1000);
    try {
      const output = await runFrame({ engine, run, frame, signal: run.controller.signal });
      const details = { output: JSON.stringify(output), outputDetails: WHOLE };
      end(run, frame.lastEventId, "SUCCEEDED", { executionSucceededEventDetails: details }, {});
    } catch (error) {
      if (error instanceof Interrupted) endInterrupted(run, frame.lastEventId, error);
      else if (error instanceof StateError) {
        const failure = failureOf(error.error === "" ? undefined : error.error, error.errorCause);
        end(run, frame.lastEventId, "FAILED", { executionFailedEventDetails: failure }, failure);
      } else {
        const failure = failureOf("States.Runtime", error instanceof Error ? error.message : String(error));
        end(run, frame.lastEventId, "FAILED", { executionFailedEventDetails: failure }, failure);
        throw error;
      }
    } finally {
      interrupt(run.controller, isShuttingDown ? "shutdown" : "stopped");
    }
  }

  function endInterrupted(run: Run, previousEventId: number, error: Interrupted): void {
    if (error.reason === "timed-out") {
      const failure = failureOf("States.Timeout", undefined);
      end(run, previousEventId, "TIMED_OUT", { executionTimedOutEventDetails: failure }, failure);
    } else if (error.reason === "stopped") {
      const given = aborts.get(run.record.arn);
      const failure = failureOf(given?.error, given?.cause);
      end(run, previousEventId, "ABORTED", { executionAbortedEventDetails: failure }, failure);
    }
  }

  function end(
    run: Run,
    previousEventId: number,
    status: ExecutionStatus,
    details: Record<string, unknown>,
    failure: { error?: string; cause?: string },
  ): void {
    run.log(previousEventId, END_EVENT[status], details);
    for (const frame of [...run.frames.values()]) if (frame.parentId === undefined) run.removeBelow(frame);
    run.commit();
    finishRecord(run.record, status, cloud.now(), failure);
  }

  function finishRecord(
    record: ExecutionRecord,
    status: ExecutionStatus,
    stopMillis: number,
    failure: { error?: string; cause?: string },
  ): void {
    const ended = { ...record, status, stopMillis, ...failure };
    store.executions.set(record.arn, ended);
    if (record.mapRunArn !== undefined) return;
    const events = engine.history(record.arn);
    notices.ended(ended, inputText(events), outputText(events));
  }

  function armTimeout(run: Run, timeoutMillis: number): void {
    const at = run.record.startMillis + timeoutMillis;
    sleepUntil(at, () => cloud.now(), run.controller.signal).then(
      () => interrupt(run.controller, "timed-out"),
      // The execution ended first: nothing is left to time out.
      () => undefined,
    );
  }

  return engine;
}
