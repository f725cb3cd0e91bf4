import { createHash, randomUUID } from "node:crypto";
import type { Argument, Call } from "./intrinsics-parse.ts";
import { isObject, type Json, jsonEquals } from "./json.ts";
import { type PathScope, selectPath } from "./jsonpath.ts";
import { seededRandom } from "./random.ts";
import { intrinsicError, runtimeError } from "./state-error.ts";

/** A function over evaluated arguments; `fail` throws States.IntrinsicFailure that quotes the call. */
type Intrinsic = (values: Json[], fail: (problem: string) => never, call: Call) => Json;

/** The longest string that Base64 and Hash functions take: https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html */
const MAX_TEXT_CHARACTERS = 10_000;

/** The most elements that States.ArrayRange makes. */
const MAX_RANGE_ELEMENTS = 1_000;

/** Digest names of States.Hash and $hash, and Node's names for them. */
export const HASH_ALGORITHMS: Readonly<Record<string, string>> = {
  MD5: "md5",
  "SHA-1": "sha1",
  "SHA-256": "sha256",
  "SHA-384": "sha384",
  "SHA-512": "sha512",
};

const INTRINSICS: Readonly<Record<string, { readonly counts: readonly [number, number]; readonly run: Intrinsic }>> = {
  "States.Format": { counts: [1, 99], run: format },
  "States.StringToJson": { counts: [1, 1], run: ([text], fail) => parseJson(string(text, fail), fail) },
  "States.JsonToString": { counts: [1, 1], run: ([value]) => JSON.stringify(value) },
  "States.Array": { counts: [0, 999], run: (values) => values },
  "States.ArrayPartition": {
    counts: [2, 2],
    run: ([items, size], fail) => partition(array(items, fail), positive(size, fail)),
  },
  "States.ArrayContains": {
    counts: [2, 2],
    run: ([items, item], fail) => array(items, fail).some((each) => jsonEquals(each, item ?? null)),
  },
  "States.ArrayRange": {
    counts: [3, 3],
    run: ([first, last, step], fail) => range(integer(first, fail), integer(last, fail), integer(step, fail), fail),
  },
  "States.ArrayGetItem": {
    counts: [2, 2],
    run: ([items, index], fail) =>
      array(items, fail)[integer(index, fail)] ?? fail(`The index ${index} is out of the array's bounds`),
  },
  "States.ArrayLength": { counts: [1, 1], run: ([items], fail) => array(items, fail).length },
  "States.ArrayUnique": {
    counts: [1, 1],
    run: ([items], fail) =>
      array(items, fail).filter((item, index, all) => all.findIndex((each) => jsonEquals(each, item)) === index),
  },
  "States.Base64Encode": {
    counts: [1, 1],
    run: ([text], fail) => Buffer.from(limited(text, fail), "utf8").toString("base64"),
  },
  "States.Base64Decode": {
    counts: [1, 1],
    run: ([text], fail) => Buffer.from(limited(text, fail), "base64").toString("utf8"),
  },
  "States.Hash": { counts: [2, 2], run: ([data, algorithm], fail) => hash(data ?? null, algorithm, fail) },
  "States.JsonMerge": { counts: [3, 3], run: merge },
  "States.MathRandom": {
    counts: [2, 3],
    run: ([start, end, seed], fail) => random(integer(start, fail), integer(end, fail), seed, fail),
  },
  "States.MathAdd": { counts: [2, 2], run: ([a, b], fail) => bounded(integer(a, fail) + integer(b, fail), fail) },
  "States.StringSplit": { counts: [2, 2], run: ([text, by], fail) => split(string(text, fail), string(by, fail)) },
  "States.UUID": { counts: [0, 0], run: () => randomUUID() },
};

