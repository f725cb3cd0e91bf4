import { sortToken, typeOf } from "../attribute-value.ts";
import { getOwn } from "../own.ts";
import type { AttributeValue } from "../types.ts";
import type { Condition, Operand, Path, UpdateClause, UpdateValue } from "./ast.ts";
import { showPath } from "./ast.ts";
import { ExpressionError } from "./tokenizer.ts";

/** The names and values that placeholders stand for. */
export interface Bindings {
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, AttributeValue>>;
}

const ATTRIBUTE_TYPES = ["B", "NULL", "SS", "BOOL", "L", "BS", "N", "NS", "S", "M"];
const ORDERED = ["S", "N", "B"];
const TYPE_NAMES: Readonly<Record<string, string>> = {
  S: "STRING",
  N: "NUMBER",
  B: "BINARY",
  BOOL: "BOOLEAN",
  NULL: "NULL",
  L: "LIST",
  M: "MAP",
  SS: "STRING_SET",
  NS: "NUMBER_SET",
  BS: "BINARY_SET",
};

/** A path with names for its placeholders. Throws ExpressionError. */
export function bindPath(path: Path, bindings: Bindings): Path {
  if (!path.some((part) => typeof part === "string" && part.startsWith("#"))) return path;
  return path.map((part) => {
    if (typeof part === "number" || !part.startsWith("#")) return part;
    const name = getOwn(bindings.names, part);
    if (name === undefined) {
      throw new ExpressionError(
        `An expression attribute name used in the document path is not defined; attribute name: ${part}`,
      );
    }
    return name;
  });
}

function bindOperand(operand: Operand, bindings: Bindings): Operand {
  switch (operand.kind) {
    case "path":
      return { kind: "path", path: bindPath(operand.path, bindings) };
    case "size": {
      const bound = bindOperand(operand.operand, bindings);
      checkTypes("size", [bound], ["S", "B", "L", "M", "SS", "NS", "BS"]);
      return { kind: "size", operand: bound };
    }
    case "value": {
      const value = getOwn(bindings.values, operand.placeholder);
      if (value === undefined) {
        throw new ExpressionError(
          `An expression attribute value used in expression is not defined; attribute value: ${operand.placeholder}`,
        );
      }
      return { ...operand, value };
    }
  }
}

/** A condition with names and values in place; checks the types of values that are given. Throws ExpressionError. */
export function bindCondition(condition: Condition, bindings: Bindings): Condition {
  switch (condition.kind) {
    case "and":
    case "or":
      return {
        kind: condition.kind,
        left: bindCondition(condition.left, bindings),
        right: bindCondition(condition.right, bindings),
      };
    case "not":
      return { kind: "not", condition: bindCondition(condition.condition, bindings) };
    case "compare": {
      const left = bindOperand(condition.left, bindings);
      const right = bindOperand(condition.right, bindings);
      const { operator } = condition;
      if (operator !== "=" && operator !== "<>") checkTypes(operator, [left, right], ORDERED);
      checkDistinct(operator, left, right);
      return { ...condition, left, right };
    }
    case "between": {
      const operand = bindOperand(condition.operand, bindings);
      const low = bindOperand(condition.low, bindings);
      const high = bindOperand(condition.high, bindings);
      checkTypes("BETWEEN", [operand, low, high], ORDERED);
      checkBounds(low, high);
      return { kind: "between", operand, low, high };
    }
    case "in":
      return {
        kind: "in",
        operand: bindOperand(condition.operand, bindings),
        candidates: condition.candidates.map((candidate) => bindOperand(candidate, bindings)),
      };
    case "function": {
      const operands = condition.operands.map((operand) => bindOperand(operand, bindings));
      if (condition.name === "begins_with") checkTypes("begins_with", operands, ["S", "B"]);
      if (condition.name === "attribute_type") checkTypeName(operands[1]);
      const [first, second] = operands;
      if (first !== undefined && second !== undefined) checkDistinct(condition.name, first, second);
      return { ...condition, operands };
    }
  }
}

