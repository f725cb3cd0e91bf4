import { type Catcher, queryLanguage, type State } from "../asl/definition.ts";
import { type Json, type JsonObject, jsonSizeBytes, jsonType } from "../asl/json.ts";
import { evaluateJsonata } from "../asl/jsonata.ts";
import { putAtPath, selectPath } from "../asl/jsonpath.ts";
import { evaluateDynamic, fillTemplate } from "../asl/payload-template.ts";
import { runtimeError, StateError } from "../asl/state-error.ts";
import type { Frame } from "./records.ts";
import type { Run } from "./run.ts";

/** The largest input or output of a state, in bytes of UTF-8 JSON: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const MAX_PAYLOAD_BYTES = 262_144;

/** What expressions of one state are evaluated over. */
export interface DataScope {
  readonly input: Json;
  readonly context: JsonObject;
  readonly variables: JsonObject;
  readonly result?: Json;
  readonly errorOutput?: Json;
}

/** The context object (`$$`, `$states.context`) as a state sees it. */
export function contextOf(run: Run, frame: Frame, token?: string): JsonObject {
  const item = run.itemOf(frame);
  return {
    Execution: {
      Id: run.record.arn,
      Input: run.input,
      Name: run.record.name,
      RoleArn: run.roleArn,
      StartTime: new Date(run.record.startMillis).toISOString(),
      RedriveCount: 0,
    },
    StateMachine: { Id: run.record.machineArn, Name: run.machineName },
    State: {
      EnteredTime: frame.visit?.enteredTime ?? "",
      Name: frame.stateName,
      RetryCount: frame.visit?.retryCount ?? 0,
    },
    ...(item !== undefined && { Map: { Item: { Index: item.Index, Value: item.Value } } }),
    ...(token !== undefined && { Task: { Token: token } }),
  };
}

/** The scope of a state's expressions. */
export function scopeOf(run: Run, frame: Frame, extra: Partial<DataScope> & { token?: string } = {}): DataScope {
  const { token, ...rest } = extra;
  return { input: frame.input, context: contextOf(run, frame, token), variables: run.variablesOf(frame), ...rest };
}

/** Evaluates a template in the query language: a payload template, or JSONata with `$states`. */
export async function evaluate(language: string, template: Json, field: string, scope: DataScope): Promise<Json> {
  if (language === "JSONPath") return fillTemplate(template, scope);
  const { input, context, result, errorOutput } = scope;
  const states = {
    input,
    context,
    ...(result !== undefined && { result }),
    ...(errorOutput !== undefined && { errorOutput }),
  };
  return evaluateJsonata(template, field, { variables: scope.variables, states });
}

/** JSONPath: the state's input through `InputPath`. */
export function applyInputPath(state: State, scope: DataScope): Json {
  return selectOr(state.InputPath, "InputPath", scope);
}

/** JSONPath: a state's output through `OutputPath`. */
export function applyOutputPath(state: State, output: Json, scope: DataScope): Json {
  return selectOr(state.OutputPath, "OutputPath", { ...scope, input: output });
}

function selectOr(path: string | null | undefined, field: string, scope: DataScope): Json {
  if (path === undefined || path === "$") return scope.input;
  if (path === null) return {};
  const found = selectPath(path, scope);
  if (found === undefined) {
    throw runtimeError(`Invalid path '${path}' : No results for path: ${field} selects nothing from the input`);
  }
  return found;
}

/** JSONPath: the raw input with the result at `ResultPath`. */
export function applyResultPath(path: string | null | undefined, input: Json, result: Json): Json {
  if (path === undefined || path === "$") return result;
  if (path === null) return input;
  const combined = putAtPath(input, path, result);
  if (combined === undefined) {
    throw new StateError(
      "States.ResultPathMatchFailure",
      `Unable to apply the ResultPath '${path}' to the input '${JSON.stringify(input)}'`,
    );
  }
  return combined;
}

/** The outcome of a state's work as data: its output and what it assigns. */
export interface Leaving {
  readonly output: Json;
  readonly assigned: JsonObject;
}

/**
 * Output and variables of a state that has a result (Task, Parallel, Map, Pass): ResultSelector, ResultPath, OutputPath and
 * Assign for JSONPath; Output and Assign for JSONata. Source: https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
 */
