import { isObject } from "./json.ts";

const TIMEOUTS = new Set(["States.Timeout", "States.HeartbeatTimeout"]);

/** Errors that end the execution whatever Retry and Catch say (AWS: "States.Runtime errors ... will always cause the execution to fail"). */
const NEVER_HANDLED = new Set(["States.Runtime"]);

/** Errors that `States.ALL` and `States.TaskFailed` do not reach, but their own name does. */
const BEYOND_WILDCARDS = new Set(["States.DataLimitExceeded", "States.Runtime"]);

/**
 * Does one of the names of an `ErrorEquals` list match the error?
 *
 * `States.ALL` matches everything but States.DataLimitExceeded and States.Runtime; `States.TaskFailed` matches every
 * error but timeouts; `States.Timeout` also matches a missed heartbeat.
 * Source: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html#error-handling-error-representation
 */
export function errorMatches(errorEquals: readonly string[], error: string): boolean {
  if (NEVER_HANDLED.has(error)) return false;
  return errorEquals.some((name) => {
    if (name === error) return true;
    if (name === "States.ALL") return !BEYOND_WILDCARDS.has(error);
    if (name === "States.TaskFailed") return !TIMEOUTS.has(error) && !BEYOND_WILDCARDS.has(error);
    return name === "States.Timeout" && error === "States.HeartbeatTimeout";
  });
}

/** The `{ Error, Cause }` object that a catcher receives. */
export function errorOutput(error: string, cause: string | undefined): { Error: string; Cause: string } {
  return { Error: error, Cause: cause ?? "" };
}

/** Splits a Lambda error payload into the error name and cause that Step Functions reports. */
export function lambdaFailure(payloadText: string): { error: string; cause: string } {
  let payload: unknown;
  try {
    payload = JSON.parse(payloadText);
  } catch {
    // A payload that is no JSON carries no error type: it is reported below, in full.
    payload = undefined;
  }
  if (isObject(payload) && typeof payload["errorType"] === "string" && payload["errorType"] !== "") {
    return { error: payload["errorType"], cause: payloadText };
  }
  return {
    error: "Lambda.Unknown",
    cause: `The cause could not be determined because Lambda did not return an error type. Returned payload: ${payloadText}`,
  };
}
