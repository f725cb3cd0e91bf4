import { createHash } from "node:crypto";
import { itemProcessor, queryLanguage, type State } from "../asl/definition.ts";
import type { Json } from "../asl/json.ts";
import { StateError } from "../asl/state-error.ts";
import { type ChildInput, makeBatches } from "../map/batches.ts";
import { readItems } from "../map/item-reader.ts";
import { type ChildResult, transform, writeResults } from "../map/result-writer.ts";
import type { StateWork } from "./context.ts";
import { applyInputPath, evaluate, numberField, scopeOf } from "./data-flow.ts";
import { iterationInputs, mapItems, maxConcurrency } from "./inline-map.ts";
import type { ExecutionRecord, MapRunRecord } from "./records.ts";
import { Interrupted } from "./waiting.ts";

/** Child executions that run at once at most: AWS allows 10,000, a laptop's file handles and processor do not. */
const MAX_CHILDREN = 200;

/**
 * Distributed Map: each item or batch is an execution of its own under a Map run. After a restart the items are read again
 * and children that were started before are found by their names, which derive from the Map run and the position.
 */
export async function runDistributedMap(work: StateWork, state: State): Promise<Json> {
  const { run, frame, engine } = work;
  const label = mapLabel(frame.stateName, state);
  const machineArn = `${run.record.machineArn.split("/")[0]}/${label}`;
  const resumed = frame.visit?.mapRunArn;
  const mapRunArn = resumed ?? `${machineArn.replace(":stateMachine:", ":mapRun:")}:${crypto.randomUUID()}`;
  const children = await childInputs(work, state);
  const tolerance = await toleratedFailures(work, state);
  const limit = await maxConcurrency(work, state);
  if (resumed === undefined && frame.visit !== undefined) {
    frame.visit.mapRunArn = mapRunArn;
    const length = children.reduce((sum, child) => sum + child.itemCount, 0);
    engine.mapRuns.set(mapRunArn, {
      arn: mapRunArn,
      executionArn: run.record.arn,
      machineArn,
      status: "RUNNING",
      startMillis: engine.cloud.now(),
      maxConcurrency: limit,
      toleratedFailureCount: tolerance.count ?? 0,
      toleratedFailurePercentage: tolerance.percentage ?? 0,
      totalExecutions: children.length,
      totalItems: length,
      resultsWritten: 0,
    });
    run.logIn(frame, "MapStateStarted", { mapStateStartedEventDetails: { length } });
    run.logIn(frame, "MapRunStarted", { mapRunStartedEventDetails: { mapRunArn } });
    run.commit();
  }
  try {
    const results = await runChildren(work, { mapRunArn, machineArn, children, tolerance });
    const output = await collect(work, state, mapRunArn, results);
    finishMapRun(work, mapRunArn, "SUCCEEDED", state.ResultWriter === undefined ? 0 : results.length);
    run.logIn(frame, "MapRunSucceeded");
    run.logIn(frame, "MapStateSucceeded");
    return output;
  } catch (error) {
    if (error instanceof Interrupted) {
      if (error.reason !== "shutdown") finishMapRun(work, mapRunArn, "ABORTED", 0);
      throw error;
    }
    finishMapRun(work, mapRunArn, "FAILED", 0);
    const details =
      error instanceof StateError ? { error: error.error, ...(error.errorCause && { cause: error.errorCause }) } : {};
    run.logIn(frame, "MapRunFailed", { mapRunFailedEventDetails: details });
    run.logIn(frame, "MapStateFailed");
    throw error;
  }
}

interface MapRunPlan {
  readonly mapRunArn: string;
  readonly machineArn: string;
  readonly children: readonly ChildInput[];
  readonly tolerance: Tolerance;
}

interface Tolerance {
  readonly count: number | undefined;
  readonly percentage: number | undefined;
}

async function runChildren(work: StateWork, plan: MapRunPlan): Promise<ExecutionRecord[]> {
  const { run, frame, engine, signal } = work;
  const results: ExecutionRecord[] = [];
  const running = new Set<string>();
  let next = 0;
  let failedItems = 0;
  let stop: StateError | undefined;
  const total = plan.children.reduce((sum, child) => sum + child.itemCount, 0);
  const worker = async (): Promise<void> => {
    while (next < plan.children.length && stop === undefined) {
      // UpdateMapRun may have lowered the limit: then the surplus workers wait for a free place.
      const limit = engine.mapRuns.get(plan.mapRunArn)?.maxConcurrency ?? 0;
      if (limit > 0 && running.size >= limit) return;
      const index = next;
      next += 1;
      const child = plan.children[index];
      if (child === undefined) return;
      const record = engine.startChild(run, {
        name: childName(plan.mapRunArn, index),
        machineArn: plan.machineArn,
        workflowPath: [...frame.path, "States", frame.stateName, "ItemProcessor"],
        input: child.input,
        mapRunArn: plan.mapRunArn,
        itemCount: child.itemCount,
      });
      running.add(record.arn);
      await engine.awaitExecution(record.arn, signal);
      running.delete(record.arn);
      const ended = engine.execution(record.arn) ?? record;
      results[index] = ended;
      if (ended.status !== "SUCCEEDED") failedItems += child.itemCount;
      if (exceeds(failedItems, total, engine.mapRuns.get(plan.mapRunArn), plan.tolerance)) {
        stop = new StateError(
          "States.ExceedToleratedFailureThreshold",
          "The specified tolerated failure threshold was exceeded",
        );
      }
    }
  };
  const abortRunning = () => Promise.all([...running].map((arn) => engine.abort(arn)));
  try {
    while (next < plan.children.length && stop === undefined) {
      const limit = engine.mapRuns.get(plan.mapRunArn)?.maxConcurrency ?? 0;
      const width = Math.min(limit === 0 ? MAX_CHILDREN : limit, MAX_CHILDREN, plan.children.length);
      await Promise.all(Array.from({ length: width }, worker));
    }
  } catch (error) {
    if (!(error instanceof Interrupted) || error.reason !== "shutdown") await abortRunning();
    throw error;
  }
  if (stop !== undefined) {
    await abortRunning();
    throw stop;
  }
  return results;
}

