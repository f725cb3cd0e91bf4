import { isObject, type Json } from "../asl/json.ts";
import { type Diagnostic, Diagnostics } from "./diagnostics.ts";
import { checkNumber } from "./state.ts";
import { checkWorkflow } from "./workflow.ts";

const TOP_FIELDS = ["Comment", "StartAt", "States", "Version", "TimeoutSeconds", "QueryLanguage"];

/** The longest definition in bytes: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const MAX_DEFINITION_BYTES = 1_048_576;

/** Everything that is wrong with a definition given as text; empty when AWS would accept it and this cloud can run it. */
export function validateDefinition(text: string): Diagnostic[] {
  const found = new Diagnostics();
  if (Buffer.byteLength(text) > MAX_DEFINITION_BYTES) {
    found.add("SCHEMA_VALIDATION_FAILED", "The definition is larger than 1 MB");
    return found.list;
  }
  let definition: Json;
  try {
    definition = JSON.parse(text === "" ? "null" : text) as Json;
  } catch (error) {
    found.add("INVALID_JSON_DESCRIPTION", error instanceof Error ? error.message : String(error));
    return found.list;
  }
  if (!isObject(definition)) {
    found.add("SCHEMA_VALIDATION_FAILED", "Definition must be a valid JSON object");
    return found.list;
  }
  for (const name of Object.keys(definition)) {
    if (!TOP_FIELDS.includes(name)) found.schema("/", `Field '${name}' is not supported`);
  }
  const language = definition["QueryLanguage"] ?? "JSONPath";
  if (language !== "JSONPath" && language !== "JSONata") {
    found.schema("/QueryLanguage", "Value must be one of: [JSONPath, JSONata]");
    return found.list;
  }
  if (definition["Version"] !== undefined && definition["Version"] !== "1.0") {
    found.schema("/Version", "Value must be one of: [1.0]");
  }
  checkNumber(definition["TimeoutSeconds"], 1, 99_999_999, "/TimeoutSeconds", "JSONPath", found);
  checkWorkflow(definition, "", language, new Set(), found);
  return found.list;
}
