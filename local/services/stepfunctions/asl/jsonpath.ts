import { isObject, type Json, type JsonObject, jsonEquals } from "./json.ts";
import { type Filter, type FilterOperand, isReferencePath, type Path, parsePath, type Step } from "./jsonpath-parse.ts";

/** What paths can start from. */
export interface PathScope {
  readonly input: Json;
  readonly context: JsonObject;
  readonly variables: JsonObject;
}

/**
 * What a path selects: one value of a reference path, or the list of all matches of any other path.
 * Undefined when a reference path (or the start of any path) finds nothing.
 */
export function selectPath(text: string, scope: PathScope): Json | undefined {
  const path = parsePath(text);
  const root = rootOf(path, scope);
  if (root === undefined) return undefined;
  const found = walk([root], path.steps);
  if (isReferencePath(path)) return found[0];
  // An index from the end or of a single value still selects one value.
  if (path.steps.every(selectsOne)) return found[0];
  return found;
}

/** Every value that the steps select, starting from each of the given values. */
function walk(from: readonly Json[], steps: readonly Step[]): Json[] {
  let current = [...from];
  for (const step of steps) current = current.flatMap((value) => apply(value, step));
  return current;
}

function selectsOne(step: Step): boolean {
  return (step.kind === "names" && step.names.length === 1) || (step.kind === "indexes" && step.indexes.length === 1);
}

function rootOf(path: Path, scope: PathScope): Json | undefined {
  if (path.root.kind === "input") return scope.input;
  if (path.root.kind === "context") return scope.context;
  return Object.hasOwn(scope.variables, path.root.name) ? scope.variables[path.root.name] : undefined;
}

function apply(value: Json, step: Step): Json[] {
  switch (step.kind) {
    case "names":
      if (!isObject(value)) return [];
      return step.names.flatMap((name) => (Object.hasOwn(value, name) ? [value[name] as Json] : []));
    case "indexes":
      if (!Array.isArray(value)) return [];
      return step.indexes.flatMap((index) => {
        const item = value[index < 0 ? value.length + index : index];
        return item === undefined ? [] : [item];
      });
    case "slice":
      return Array.isArray(value) ? slice(value, step.start, step.end, step.step) : [];
    case "wildcard":
      return children(value);
    case "descend":
      return descendants(value);
    case "filter":
      return (Array.isArray(value) ? value : [value]).filter((item) => passes(item, step.filter));
  }
}

function slice(items: Json[], start: number | undefined, end: number | undefined, step: number): Json[] {
  return items.slice(start ?? 0, end ?? items.length).filter((_, index) => index % step === 0);
}

function children(value: Json): Json[] {
  if (Array.isArray(value)) return value;
  return isObject(value) ? Object.values(value) : [];
}

function descendants(value: Json): Json[] {
  return [value, ...children(value).flatMap(descendants)];
}

function passes(item: Json, filter: Filter): boolean {
  switch (filter.kind) {
    case "and":
      return passes(item, filter.left) && passes(item, filter.right);
    case "or":
      return passes(item, filter.left) || passes(item, filter.right);
    case "not":
      return !passes(item, filter.operand);
    case "exists":
      return walk([item], filter.steps).length > 0;
    case "compare":
      return compare(operand(item, filter.left), filter.operator, operand(item, filter.right));
  }
}

function operand(item: Json, value: FilterOperand): Json | undefined {
  return "literal" in value ? value.literal : walk([item], value.steps)[0];
}

function compare(left: Json | undefined, operator: string, right: Json | undefined): boolean {
  if (left === undefined || right === undefined) return operator === "!=" && left !== right;
  if (operator === "==") return jsonEquals(left, right);
  if (operator === "!=") return !jsonEquals(left, right);
  const comparable =
    (typeof left === "number" && typeof right === "number") || (typeof left === "string" && typeof right === "string");
  if (!comparable) return false;
  if (operator === "<") return left < right;
  if (operator === "<=") return left <= right;
  return operator === ">" ? left > right : left >= right;
}

/**
 * The input with `value` put at a reference path, as `ResultPath` does; missing objects on the way are made. The input
 * itself is not changed. Returns undefined when the path runs through something that is neither an object nor an array.
 */
export function putAtPath(input: Json, text: string, value: Json): Json | undefined {
  const path = parsePath(text);
  if (path.root.kind !== "input" || !isReferencePath(path)) return undefined;
  return put(input, path.steps, value);
}

function put(target: Json, steps: readonly Step[], value: Json): Json | undefined {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  if (step.kind === "names") {
    const name = step.names[0] ?? "";
    if (!isObject(target)) return undefined;
    const child = Object.hasOwn(target, name) ? target[name] : undefined;
    const inner = put(child === undefined || (child === null && rest.length > 0) ? {} : child, rest, value);
    return inner === undefined ? undefined : { ...target, [name]: inner };
  }
  const index = step.kind === "indexes" ? (step.indexes[0] ?? 0) : 0;
  if (!Array.isArray(target) || index >= target.length) return undefined;
  const inner = put(target[index] ?? null, rest, value);
  if (inner === undefined) return undefined;
  return target.map((item, at) => (at === index ? inner : item));
}
