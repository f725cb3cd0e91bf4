import { randomUUID } from "node:crypto";
import { AwsError } from "./aws-error.ts";
import { type Constraint, constraintsOf } from "./constraints.ts";
import { setOwn } from "./json-codec.ts";
import { type ServiceModel, type Shape, shapeOf } from "./model.ts";
import { parseTimestamp } from "./timestamps.ts";
import { unionViolation, validationError } from "./validation-error.ts";

/** A broken constraint at a place of the input, in AWS's words. */
export interface Violation {
  readonly path: string;
  /** The value as AWS prints it: `'text'` or `null`. */
  readonly value: string;
  readonly constraint: string;
}

type Check = (value: unknown, path: string, violations: Violation[]) => unknown;

const compiled = new WeakMap<ServiceModel, Map<string, Check>>();

/**
 * Checks an operation's input against AWS's published model and brings it into the form that operations take:
 * timestamps are `Date`, blobs `Uint8Array`, absent members absent. Gives the input itself when nothing had to change.
 *
 * @throws AwsError with the service's validation code and AWS's wording: all broken constraints in one message; an
 * unknown member and a value of the wrong type are errors too.
 */
export function validateInput(model: ServiceModel, operation: string, input: object): object {
  const entry = model.operations[operation];
  if (!entry?.input) return input;
  const violations: Violation[] = [];
  const shape = shapeOf(model, entry.input);
  const filled = fillTokens(shape, input);
  const result = checkOf(model, entry.input)(filled, "", violations) as object;
  if (violations.length > 0) throw validationError(model.id, violations);
  return result;
}

function fillTokens(shape: Shape, input: object): object {
  let result = input as Record<string, unknown>;
  for (const name of shape.required ?? []) {
    if (shape.members?.[name]?.idempotencyToken && result[name] === undefined) {
      result = { ...result, [name]: randomUUID() };
    }
  }
  return result;
}

function checkOf(model: ServiceModel, shapeName: string): Check {
  let cache = compiled.get(model);
  if (!cache) {
    cache = new Map();
    compiled.set(model, cache);
  }
  const known = cache.get(shapeName);
  if (known) return known;
  // Shapes refer to themselves (DynamoDB's AttributeValue): the indirection lets them compile before they are complete.
  let actual: Check | undefined;
  const indirect: Check = (value, path, violations) => {
    actual ??= compile(model, shapeName);
    return actual(value, path, violations);
  };
  cache.set(shapeName, indirect);
  actual = compile(model, shapeName);
  cache.set(shapeName, actual);
  return actual;
}

function compile(model: ServiceModel, shapeName: string): Check {
  const shape = shapeOf(model, shapeName);
  const constraints = constraintsOf(model.id === "sqs" ? withoutEnum(shape) : shape);
  const base = baseCheck(model, shapeName, shape);
  if (constraints.length === 0) return base;
  return (value, path, violations) => {
    const result = base(value, path, violations);
    violate(constraints, result, path, violations);
    return result;
  };
}

/** SQS's model gives ReceiveMessage's AttributeNames the enum of queue attributes, which SQS itself does not hold clients to; the service checks names. */
function withoutEnum(shape: Shape): Shape {
  const { enum: _enum, ...rest } = shape;
  return rest;
}

function violate(constraints: readonly Constraint[], value: unknown, path: string, violations: Violation[]): void {
  for (const constraint of constraints) {
    if (!constraint.holds(value)) violations.push({ path, value: printed(value), constraint: constraint.text });
  }
}

function baseCheck(model: ServiceModel, shapeName: string, shape: Shape): Check {
  switch (shape.type) {
    case "structure":
      return shape.document ? (value) => value : structureCheck(model, shapeName, shape);
    case "list":
      return listCheck(model, shape);
    case "map":
      return mapCheck(model, shape);
    case "string":
    case "character":
      return (value, path) => (typeof value === "string" ? value : wrongType(model, value, "String", path));
    case "boolean":
      return (value, path) => (typeof value === "boolean" ? value : wrongType(model, value, "Boolean", path));
    case "integer":
      return (value, path) =>
        Number.isInteger(value) && Math.abs(value as number) <= 2_147_483_648
          ? value
          : wrongType(model, value, "Integer", path);
    case "long":
      return (value, path) => (Number.isInteger(value) ? value : wrongType(model, value, "Long", path));
    case "float":
    case "double":
      return (value, path) => {
        if (value === "NaN" || value === "Infinity" || value === "-Infinity") return Number(value);
        return typeof value === "number" ? value : wrongType(model, value, "Double", path);
      };
    case "timestamp":
      return (value, path) => parseTimestamp(value) ?? wrongType(model, value, "Timestamp", path);
    case "blob":
      return (value, path) => {
        if (value instanceof Uint8Array || isStream(value)) return value;
        return typeof value === "string" ? Buffer.from(value, "utf8") : wrongType(model, value, "Blob", path);
      };
  }
}