/** Without a tolerance the first failure is one too many; with one, the count or the percentage of failed items decides. */
function exceeds(failed: number, total: number, record: MapRunRecord | undefined, given: Tolerance): boolean {
  if (failed === 0) return false;
  const count = record?.toleratedFailureCount ?? 0;
  const percentage = record?.toleratedFailurePercentage ?? 0;
  const byCount = given.count !== undefined || count > 0;
  const byPercentage = given.percentage !== undefined || percentage > 0;
  if (byCount && failed > count) return true;
  if (byPercentage && (failed * 100) / total > percentage) return true;
  return !byCount && !byPercentage;
}

async function collect(
  work: StateWork,
  state: State,
  mapRunArn: string,
  records: readonly ExecutionRecord[],
): Promise<Json> {
  const { engine } = work;
  if (state.ResultWriter === undefined) {
    const succeeded = records.filter((record) => record.status === "SUCCEEDED");
    return succeeded.map((record) => engine.outputOf(record));
  }
  const results: ChildResult[] = records.map((record) => ({
    record,
    input: engine.inputTextOf(record),
    output: record.status === "SUCCEEDED" ? JSON.stringify(engine.outputOf(record)) : undefined,
  }));
  if (state.ResultWriter.Resource !== undefined) return writeResults(work, state, mapRunArn, results);
  return transform(results, state.ResultWriter.WriterConfig?.["Transformation"]);
}

async function childInputs(work: StateWork, state: State): Promise<ChildInput[]> {
  const items = state.ItemReader === undefined ? await mapItems(work, state) : await readItems(work, state);
  const inputs = await iterationInputs(work, state, items);
  const batcher = state.ItemBatcher;
  if (batcher === undefined) return inputs.map((input) => ({ input, itemCount: 1 }));
  const language = queryLanguage(work.run.definition, state);
  const scope = scopeOf(work.run, work.frame);
  const inner = language === "JSONPath" ? { ...scope, input: applyInputPath(state, scope) } : scope;
  const maxItems = await numberField(
    language,
    "MaxItemsPerBatch",
    batcher.MaxItemsPerBatch,
    batcher.MaxItemsPerBatchPath,
    inner,
  );
  const maxBytes = await numberField(
    language,
    "MaxInputBytesPerBatch",
    batcher.MaxInputBytesPerBatch,
    batcher.MaxInputBytesPerBatchPath,
    inner,
  );
  const batchInput =
    batcher.BatchInput === undefined ? undefined : await evaluate(language, batcher.BatchInput, "BatchInput", inner);
  return makeBatches(inputs, {
    ...(maxItems !== undefined && { maxItems }),
    ...(maxBytes !== undefined && { maxBytes }),
    ...(batchInput !== undefined && { batchInput }),
  });
}

async function toleratedFailures(work: StateWork, state: State): Promise<Tolerance> {
  const language = queryLanguage(work.run.definition, state);
  const scope = scopeOf(work.run, work.frame);
  const inner = language === "JSONPath" ? { ...scope, input: applyInputPath(state, scope) } : scope;
  return {
    count: await numberField(
      language,
      "ToleratedFailureCount",
      state.ToleratedFailureCount,
      state.ToleratedFailureCountPath,
      inner,
    ),
    percentage: await numberField(
      language,
      "ToleratedFailurePercentage",
      state.ToleratedFailurePercentage,
      state.ToleratedFailurePercentagePath,
      inner,
    ),
  };
}

function finishMapRun(work: StateWork, arn: string, status: MapRunRecord["status"], resultsWritten: number): void {
  const { engine } = work;
  const record = engine.mapRuns.get(arn);
  if (record === undefined) return;
  engine.mapRuns.set(arn, { ...record, status, stopMillis: engine.cloud.now(), resultsWritten });
}

/** The label that names the children's state machine; made from the state's name when not given. */
function mapLabel(stateName: string, state: State): string {
  return state.Label ?? stateName.replace(/[^\w-]/g, "").slice(0, 40);
}

/** Names in the form of a UUID, the same for the same Map run and position: a restart finds what it started. */
function childName(mapRunArn: string, index: number): string {
  const hex = createHash("sha256").update(`${mapRunArn}#${index}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

/** True when a Map state runs in distributed mode. */
export function isDistributed(state: State): boolean {
  return itemProcessor(state)?.ProcessorConfig?.Mode === "DISTRIBUTED";
}
