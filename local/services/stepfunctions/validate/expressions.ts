import type { QueryLanguage } from "../asl/definition.ts";
import { checkCall } from "../asl/intrinsics.ts";
import { looksLikeCall, parseCall } from "../asl/intrinsics-parse.ts";
import { isObject, type Json } from "../asl/json.ts";
import { compileJsonata, expressionOf } from "../asl/jsonata.ts";
import { isReferencePath, parsePath } from "../asl/jsonpath-parse.ts";
import type { Diagnostics } from "./diagnostics.ts";

/** Checks a template of either language: paths and intrinsic functions of `.$` fields, or the syntax of expressions. */
export function checkTemplate(
  template: Json | undefined,
  at: string,
  language: QueryLanguage,
  found: Diagnostics,
): void {
  if (Array.isArray(template)) {
    for (const [index, item] of template.entries()) checkTemplate(item, `${at}[${index}]`, language, found);
  } else if (isObject(template)) {
    for (const [name, value] of Object.entries(template)) {
      const place = `${at}/${name}`;
      if (language === "JSONata" || !name.endsWith(".$")) checkTemplate(value, place, language, found);
      else if (Object.hasOwn(template, name.slice(0, -2))) {
        found.schema(place, `The field '${name.slice(0, -2)}' is given twice, with and without '.$'`);
      } else checkPathOrCall(value, place, found);
    }
  } else if (typeof template === "string" && language === "JSONata") checkExpression(template, at, found);
}

/** Checks one string of a JSONata state: a whole `{% ... %}` must parse, a half one is a slip. */
export function checkExpression(text: string, at: string, found: Diagnostics): void {
  const expression = expressionOf(text);
  if (expression === undefined) {
    if (text.startsWith("{%") !== text.endsWith("%}")) {
      found.schema(at, "The JSONata expression must start with '{%' and end with '%}'");
    }
    return;
  }
  try {
    compileJsonata(expression);
  } catch (error) {
    const message = isObject(error) ? String(error["message"]) : error instanceof Error ? error.message : String(error);
    found.schema(at, `The JSONata expression is not valid: ${message}`);
  }
}

/** Checks the value of a `.$` field. */
export function checkPathOrCall(value: unknown, at: string, found: Diagnostics): void {
  if (typeof value !== "string") found.schema(at, "The value must be a JSONPath or an intrinsic function");
  else if (looksLikeCall(value)) checkIntrinsic(value, at, found);
  else checkPath(value, at, found);
}

/** Checks a path; with `reference`, that it selects one place only. */
export function checkPath(value: unknown, at: string, found: Diagnostics, reference = false): void {
  if (typeof value !== "string") {
    found.schema(at, "The value must be a JSONPath");
    return;
  }
  try {
    const path = parsePath(value);
    if (reference && (!isReferencePath(path) || path.root.kind !== "input")) {
      found.schema(at, `Value is not a Reference Path: '${value}' may select several places`);
    }
  } catch (error) {
    found.schema(at, `Value is not a valid JSONPath: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function checkIntrinsic(text: string, at: string, found: Diagnostics): void {
  try {
    const problem = checkCall(parseCall(text));
    if (problem !== undefined) found.schema(at, `Value is not a valid intrinsic function: ${problem}`);
  } catch (error) {
    found.schema(at, error instanceof Error ? error.message : String(error));
  }
}
