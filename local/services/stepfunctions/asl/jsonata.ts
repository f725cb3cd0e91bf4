import { createHash, randomUUID } from "node:crypto";
import jsonata from "jsonata";
import { HASH_ALGORITHMS } from "./intrinsics.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import { seededRandom } from "./random.ts";
import { StateError } from "./state-error.ts";

/** What expressions see: the variables of the workflow and `$states`. */
export interface JsonataScope {
  readonly variables: JsonObject;
  readonly states: {
    readonly input: Json;
    readonly context: Json;
    readonly result?: Json;
    readonly errorOutput?: Json;
  };
}

const EXPRESSION = /^\{%([\s\S]*)%\}$/;
const MAX_CACHED = 5_000;
const compiled = new Map<string, jsonata.Expression>();

/** The expression inside `{% ... %}`, or undefined: only whole strings, without space around them, are expressions. */
export function expressionOf(text: string): string | undefined {
  return EXPRESSION.exec(text)?.[1]?.trim();
}

/** Parses an expression; throws an Error with a message that a person understands. Used at validation, too. */
export function compileJsonata(expression: string): jsonata.Expression {
  const known = compiled.get(expression);
  if (known !== undefined) return known;
  const made = jsonata(expression);
  if (usesVariable(made.ast(), "eval"))
    throw new Error("the function $eval is not available in Step Functions; use $parse");
  if (compiled.size > MAX_CACHED) compiled.clear();
  compiled.set(expression, made);
  return made;
}

/**
 * Evaluates a field of a JSONata state: every string that is one whole expression is replaced by its value, at any depth;
 * everything else stays as it is. `field` names the place in errors, such as `Arguments/Payload`.
 * Throws States.QueryEvaluationError.
 */
export async function evaluateJsonata(template: Json, field: string, scope: JsonataScope): Promise<Json> {
  if (typeof template === "string") {
    const expression = expressionOf(template);
    return expression === undefined ? template : evaluateExpression(expression, field, scope);
  }
  if (Array.isArray(template)) {
    const items: Json[] = [];
    for (const [index, item] of template.entries())
      items.push(await evaluateJsonata(item, `${field}[${index}]`, scope));
    return items;
  }
  if (!isObject(template)) return template;
  const filled: JsonObject = {};
  for (const [name, value] of Object.entries(template)) {
    filled[name] = await evaluateJsonata(value, `${field}/${name}`, scope);
  }
  return filled;
}

async function evaluateExpression(expression: string, field: string, scope: JsonataScope): Promise<Json> {
  const place = `The JSONata expression '${expression}' specified for the field '${field}'`;
  let value: unknown;
  try {
    value = await compileJsonata(expression).evaluate(undefined, {
      ...EXTRA_FUNCTIONS,
      ...scope.variables,
      states: scope.states,
      eval: undefined,
    });
  } catch (error) {
    throw queryError(`${place} threw an error during evaluation. ${describe(error)}`);
  }
  if (value === undefined) throw queryError(`${place} returned nothing (undefined).`);
  if (typeof value === "function" || (isObject(value) && "_jsonata_lambda" in value)) {
    throw queryError(`${place} returned an unsupported result type.`);
  }
  return plain(value);
}

/** JSONata marks its arrays and may return values that JSON cannot hold: a round trip leaves plain JSON. */
function plain(value: unknown): Json {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  return JSON.parse(JSON.stringify(value)) as Json;
}

function queryError(cause: string): StateError {
  return new StateError("States.QueryEvaluationError", cause);
}

function describe(error: unknown): string {
  if (isObject(error) && typeof error["message"] === "string") {
    return typeof error["code"] === "string" ? `${error["code"]}: ${error["message"]}` : error["message"];
  }
  return String(error);
}

function usesVariable(node: unknown, name: string): boolean {
  if (Array.isArray(node)) return node.some((item) => usesVariable(item, name));
  if (!isObject(node)) return false;
  if (node["type"] === "variable" && node["value"] === name) return true;
  return Object.values(node).some((child) => typeof child === "object" && usesVariable(child, name));
}

/** Functions that Step Functions adds: https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html#jsonata-functions-provided-by-sfn */
const EXTRA_FUNCTIONS = {
  partition(items: unknown, size: unknown): unknown {
    if (items === undefined) return undefined;
    if (!Array.isArray(items)) throw new Error("$partition expects an array as its first argument");
    if (typeof size !== "number" || size < 1) throw new Error("$partition expects a positive chunk size");
    const width = Math.floor(size);
    return Array.from({ length: Math.ceil(items.length / width) }, (_, at) =>
      items.slice(at * width, (at + 1) * width),
    );
  },
  range(first: unknown, last: unknown, step: unknown): unknown {
    if (typeof first !== "number" || typeof last !== "number" || typeof step !== "number") {
      throw new Error("$range expects three numbers: first, last and step");
    }
    if (step === 0) throw new Error("$range expects a step that is not zero");
    const count = Math.floor((last - first) / step + 1e-9) + 1;
    if (count > 1_000_000) throw new Error(`$range would make ${count} elements: memory limit exceeded`);
    return Array.from({ length: Math.max(count, 0) }, (_, index) => first + index * step);
  },
  hash(data: unknown, algorithm: unknown): unknown {
    if (data === undefined) return undefined;
    const name = HASH_ALGORITHMS[String(algorithm)];
    if (typeof data !== "string") throw new Error("$hash expects a string as its first argument");
    if (name === undefined) throw new Error(`$hash expects one of ${Object.keys(HASH_ALGORITHMS).join(", ")}`);
    return createHash(name).update(data, "utf8").digest("hex");
  },
  random(seed?: unknown): number {
    return typeof seed === "number" ? seededRandom(seed) : Math.random();
  },
  uuid(): string {
    return randomUUID();
  },
  parse(text: unknown): unknown {
    if (text === undefined) return undefined;
    if (typeof text !== "string") throw new Error("$parse expects a string");
    return JSON.parse(text);
  },
} as const;