/** The problem with a call that can be told without data: an unknown function or a wrong number of arguments; undefined when fine. */
export function checkCall(call: Call): string | undefined {
  const intrinsic = INTRINSICS[call.name];
  if (intrinsic === undefined) return `unknown intrinsic function '${call.name}'`;
  const [least, most] = intrinsic.counts;
  const count = call.arguments.length;
  if (count < least || count > most) {
    return `'${call.name}' takes ${least === most ? least : `${least} to ${most}`} arguments, got ${count}`;
  }
  for (const argument of call.arguments) {
    const problem = argument.kind === "call" ? checkCall(argument.call) : undefined;
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/**
 * Evaluates an intrinsic function call. Throws States.IntrinsicFailure for arguments that a function cannot work with
 * and States.Runtime for a path that finds nothing.
 */
export function evaluateCall(call: Call, scope: PathScope): Json {
  const fail = (problem: string): never => {
    throw intrinsicError(call.text, problem);
  };
  const problem = checkCall(call);
  if (problem !== undefined) fail(problem);
  const values = call.arguments.map((argument) => evaluateArgument(argument, call, scope));
  return INTRINSICS[call.name]?.run(values, fail, call) ?? null;
}

function evaluateArgument(argument: Argument, call: Call, scope: PathScope): Json {
  switch (argument.kind) {
    case "string":
    case "literal":
      return argument.value;
    case "call":
      return evaluateCall(argument.call, scope);
    case "path": {
      const found = selectPath(argument.path.text, scope);
      if (found !== undefined) return found;
      throw runtimeError(
        `The function '${call.text}' had the following error: The JsonPath argument for the field ` +
          `'${argument.path.text}' could not be found in the input '${JSON.stringify(scope.input)}'`,
      );
    }
  }
}

function format(values: Json[], fail: (problem: string) => never, call: Call): Json {
  const first = call.arguments[0];
  const template = first?.kind === "string" ? first.raw : string(values[0], fail).replace(/\\/g, "\\\\");
  const rest = values.slice(1);
  let used = 0;
  const text = template.replace(/\\(.)|\{\}|[{}]/g, (match, escaped: string | undefined) => {
    if (escaped !== undefined) return "'{}\\".includes(escaped) ? escaped : match;
    if (match !== "{}") return fail(`The template has a '${match}' that is neither escaped nor part of '{}'`);
    const value = rest[used];
    used += 1;
    if (value === undefined) return fail("The number of '{}' does not match the number of arguments");
    return typeof value === "string" ? value : JSON.stringify(value);
  });
  if (used !== rest.length) fail("The number of '{}' does not match the number of arguments");
  return text;
}

function parseJson(text: string, fail: (problem: string) => never): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    return fail(`The argument is not valid JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function partition(items: Json[], size: number): Json {
  const chunks: Json[] = [];
  for (let at = 0; at < items.length; at += size) chunks.push(items.slice(at, at + size));
  return chunks;
}

function range(first: number, last: number, step: number, fail: (problem: string) => never): Json {
  if (step === 0) fail("The step must not be zero");
  const count = Math.floor((last - first) / step) + 1;
  if (count > MAX_RANGE_ELEMENTS) fail(`The range has ${count} elements; at most ${MAX_RANGE_ELEMENTS} are allowed`);
  return Array.from({ length: Math.max(count, 0) }, (_, index) => first + index * step);
}

function hash(data: Json, algorithm: Json | undefined, fail: (problem: string) => never): Json {
  const name = HASH_ALGORITHMS[string(algorithm, fail)];
  if (name === undefined) return fail(`The algorithm must be one of ${Object.keys(HASH_ALGORITHMS).join(", ")}`);
  const text = typeof data === "string" ? data : JSON.stringify(data);
  return createHash(name).update(limited(text, fail), "utf8").digest("hex");
}

function merge([left, right, deep]: Json[], fail: (problem: string) => never): Json {
  if (deep !== false) return fail("Only the shallow merge (third argument false) is supported");
  if (!isObject(left) || !isObject(right)) return fail("The first two arguments must be JSON objects");
  return { ...left, ...right };
}

function random(start: number, end: number, seed: Json | undefined, fail: (problem: string) => never): Json {
  if (end <= start) return fail("The end of the range must be greater than its start");
  const draw = seed === undefined ? Math.random() : seededRandom(integer(seed, fail));
  return start + Math.floor(draw * (end - start));
}

function split(text: string, delimiters: string): Json {
  if (delimiters === "") return [text];
  const set = new Set(delimiters);
  const parts: string[] = [""];
  for (const character of text) {
    if (set.has(character)) parts.push("");
    else parts.push(`${parts.pop() ?? ""}${character}`);
  }
  return parts.filter((part) => part !== "");
}

function bounded(value: number, fail: (problem: string) => never): number {
  return value >= -2_147_483_648 && value <= 2_147_483_647 ? value : fail("The sum does not fit into 32 bits");
}

function string(value: Json | undefined, fail: (problem: string) => never): string {
  return typeof value === "string" ? value : fail(`A string was expected, got ${JSON.stringify(value)}`);
}

function limited(value: Json | undefined, fail: (problem: string) => never): string {
  const text = string(value, fail);
  return text.length <= MAX_TEXT_CHARACTERS ? text : fail(`The text is longer than ${MAX_TEXT_CHARACTERS} characters`);
}

function array(value: Json | undefined, fail: (problem: string) => never): Json[] {
  return Array.isArray(value) ? value : fail(`An array was expected, got ${JSON.stringify(value)}`);
}

/** Numbers are rounded to integers, as the documentation of the Math and Array functions says. */
function integer(value: Json | undefined, fail: (problem: string) => never): number {
  return typeof value === "number" ? Math.round(value) : fail(`A number was expected, got ${JSON.stringify(value)}`);
}

function positive(value: Json | undefined, fail: (problem: string) => never): number {
  const size = integer(value, fail);
  return size > 0 ? size : fail("The chunk size must be a positive integer");
}