function structureCheck(model: ServiceModel, shapeName: string, shape: Shape): Check {
  const members = new Map(
    Object.entries(shape.members ?? {}).map(([name, reference]) => [name, { reference, wire: memberPath(name) }]),
  );
  // botocore's model does not mark it, but DynamoDB takes exactly one type a value.
  const isUnion = shape.union === true || (model.id === "dynamodb" && shapeName === "AttributeValue");
  return (value, path, violations) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return wrongType(model, value, "Structure", path);
    }
    const source = value as Record<string, unknown>;
    let changed: Record<string, unknown> | undefined;
    let present = 0;
    for (const name of Object.keys(source)) {
      const member = members.get(name);
      if (!member) throw unknownMember(model, shape, name, path);
      const item = source[name];
      const result =
        item === null || item === undefined
          ? undefined
          : checkOf(model, member.reference.shape)(item, path ? `${path}.${member.wire}` : member.wire, violations);
      if (result !== undefined) present += 1;
      if (result === item) continue;
      changed ??= { ...source };
      if (result === undefined) delete changed[name];
      else changed[name] = result;
    }
    const result = changed ?? source;
    for (const name of shape.required ?? []) {
      if (result[name] !== undefined && result[name] !== null) continue;
      const wire = memberPath(name);
      violations.push({
        path: path ? `${path}.${wire}` : wire,
        value: "null",
        constraint: "Member must not be null",
      });
    }
    if (isUnion && present !== 1)
      throw unionViolation(model, shapeName, Object.keys(shape.members ?? {}), path, present);
    return result;
  };
}

function listCheck(model: ServiceModel, shape: Shape): Check {
  const { member } = shape;
  if (!member) throw new Error("a list shape has no member");
  const scalar = isScalar(shapeOf(model, member.shape));
  const item = scalar ? scalarItem(model, member.shape) : undefined;
  return (value, path, violations) => {
    if (!Array.isArray(value)) return wrongType(model, value, "List", path);
    let changed: unknown[] | undefined;
    for (let index = 0; index < value.length; index += 1) {
      const before: unknown = value[index];
      const after =
        before === null || before === undefined
          ? before
          : item
            ? item(before, value, path, violations)
            : checkOf(model, member.shape)(before, `${path}.${index + 1}.member`, violations);
      if (after === before) continue;
      changed ??= [...value];
      changed[index] = after;
    }
    return changed ?? value;
  };
}

/** Coral reports a broken constraint of a scalar list member at the list itself, with the member's constraints in brackets. */
function scalarItem(model: ServiceModel, shapeName: string) {
  const shape = shapeOf(model, shapeName);
  const constraints = constraintsOf(model.id === "sqs" ? withoutEnum(shape) : shape);
  const base = baseCheck(model, shapeName, shape);
  return (value: unknown, list: unknown[], path: string, violations: Violation[]): unknown => {
    const result = base(value, path, violations);
    if (constraints.some((constraint) => !constraint.holds(result))) {
      violations.push({
        path,
        value: printed(list),
        constraint: `Member must satisfy constraint: [${constraints.map((one) => one.text).join(", ")}]`,
      });
    }
    return result;
  };
}

function mapCheck(model: ServiceModel, shape: Shape): Check {
  const { key, value: valueReference } = shape;
  if (!key || !valueReference) throw new Error("a map shape has no key or value");
  const keyShape = shapeOf(model, key.shape);
  const keyConstraints = constraintsOf(model.id === "sqs" ? withoutEnum(keyShape) : keyShape);
  return (value, path, violations) => {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return wrongType(model, value, "Map", path);
    const source = value as Record<string, unknown>;
    let changed: Record<string, unknown> | undefined;
    for (const name of Object.keys(source)) {
      if (keyConstraints.some((constraint) => !constraint.holds(name))) {
        violations.push({
          path,
          value: printed(source),
          constraint: `Map keys must satisfy constraint: [${keyConstraints.map((one) => one.text).join(", ")}]`,
        });
      }
      const before = source[name];
      if (before === null || before === undefined) continue;
      const after = checkOf(model, valueReference.shape)(before, `${path}.${name}.member`, violations);
      if (after === before) continue;
      changed ??= { ...source };
      setOwn(changed, name, after);
    }
    return changed ?? value;
  };
}

function isScalar(shape: Shape): boolean {
  return shape.type !== "structure" && shape.type !== "list" && shape.type !== "map";
}

function memberPath(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

function isStream(value: unknown): boolean {
  return typeof value === "object" && value !== null && (Symbol.asyncIterator in value || "pipe" in value);
}

/** A value as Java prints it in AWS's messages: `'text'`, `'[a, b]'`, `'{key=value}'`. */
function printed(value: unknown): string {
  return value === null || value === undefined ? "null" : `'${javaText(value)}'`;
}

function javaText(value: unknown): string {
  if (value instanceof Uint8Array) return `java.nio.HeapByteBuffer[pos=0 lim=${value.length} cap=${value.length}]`;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return `[${value.map(javaText).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${key}=${javaText(item)}`)
      .join(", ")}}`;
  }
  return String(value);
}

function wrongType(model: ServiceModel, value: unknown, expected: string, path: string): never {
  const found = Array.isArray(value)
    ? "START_ARRAY"
    : typeof value === "object"
      ? "START_OBJECT"
      : `${typeof value}`.toUpperCase().concat("_VALUE");
  throw new AwsError(
    model.protocol === "query" ? "MalformedInput" : "SerializationException",
    400,
    `${found} cannot be converted to ${expected}${path ? ` at '${path}'` : ""}`,
  );
}

function unknownMember(model: ServiceModel, shape: Shape, name: string, path: string): AwsError {
  return validationError(model.id, [
    {
      path: path ? `${path}.${memberPath(name)}` : memberPath(name),
      value: `'${name}'`,
      constraint: `Unknown parameter, must be one of: ${Object.keys(shape.members ?? {}).join(", ")}`,
    },
  ]);
}
