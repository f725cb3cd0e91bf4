import type { Json, JsonObject } from "../asl/json.ts";

/** Status of an execution in AWS's words. */
export type ExecutionStatus = "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED";

/** A state machine as the API sees it; kept in the table `machines` under its ARN. */
export interface MachineRecord {
  readonly arn: string;
  readonly name: string;
  readonly type: "STANDARD";
  readonly revisionId: string;
  readonly createdMillis: number;
  readonly updatedMillis: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly loggingConfiguration?: object;
  readonly tracingConfiguration?: object;
  readonly encryptionConfiguration?: object;
}

/** What one revision of a machine runs; executions keep the revision that they started with. Table `revisions`, key: revision id. */
export interface RevisionRecord {
  readonly machineArn: string;
  readonly machineName: string;
  readonly definition: string;
  readonly roleArn: string;
  readonly updatedMillis: number;
}

/** One execution; input, output and history are in its journal. Table `executions`, key: ARN. */
export interface ExecutionRecord {
  readonly arn: string;
  readonly name: string;
  /** For a child of a distributed Map: `<machine ARN>/<label>`. */
  readonly machineArn: string;
  readonly revisionId: string;
  /** Where in the machine's definition the workflow is: empty for the machine itself. */
  readonly workflowPath: readonly string[];
  readonly status: ExecutionStatus;
  readonly startMillis: number;
  readonly stopMillis?: number;
  readonly inputSha256: string;
  readonly error?: string;
  readonly cause?: string;
  readonly mapRunArn?: string;
  readonly itemCount?: number;
  readonly traceHeader?: string;
}

/** One distributed Map's run. Table `map-runs`, key: ARN. */
export interface MapRunRecord {
  readonly arn: string;
  readonly executionArn: string;
  readonly machineArn: string;
  readonly status: "RUNNING" | "SUCCEEDED" | "FAILED" | "ABORTED";
  readonly startMillis: number;
  readonly stopMillis?: number;
  readonly maxConcurrency: number;
  readonly toleratedFailureCount: number;
  readonly toleratedFailurePercentage: number;
  readonly totalExecutions: number;
  readonly totalItems: number;
  readonly resultsWritten: number;
}

/** How far a task has come; enough to go on after a restart. */
export interface TaskProgress {
  /** `calling`: the request may or may not have been made; `waiting`: it was made, its job or token is awaited. */
  stage: "calling" | "waiting";
  arguments: Json;
  startedMillis: number;
  timeoutMillis?: number;
  heartbeatMillis?: number;
  lastHeartbeatMillis?: number;
  token?: string;
  /** Output of the request that started the job. */
  submission?: Json;
  /** What the holder of the task token reported. */
  outcome?: { output: Json } | { error: string; cause?: string };
}

/** The visit of one state: from entering it to leaving it, with all its attempts. */
export interface Visit {
  enteredEventId: number;
  enteredTime: string;
  /** Retries made per retrier. */
  attempts: number[];
  retryCount: number;
  retryAtMillis?: number;
  wakeAtMillis?: number;
  task?: TaskProgress;
  /** Parallel and Map: children exist (frames whose `parentId` is this frame). `items` of an inline Map. */
  join?: { items?: Json[] };
  mapRunArn?: string;
}

/** A line of control: the execution itself, a branch of Parallel, or an iteration of an inline Map. */
export interface Frame {
  readonly id: number;
  readonly parentId?: number;
  /** Branch or iteration number. */
  readonly index?: number;
  /** Where its workflow is in the machine's definition. */
  readonly path: readonly string[];
  readonly item?: { readonly Index: number; readonly Value: Json };
  stateName: string;
  input: Json;
  variables: JsonObject;
  lastEventId: number;
  visit?: Visit;
  done?: { output: Json };
}

/** A history event in AWS's shape, with its time in milliseconds. */
export interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  readonly type: string;
  readonly timestamp: number;
  readonly [details: string]: unknown;
}
