import { evaluateCall } from "./intrinsics.ts";
import { looksLikeCall, parseCall } from "./intrinsics-parse.ts";
import { isObject, type Json } from "./json.ts";
import { type PathScope, selectPath } from "./jsonpath.ts";
import { runtimeError } from "./state-error.ts";

/**
 * Fills a JSONPath payload template: each field whose name ends in `.$` is replaced by what its path or intrinsic
 * function gives, under the name without `.$`. Throws States.Runtime when a path finds nothing.
 *
 * @example fillTemplate({ "x.$": "$.a", y: 1 }, { input: { a: 2 }, context: {}, variables: {} }) // { x: 2, y: 1 }
 */
export function fillTemplate(template: Json, scope: PathScope): Json {
  if (Array.isArray(template)) return template.map((item) => fillTemplate(item, scope));
  if (!isObject(template)) return template;
  const filled: Record<string, Json> = {};
  for (const [name, value] of Object.entries(template)) {
    if (!name.endsWith(".$")) filled[name] = fillTemplate(value, scope);
    else filled[name.slice(0, -2)] = evaluateDynamic(value, name, scope);
  }
  return filled;
}

/** Evaluates the value of one `.$` field (or of a field such as `CausePath` that takes a path or an intrinsic function). */
export function evaluateDynamic(value: Json, field: string, scope: PathScope): Json {
  if (typeof value !== "string") {
    throw runtimeError(`The value for the field '${field}' must be a STRING that contains a JSONPath or an intrinsic`);
  }
  if (looksLikeCall(value)) return evaluateCall(parseCall(value), scope);
  const found = selectPath(value, scope);
  if (found === undefined) {
    throw runtimeError(
      `The JSONPath '${value}' specified for the field '${field}' could not be found in the input '${JSON.stringify(scope.input)}'`,
    );
  }
  return found;
}
