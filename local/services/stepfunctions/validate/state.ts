import type { QueryLanguage, StateType } from "../asl/definition.ts";
import { isObject, type Json, type JsonObject } from "../asl/json.ts";
import { parseTimestamp } from "../asl/timestamp.ts";
import { parseResource } from "../integrations/resource.ts";
import { checkChoices } from "./choice.ts";
import type { Diagnostics } from "./diagnostics.ts";
import { checkExpression, checkPath, checkPathOrCall, checkTemplate } from "./expressions.ts";
import { allowedFields, REQUIRED_FIELDS, STATE_TYPES } from "./fields.ts";
import { checkCatch, checkRetry } from "./handlers.ts";
import { checkMap } from "./map.ts";

const TEMPLATES = ["Parameters", "ResultSelector", "Arguments", "Output", "Assign", "ItemSelector", "Credentials"];
const NUMBERS: readonly (readonly [name: string, least: number, most: number])[] = [
  ["TimeoutSeconds", 1, 99_999_999],
  ["HeartbeatSeconds", 1, 99_999_999],
  ["Seconds", 0, 99_999_999],
  ["MaxConcurrency", 0, Number.MAX_SAFE_INTEGER],
  ["ToleratedFailureCount", 0, Number.MAX_SAFE_INTEGER],
  ["ToleratedFailurePercentage", 0, 100],
];

/** Checks a workflow nested in a state (branch, item processor). */
export type CheckWorkflow = (workflow: Json | undefined, at: string) => void;

/** Checks one state on its own; transitions are checked with its workflow. */
export function checkState(
  state: JsonObject,
  at: string,
  machineLanguage: QueryLanguage,
  checkWorkflow: CheckWorkflow,
  found: Diagnostics,
): void {
  const type = state["Type"];
  if (typeof type !== "string" || !STATE_TYPES.includes(type as StateType)) {
    const problem =
      type === undefined ? "These fields are required: [Type]" : `Value must be one of: [${STATE_TYPES.join(", ")}]`;
    found.schema(type === undefined ? at : `${at}/Type`, problem);
    return;
  }
  const language = stateLanguage(state, at, machineLanguage, found);
  checkFields(state, type as StateType, at, language, found);
  for (const name of TEMPLATES) checkTemplate(state[name], `${at}/${name}`, language, found);
  if (state["Assign"] !== undefined) checkAssign(state["Assign"], `${at}/Assign`, found);
  if (language === "JSONPath") checkPaths(state, at, found);
  for (const [name, least, most] of NUMBERS) checkNumber(state[name], least, most, `${at}/${name}`, language, found);
  checkRetry(state["Retry"], `${at}/Retry`, found);
  checkCatch(state["Catch"], `${at}/Catch`, language, found);
  if (type === "Task") checkTask(state, at, found);
  if (type === "Choice") checkChoices(state["Choices"], `${at}/Choices`, language, found);
  if (type === "Wait") checkWait(state, at, language, found);
  if (type === "Fail") checkFail(state, at, language, found);
  if (type === "Parallel") checkParallel(state, at, checkWorkflow, found);
  if (type === "Map") checkMap(state, at, language, checkWorkflow, found);
}

function stateLanguage(state: JsonObject, at: string, machine: QueryLanguage, found: Diagnostics): QueryLanguage {
  const own = state["QueryLanguage"];
  if (own === undefined) return machine;
  if (own !== "JSONPath" && own !== "JSONata") {
    found.schema(`${at}/QueryLanguage`, "Value must be one of: [JSONPath, JSONata]");
    return machine;
  }
  if (own === "JSONPath" && machine === "JSONata") {
    found.schema(at, "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine");
  }
  return own;
}

function checkFields(
  state: JsonObject,
  type: StateType,
  at: string,
  language: QueryLanguage,
  found: Diagnostics,
): void {
  const allowed = allowedFields(type, language);
  for (const name of Object.keys(state)) {
    if (allowed.has(name)) continue;
    const other = language === "JSONata" ? "JSONPath" : "JSONata";
    const isOther = allowedFields(type, other).has(name);
    found.schema(
      at,
      isOther
        ? `The field '${name}' is only supported when 'QueryLanguage' is '${other}'`
        : `Field '${name}' is not supported by states of type ${type}`,
    );
  }
  const missing = REQUIRED_FIELDS[type].filter((name) => state[name] === undefined);
  if (missing.length > 0) found.schema(at, `These fields are required: [${missing.join(", ")}]`);
}

