/** The state machines of the factory. */
export type Machine = "training" | "delivery" | "monitoring" | "ingest";

/** Where an execution stands. */
export type ExecutionStatus = "running" | "succeeded" | "failed" | "timed-out" | "aborted";

/** Starts and looks at executions of the state machines. */
export interface Orchestrator {
  /**
   * Starts an execution under a name that is used once. Starting it again (the same name) changes nothing.
   * @returns false when an execution of that name existed already
   */
  start(machine: Machine, name: string, input: object): Promise<boolean>;
  /** Status of an execution; null when none of that name exists. */
  status(machine: Machine, name: string): Promise<ExecutionStatus | null>;
  /** Aborts an execution; fine when it has ended or never existed. */
  stop(machine: Machine, name: string, reason: string): Promise<void>;
}
