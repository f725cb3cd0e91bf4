import { sortToken, typeOf } from "./attribute-value.ts";
import { invalidValues, validation } from "./errors.ts";
import type { Condition, Operand } from "./expression/ast.ts";
import type { KeyRange } from "./ordered-index.ts";
import type { AttributeValue, KeyAttribute, KeySchema } from "./types.ts";

/** What a key condition selects: one partition and a range in it. */
export interface KeySelection {
  readonly hashToken: string;
  readonly range: KeyRange;
}

const EVERYTHING: KeyRange = { isBelow: () => false, isAbove: () => false };

/** Reads a bound key condition for a table's or index's key. Throws ValidationException as DynamoDB does. */
export function selectKeys(condition: Condition, key: KeySchema): KeySelection {
  const byName = new Map<string, Condition>();
  for (const part of conjunction(condition)) {
    const name = attributeOf(part);
    if (byName.has(name)) throw validation("KeyConditionExpressions must only contain one condition per key");
    byName.set(name, part);
  }
  const hashCondition = byName.get(key.hash.name);
  if (hashCondition === undefined) throw validation(`Query condition missed key schema element: ${key.hash.name}`);
  const rangeCondition = key.range === undefined ? undefined : byName.get(key.range.name);
  if (byName.size > (rangeCondition === undefined ? 1 : 2)) {
    if (key.range !== undefined && rangeCondition === undefined) {
      throw validation(`Query condition missed key schema element: ${key.range.name}`);
    }
    throw validation("Query key condition not supported");
  }
  if (hashCondition.kind !== "compare" || hashCondition.operator !== "=") {
    throw validation("Query key condition not supported");
  }
  return {
    hashToken: tokenOf(valueIn(hashCondition), key.hash),
    range: rangeCondition === undefined || key.range === undefined ? EVERYTHING : rangeOf(rangeCondition, key.range),
  };
}

function conjunction(condition: Condition): Condition[] {
  switch (condition.kind) {
    case "and":
      return [...conjunction(condition.left), ...conjunction(condition.right)];
    case "or":
      throw validation("Invalid operator used in KeyConditionExpression: OR");
    case "not":
      throw validation("Invalid operator used in KeyConditionExpression: NOT");
    case "in":
      throw validation("Invalid operator used in KeyConditionExpression: IN");
    case "function":
      if (condition.name === "begins_with") return [condition];
      throw validation(`Invalid operator used in KeyConditionExpression: ${condition.name}`);
    case "compare":
      if (condition.operator !== "<>") return [condition];
      throw validation("Invalid operator used in KeyConditionExpression: <>");
    case "between":
      return [condition];
  }
}

/** The one attribute that a condition is about. */
function attributeOf(condition: Condition): string {
  const operands = operandsOf(condition);
  const paths = operands.filter((operand) => operand.kind === "path");
  const [path] = paths;
  if (operands.some((operand) => operand.kind === "size")) {
    throw validation("KeyConditionExpressions cannot contain nested operations");
  }
  if (path === undefined || paths.length > 1) {
    throw validation("Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition");
  }
  if (path.path.length > 1) throw validation("KeyConditionExpressions cannot have conditions on nested attributes");
  return String(path.path[0]);
}

function operandsOf(condition: Condition): readonly Operand[] {
  switch (condition.kind) {
    case "compare":
      return [condition.left, condition.right];
    case "between":
      return [condition.operand, condition.low, condition.high];
    case "function":
      return condition.operands;
    default:
      return [];
  }
}

function valueIn(condition: Condition): AttributeValue {
  return literal(operandsOf(condition).find((operand) => operand.kind === "value"));
}

function literal(operand: Operand | undefined): AttributeValue {
  if (operand?.kind !== "value" || operand.value === undefined) throw validation("Query key condition not supported");
  return operand.value;
}

function tokenOf(value: AttributeValue, attribute: KeyAttribute): string {
  const token = sortToken(value);
  if (token === undefined || typeOf(value) !== attribute.type) {
    throw invalidValues("Condition parameter type does not match schema type");
  }
  if (token === "") {
    throw validation(
      `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${attribute.type === "B" ? "binary" : "string"} value. Key: ${attribute.name}`,
    );
  }
  return token;
}

function rangeOf(condition: Condition, attribute: KeyAttribute): KeyRange {
  if (condition.kind === "between") {
    const low = tokenOf(literal(condition.low), attribute);
    const high = tokenOf(literal(condition.high), attribute);
    return { isBelow: (token) => token < low, isAbove: (token) => token > high };
  }
  const bound = tokenOf(valueIn(condition), attribute);
  if (condition.kind === "function") {
    return {
      isBelow: (token) => token < bound,
      isAbove: (token) => token > bound && !token.startsWith(bound),
    };
  }
  if (condition.kind !== "compare") throw validation("Query key condition not supported");
  // `:v < name` means `name > :v`.
  const isFlipped = condition.left.kind === "value";
  switch (isFlipped ? FLIPPED[condition.operator] : condition.operator) {
    case "=":
      return { isBelow: (token) => token < bound, isAbove: (token) => token > bound };
    case "<":
      return { isBelow: () => false, isAbove: (token) => token >= bound };
    case "<=":
      return { isBelow: () => false, isAbove: (token) => token > bound };
    case ">":
      return { isBelow: (token) => token <= bound, isAbove: () => false };
    case ">=":
      return { isBelow: (token) => token < bound, isAbove: () => false };
    default:
      throw validation("Query key condition not supported");
  }
}

const FLIPPED: Readonly<Record<string, string>> = { "=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<=" };