/** Update clauses with names and values in place. Throws ExpressionError. */
export function bindUpdate(clauses: readonly UpdateClause[], bindings: Bindings): UpdateClause[] {
  return clauses.map((clause) => {
    const path = bindPath(clause.path, bindings);
    switch (clause.kind) {
      case "SET":
        return { kind: "SET", path, value: bindUpdateValue(clause.value, bindings) };
      case "REMOVE":
        return { kind: "REMOVE", path };
      default: {
        const operand = bindOperand(clause.operand, bindings);
        const allowed = clause.kind === "ADD" ? ["N", "SS", "NS", "BS"] : ["SS", "NS", "BS"];
        const type = literalType(operand);
        if (type !== undefined && !allowed.includes(type)) {
          throw new ExpressionError(
            `Incorrect operand type for operator or function; operator: ${clause.kind}, operand type: ${TYPE_NAMES[type]}, typeSet: ALLOWED_FOR_${clause.kind}_OPERAND`,
          );
        }
        return { kind: clause.kind, path, operand };
      }
    }
  });
}

function bindUpdateValue(value: UpdateValue, bindings: Bindings): UpdateValue {
  switch (value.kind) {
    case "if_not_exists":
      return {
        kind: "if_not_exists",
        path: bindPath(value.path, bindings),
        fallback: bindUpdateValue(value.fallback, bindings),
      };
    case "list_append": {
      const first = bindUpdateValue(value.first, bindings);
      const second = bindUpdateValue(value.second, bindings);
      checkTypes("list_append", [first, second], ["L"]);
      return { kind: "list_append", first, second };
    }
    case "arithmetic": {
      const left = bindUpdateValue(value.left, bindings);
      const right = bindUpdateValue(value.right, bindings);
      checkTypes(value.operator, [left, right], ["N"]);
      return { ...value, left, right };
    }
    default:
      return bindOperand(value, bindings);
  }
}

function literalType(operand: UpdateValue): string | undefined {
  if (operand.kind === "size") return "N";
  return operand.kind === "value" && operand.value !== undefined ? typeOf(operand.value) : undefined;
}

function checkTypes(name: string, operands: readonly UpdateValue[], allowed: readonly string[]): void {
  for (const operand of operands) {
    const type = literalType(operand);
    if (type === undefined || allowed.includes(type)) continue;
    throw new ExpressionError(
      `Incorrect operand type for operator or function; operator or function: ${name}, operand type: ${type}`,
    );
  }
}

function checkTypeName(operand: Operand | undefined): void {
  if (operand?.kind !== "value" || operand.value === undefined) {
    throw new ExpressionError("Operator or function requires a value; operator or function: attribute_type");
  }
  checkTypes("attribute_type", [operand], ["S"]);
  const name = operand.value.S ?? "";
  if (!ATTRIBUTE_TYPES.includes(name)) {
    throw new ExpressionError(
      `Invalid attribute type name found; type: ${name}, valid types: {${ATTRIBUTE_TYPES.join(",")}}`,
    );
  }
}

function checkDistinct(name: string, left: Operand, right: Operand): void {
  if (left.kind !== "path" || right.kind !== "path" || showPath(left.path) !== showPath(right.path)) return;
  throw new ExpressionError(
    `The first operand must be distinct from the remaining operands for this operator or function; operator: ${name}, first operand: ${showPath(left.path)}`,
  );
}

function checkBounds(low: Operand, high: Operand): void {
  if (low.kind !== "value" || high.kind !== "value" || low.value === undefined || high.value === undefined) return;
  if (typeOf(low.value) !== typeOf(high.value)) {
    throw new ExpressionError(
      `The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: AttributeValue: ${show(low.value)}, upper bound operand: AttributeValue: ${show(high.value)}`,
    );
  }
  const from = sortToken(low.value) ?? "";
  const to = sortToken(high.value) ?? "";
  if (from > to) {
    throw new ExpressionError(
      `The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: ${show(low.value)}, upper bound operand: AttributeValue: ${show(high.value)}`,
    );
  }
}

function show(value: AttributeValue): string {
  return `{${typeOf(value)}:${value.S ?? value.N ?? ""}}`;
}
