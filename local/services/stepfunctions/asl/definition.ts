import type { Json, JsonObject } from "./json.ts";

/** The query language of a machine or a state; JSONPath unless said otherwise. */
export type QueryLanguage = "JSONPath" | "JSONata";

/** One entry of `Retry`. Seconds; `MaxAttempts` counts the retries, not the first try. */
export interface Retrier {
  ErrorEquals: string[];
  IntervalSeconds?: number;
  MaxAttempts?: number;
  BackoffRate?: number;
  MaxDelaySeconds?: number;
  JitterStrategy?: "FULL" | "NONE";
}

/** One entry of `Catch`. */
export interface Catcher {
  ErrorEquals: string[];
  Next: string;
  ResultPath?: string | null;
  Assign?: JsonObject;
  Output?: Json;
}

/** One choice rule, JSONPath (`Variable` and an operator, or And/Or/Not) or JSONata (`Condition`). */
export interface ChoiceRule {
  Next?: string;
  Condition?: boolean | string;
  Variable?: string;
  And?: ChoiceRule[];
  Or?: ChoiceRule[];
  Not?: ChoiceRule;
  Assign?: JsonObject;
  Output?: Json;
  Comment?: string;
  [operator: string]: unknown;
}

/** A set of states with a start: the machine itself, a branch of Parallel, or the item processor of Map. */
export interface Workflow {
  StartAt: string;
  States: Record<string, State>;
  QueryLanguage?: QueryLanguage;
  Comment?: string;
  ProcessorConfig?: { Mode?: "INLINE" | "DISTRIBUTED"; ExecutionType?: "STANDARD" | "EXPRESS" };
}

/** A whole state machine. */
export interface MachineDefinition extends Workflow {
  TimeoutSeconds?: number;
  Version?: string;
}

/** Where a distributed Map gets its items. */
export interface ItemReader {
  Resource: string;
  Parameters?: Json;
  Arguments?: Json;
  ReaderConfig?: JsonObject;
}

/** Where a distributed Map puts its results. */
export interface ResultWriter {
  Resource?: string;
  Parameters?: Json;
  Arguments?: Json;
  WriterConfig?: JsonObject;
}

/** How a distributed Map groups items. */
export interface ItemBatcher {
  MaxItemsPerBatch?: number | string;
  MaxItemsPerBatchPath?: string;
  MaxInputBytesPerBatch?: number | string;
  MaxInputBytesPerBatchPath?: string;
  BatchInput?: Json;
}

/** The eight state types. */
export type StateType = "Task" | "Pass" | "Choice" | "Wait" | "Succeed" | "Fail" | "Parallel" | "Map";

/** One state as written in the definition; which fields may be present is checked by the validation. */
export interface State {
  Type: StateType;
  Comment?: string;
  Next?: string;
  End?: boolean;
  QueryLanguage?: QueryLanguage;
  InputPath?: string | null;
  OutputPath?: string | null;
  ResultPath?: string | null;
  Parameters?: Json;
  ResultSelector?: Json;
  Arguments?: Json;
  Output?: Json;
  Assign?: JsonObject;
  Resource?: string;
  Credentials?: Json;
  TimeoutSeconds?: number | string;
  TimeoutSecondsPath?: string;
  HeartbeatSeconds?: number | string;
  HeartbeatSecondsPath?: string;
  Retry?: Retrier[];
  Catch?: Catcher[];
  Result?: Json;
  Choices?: ChoiceRule[];
  Default?: string;
  Seconds?: number | string;
  SecondsPath?: string;
  Timestamp?: string;
  TimestampPath?: string;
  Error?: string;
  ErrorPath?: string;
  Cause?: string;
  CausePath?: string;
  Branches?: Workflow[];
  Iterator?: Workflow;
  ItemProcessor?: Workflow;
  ItemsPath?: string;
  Items?: Json;
  ItemSelector?: Json;
  MaxConcurrency?: number | string;
  MaxConcurrencyPath?: string;
  ToleratedFailureCount?: number | string;
  ToleratedFailureCountPath?: string;
  ToleratedFailurePercentage?: number | string;
  ToleratedFailurePercentagePath?: string;
  ItemReader?: ItemReader;
  ItemBatcher?: ItemBatcher;
  ResultWriter?: ResultWriter;
  Label?: string;
}

/** The query language that applies to a state: its own, else its machine's, else JSONPath. */
export function queryLanguage(machine: { QueryLanguage?: QueryLanguage }, state: State): QueryLanguage {
  return state.QueryLanguage ?? machine.QueryLanguage ?? "JSONPath";
}

/** The item processor of a Map state under either of its names. */
export function itemProcessor(state: State): Workflow | undefined {
  return state.ItemProcessor ?? state.Iterator;
}
