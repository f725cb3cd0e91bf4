import type { ExecutionStatus, HistoryEvent } from "./records.ts";

/** The last event of an execution by its final status. */
export const END_EVENT: Readonly<Record<ExecutionStatus, string>> = {
  RUNNING: "ExecutionStarted",
  SUCCEEDED: "ExecutionSucceeded",
  FAILED: "ExecutionFailed",
  TIMED_OUT: "ExecutionTimedOut",
  ABORTED: "ExecutionAborted",
};

/** The final status by the last event. */
export const END_STATUS: Readonly<Record<string, ExecutionStatus>> = {
  ExecutionSucceeded: "SUCCEEDED",
  ExecutionFailed: "FAILED",
  ExecutionTimedOut: "TIMED_OUT",
  ExecutionAborted: "ABORTED",
};

/** Error and cause as an object without undefined members. */
export function failureOf(error: string | undefined, cause: string | undefined): { error?: string; cause?: string } {
  return { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
}

/** Error and cause that an ending event carries. */
export function endDetails(event: HistoryEvent): { error?: string; cause?: string } {
  const details = Object.entries(event).find(([name]) => name.endsWith("EventDetails"))?.[1] as
    | { error?: string; cause?: string }
    | undefined;
  return failureOf(details?.error, details?.cause);
}

/** The input of an execution, as it was given. */
export function inputText(events: readonly HistoryEvent[]): string {
  const details = events[0]?.["executionStartedEventDetails"] as { input?: string } | undefined;
  return details?.input ?? "{}";
}

/** The output of an execution that has succeeded. */
export function outputText(events: readonly HistoryEvent[]): string | undefined {
  const details = events.at(-1)?.["executionSucceededEventDetails"] as { output?: string } | undefined;
  return details?.output;
}
