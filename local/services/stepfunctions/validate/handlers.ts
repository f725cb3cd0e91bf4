import type { QueryLanguage } from "../asl/definition.ts";
import { isObject, type Json, type JsonObject } from "../asl/json.ts";
import { MAX_ATTEMPTS_LIMIT } from "../asl/retry-schedule.ts";
import type { Diagnostics } from "./diagnostics.ts";
import { checkPath, checkTemplate } from "./expressions.ts";

const RETRY_FIELDS = [
  "ErrorEquals",
  "IntervalSeconds",
  "MaxAttempts",
  "BackoffRate",
  "MaxDelaySeconds",
  "JitterStrategy",
  "Comment",
];
const CATCH_FIELDS = { JSONPath: ["ResultPath"], JSONata: ["Output"] };

/** Checks `Retry` of a state. */
export function checkRetry(retry: Json | undefined, at: string, found: Diagnostics): void {
  for (const [index, entry] of entries(retry, at, found)) {
    const place = `${at}[${index}]`;
    unknownFields(entry, RETRY_FIELDS, place, found);
    checkErrorEquals(entry, index === (retry as Json[]).length - 1, place, found);
    range(entry, "IntervalSeconds", 1, 99_999_999, place, found);
    range(entry, "MaxAttempts", 0, MAX_ATTEMPTS_LIMIT, place, found);
    range(entry, "MaxDelaySeconds", 1, 31_622_400, place, found);
    const rate = entry["BackoffRate"];
    if (rate !== undefined && (typeof rate !== "number" || rate < 1)) {
      found.schema(`${place}/BackoffRate`, "The value must be a number of at least 1.0");
    }
    const jitter = entry["JitterStrategy"];
    if (jitter !== undefined && jitter !== "FULL" && jitter !== "NONE") {
      found.schema(`${place}/JitterStrategy`, "The value must be one of: [FULL, NONE]");
    }
  }
}

/** Checks `Catch` of a state; its transitions are checked with those of the workflow. */
export function checkCatch(list: Json | undefined, at: string, language: QueryLanguage, found: Diagnostics): void {
  for (const [index, entry] of entries(list, at, found)) {
    const place = `${at}[${index}]`;
    unknownFields(entry, ["ErrorEquals", "Next", "Assign", "Comment", ...CATCH_FIELDS[language]], place, found);
    checkErrorEquals(entry, index === (list as Json[]).length - 1, place, found);
    if (typeof entry["Next"] !== "string") found.schema(place, "These fields are required: [Next]");
    const path = entry["ResultPath"];
    if (path !== undefined && path !== null) checkPath(path, `${place}/ResultPath`, found, true);
    checkTemplate(entry["Assign"], `${place}/Assign`, language, found);
    if (language === "JSONata") checkTemplate(entry["Output"], `${place}/Output`, language, found);
  }
}

function entries(list: Json | undefined, at: string, found: Diagnostics): [number, JsonObject][] {
  if (list === undefined) return [];
  if (!Array.isArray(list)) {
    found.schema(at, "The value must be an array");
    return [];
  }
  return [...list.entries()].filter((pair): pair is [number, JsonObject] => {
    if (isObject(pair[1])) return true;
    found.schema(`${at}[${pair[0]}]`, "The value must be an object");
    return false;
  });
}

function unknownFields(entry: JsonObject, known: readonly string[], at: string, found: Diagnostics): void {
  for (const name of Object.keys(entry))
    if (!known.includes(name)) found.schema(at, `Field '${name}' is not supported`);
}

/** `States.ALL` must stand alone and in the last entry; names that begin with `States.` must exist. */
function checkErrorEquals(entry: JsonObject, isLast: boolean, at: string, found: Diagnostics): void {
  const names = entry["ErrorEquals"];
  const place = `${at}/ErrorEquals`;
  if (!Array.isArray(names) || names.length === 0 || names.some((name) => typeof name !== "string")) {
    found.schema(place, "The value must be a non-empty array of error names");
    return;
  }
  for (const name of names) {
    if (typeof name === "string" && name.startsWith("States.") && !RESERVED_ERRORS.has(name)) {
      found.schema(place, `The error name '${name}' is not a reserved error name; names must not start with 'States.'`);
    }
  }
  if (!names.includes("States.ALL")) return;
  if (names.length > 1) found.schema(place, "'States.ALL' must appear alone");
  if (!isLast) found.schema(place, "'States.ALL' is only allowed in the last element");
}

function range(entry: JsonObject, name: string, least: number, most: number, at: string, found: Diagnostics): void {
  const value = entry[name];
  if (value === undefined) return;
  if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > most) {
    found.schema(`${at}/${name}`, `The value must be an integer from ${least} to ${most}`);
  }
}

/** Source: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html */
const RESERVED_ERRORS = new Set([
  "States.ALL",
  "States.BranchFailed",
  "States.DataLimitExceeded",
  "States.ExceedToleratedFailureThreshold",
  "States.HeartbeatTimeout",
  "States.Http.Socket",
  "States.IntrinsicFailure",
  "States.ItemReaderFailed",
  "States.NoChoiceMatched",
  "States.ParameterPathFailure",
  "States.Permissions",
  "States.QueryEvaluationError",
  "States.ResultPathMatchFailure",
  "States.ResultWriterFailed",
  "States.Runtime",
  "States.TaskFailed",
  "States.Timeout",
]);