function checkAssign(assign: Json, at: string, found: Diagnostics): void {
  if (!isObject(assign)) {
    found.schema(at, "The value must be an object");
    return;
  }
  for (const name of Object.keys(assign)) {
    const variable = name.endsWith(".$") ? name.slice(0, -2) : name;
    if (!/^[\p{ID_Start}_][\p{ID_Continue}]{0,79}$/u.test(variable)) {
      found.schema(`${at}/${name}`, `'${variable}' is not a valid variable name`);
    } else if (variable === "states") found.schema(`${at}/${name}`, "The variable name 'states' is reserved");
  }
}

function checkPaths(state: JsonObject, at: string, found: Diagnostics): void {
  for (const name of ["InputPath", "OutputPath"]) {
    const value = state[name];
    if (value !== undefined && value !== null) checkPath(value, `${at}/${name}`, found);
  }
  const result = state["ResultPath"];
  if (result !== undefined && result !== null) checkPath(result, `${at}/ResultPath`, found, true);
  for (const name of Object.keys(state)) {
    if (!name.endsWith("Path") || ["InputPath", "OutputPath", "ResultPath"].includes(name)) continue;
    checkPathOrCall(state[name], `${at}/${name}`, found);
    const plain = name.slice(0, -4);
    if (state[plain] !== undefined) found.schema(at, `Only one of '${plain}' and '${name}' may be given`);
  }
}

/** A number within bounds, or in JSONata states an expression. */
export function checkNumber(
  value: Json | undefined,
  least: number,
  most: number,
  at: string,
  language: QueryLanguage,
  found: Diagnostics,
): void {
  if (value === undefined) return;
  if (language === "JSONata" && typeof value === "string") {
    checkExpression(value, at, found);
    if (/^\{%[\s\S]*%\}$/.test(value)) return;
  }
  if (typeof value !== "number" || value < least || value > most) {
    found.schema(at, `The value must be a number from ${least} to ${most}`);
  }
}

function checkTask(state: JsonObject, at: string, found: Diagnostics): void {
  const resource = state["Resource"];
  if (typeof resource === "string") {
    const parsed = parseResource(resource);
    if (typeof parsed === "string") found.schema(`${at}/Resource`, parsed);
  } else if (resource !== undefined) found.schema(`${at}/Resource`, "The value must be a string");
  if (state["Credentials"] !== undefined) {
    found.schema(`${at}/Credentials`, "Cross-account credentials are not supported by this local cloud");
  }
  const [timeout, heartbeat] = [state["TimeoutSeconds"], state["HeartbeatSeconds"]];
  if (typeof timeout === "number" && typeof heartbeat === "number" && heartbeat >= timeout) {
    found.schema(`${at}/HeartbeatSeconds`, "HeartbeatSeconds must be smaller than TimeoutSeconds");
  }
}

function checkWait(state: JsonObject, at: string, language: QueryLanguage, found: Diagnostics): void {
  const given = ["Seconds", "SecondsPath", "Timestamp", "TimestampPath"].filter((name) => state[name] !== undefined);
  if (given.length !== 1) {
    found.schema(at, "Exactly one of [Seconds, Timestamp, SecondsPath, TimestampPath] is required");
  }
  const timestamp = state["Timestamp"];
  if (timestamp === undefined) return;
  if (language === "JSONata" && typeof timestamp === "string" && timestamp.startsWith("{%")) {
    checkExpression(timestamp, `${at}/Timestamp`, found);
  } else if (typeof timestamp !== "string" || parseTimestamp(timestamp) === undefined) {
    found.schema(`${at}/Timestamp`, "The value must be an RFC 3339 timestamp");
  }
}

function checkFail(state: JsonObject, at: string, language: QueryLanguage, found: Diagnostics): void {
  for (const name of ["Error", "Cause"]) {
    const value = state[name];
    if (value === undefined) continue;
    if (typeof value !== "string") found.schema(`${at}/${name}`, "The value must be a string");
    else if (language === "JSONata") checkExpression(value, `${at}/${name}`, found);
  }
}

function checkParallel(state: JsonObject, at: string, checkWorkflow: CheckWorkflow, found: Diagnostics): void {
  const branches = state["Branches"];
  if (!Array.isArray(branches) || branches.length === 0) {
    found.schema(`${at}/Branches`, "The value must be a non-empty array of branches");
    return;
  }
  for (const [index, branch] of branches.entries()) checkWorkflow(branch, `${at}/Branches[${index}]`);
}