export async function leaveWithResult(run: Run, state: State, frame: Frame, result: Json): Promise<Leaving> {
  const scope = scopeOf(run, frame);
  if (queryLanguage(run.definition, state) === "JSONata") {
    const inner = { ...scope, result };
    return {
      output: state.Output === undefined ? result : await evaluate("JSONata", state.Output, "Output", inner),
      assigned: await assign("JSONata", state.Assign, inner),
    };
  }
  const selected =
    state.ResultSelector === undefined ? result : fillTemplate(state.ResultSelector, { ...scope, input: result });
  const combined = applyResultPath(state.ResultPath, frame.input, selected);
  return {
    output: applyOutputPath(state, combined, scope),
    assigned: await assign("JSONPath", state.Assign, { ...scope, input: result }),
  };
}

/** Output and variables of a state without a result of its own (Wait, Succeed, Choice). */
export async function leaveWithInput(
  run: Run,
  state: State,
  frame: Frame,
  overrides: { Output?: Json; Assign?: JsonObject } = state,
): Promise<Leaving> {
  const scope = scopeOf(run, frame);
  if (queryLanguage(run.definition, state) === "JSONata") {
    return {
      output:
        overrides.Output === undefined ? frame.input : await evaluate("JSONata", overrides.Output, "Output", scope),
      assigned: await assign("JSONata", overrides.Assign, scope),
    };
  }
  const effective = applyInputPath(state, scope);
  return {
    output: applyOutputPath(state, effective, scope),
    assigned: await assign("JSONPath", overrides.Assign, { ...scope, input: effective }),
  };
}

/** Output and variables when a catcher takes over. */
export async function leaveByCatch(
  run: Run,
  state: State,
  frame: Frame,
  catcher: Catcher,
  errorOutput: JsonObject,
): Promise<Leaving> {
  const scope = scopeOf(run, frame);
  if (queryLanguage(run.definition, state) === "JSONata") {
    const inner = { ...scope, errorOutput };
    return {
      output:
        catcher.Output === undefined ? errorOutput : await evaluate("JSONata", catcher.Output, "Catch/Output", inner),
      assigned: await assign("JSONata", catcher.Assign, inner, "Catch/Assign"),
    };
  }
  return {
    output: applyResultPath(catcher.ResultPath, frame.input, errorOutput),
    assigned: await assign("JSONPath", catcher.Assign, { ...scope, input: errorOutput }),
  };
}

async function assign(
  language: string,
  template: JsonObject | undefined,
  scope: DataScope,
  field = "Assign",
): Promise<JsonObject> {
  if (template === undefined) return {};
  return (await evaluate(language, template, field, scope)) as JsonObject;
}

/**
 * The value of a field that may be a constant, a `…Path` (JSONPath) or an expression (JSONata); undefined when the state
 * has neither. `scope.input` is what paths start from.
 */
export async function valueField(
  language: string,
  field: string,
  value: Json | undefined,
  path: string | undefined,
  scope: DataScope,
): Promise<Json | undefined> {
  if (path !== undefined) return evaluateDynamic(path, `${field}Path`, scope);
  if (value === undefined || language === "JSONPath") return value;
  return evaluate("JSONata", value, field, scope);
}

/** Like {@link valueField}, for a number. Throws when something else comes out. */
export async function numberField(
  language: string,
  field: string,
  value: number | string | undefined,
  path: string | undefined,
  scope: DataScope,
): Promise<number | undefined> {
  const found = await valueField(language, field, value, path, scope);
  if (found === undefined || typeof found === "number") return found;
  if (language === "JSONPath")
    throw runtimeError(`The ${field}Path '${path}' selects ${JSON.stringify(found)}, not a number`);
  throw new StateError(
    "States.QueryEvaluationError",
    `The JSONata expression '${String(value).slice(2, -2).trim()}' specified for the field '${field}' returned an unexpected ` +
      `result type. Expected 'number', but was '${jsonType(found)}' for value: ${JSON.stringify(found)}`,
  );
}

/** Throws States.DataLimitExceeded when a payload is larger than a state may carry. */
export function checkSize(value: Json, what: string): void {
  if (typeof value === "number" || typeof value === "boolean" || value === null) return;
  if (jsonSizeBytes(value) <= MAX_PAYLOAD_BYTES) return;
  throw new StateError(
    "States.DataLimitExceeded",
    `${what} returned a result with a size exceeding the maximum number of bytes service limit (${MAX_PAYLOAD_BYTES}).`,
  );
}
