import type { Cloud } from "../../../kernel/cloud.ts";
import type { Json } from "../asl/json.ts";
import type { IntegrationContext } from "../integrations/integration.ts";
import type { ExecutionRecord, Frame, MapRunRecord } from "./records.ts";
import type { Run } from "./run.ts";
import type { TaskTokens } from "./task-tokens.ts";

/** What the interpreter of one execution works with. */
export interface Engine {
  readonly cloud: Cloud;
  readonly tokens: TaskTokens;
  /** Lets other work of the process go first from time to time. */
  readonly breathe: () => Promise<void> | undefined;
  integrationContext(run: Run): IntegrationContext;
  /** Starts (or finds, after a restart) the child execution of a distributed Map. */
  startChild(run: Run, child: ChildExecution): ExecutionRecord;
  /** Ends a running execution from outside. */
  abort(arn: string, error?: string, cause?: string): Promise<void>;
  awaitExecution(arn: string, signal: AbortSignal): Promise<void>;
  execution(arn: string): ExecutionRecord | undefined;
  outputOf(record: ExecutionRecord): Json;
  inputTextOf(record: ExecutionRecord): string;
  mapRuns: { get(arn: string): MapRunRecord | undefined; set(arn: string, record: MapRunRecord): unknown };
}

/** A child execution to start. */
export interface ChildExecution {
  readonly name: string;
  readonly machineArn: string;
  readonly workflowPath: readonly string[];
  readonly input: Json;
  readonly mapRunArn: string;
  readonly itemCount: number;
}

/** One state being worked on. */
export interface StateWork {
  readonly engine: Engine;
  readonly run: Run;
  readonly frame: Frame;
  /** Aborted when the frame is ended from outside. */
  readonly signal: AbortSignal;
}
