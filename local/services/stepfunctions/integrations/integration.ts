import type { Cloud, Principal } from "../../../kernel/cloud.ts";
import type { Json } from "../asl/json.ts";

/** What an integration needs of its surroundings. */
export interface IntegrationContext {
  readonly cloud: Cloud;
  /** The state machine's role. */
  readonly principal: Principal;
  readonly region: string;
  /** ARN of the calling execution. */
  readonly executionArn: string;
  /** Resolves when an execution of this service has ended. */
  awaitExecution(arn: string, signal: AbortSignal): Promise<void>;
  /** Resolves at the latest after `millis`, earlier when the job's state is known to have changed. */
  nudge(job: string, millis: number, signal: AbortSignal): Promise<void>;
}

/** A job that outlives its request (`.sync`). */
export interface JobIntegration {
  /**
   * Makes the request that starts the job. With `again`, an earlier process may have made it already: a job of that name
   * that exists is taken over.
   */
  submit(args: Json, context: IntegrationContext, again: boolean): Promise<Json>;
  /** Waits until the job has ended; gives the state's result or throws States.TaskFailed. */
  wait(args: Json, submission: Json, context: IntegrationContext, signal: AbortSignal): Promise<Json>;
  /** Stops the job because the state has ended before it. */
  stop(args: Json, submission: Json, context: IntegrationContext): Promise<void>;
}
