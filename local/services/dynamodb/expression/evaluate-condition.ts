import { bytesToken, sortToken, typeOf, valuesEqual } from "../attribute-value.ts";
import type { AttributeValue, Item } from "../types.ts";
import type { Comparator, Condition, Operand } from "./ast.ts";
import { readPath } from "./document-path.ts";

/** Whether an item (empty when there is none) meets a bound condition. */
export function meetsCondition(condition: Condition, item: Item): boolean {
  switch (condition.kind) {
    case "and":
      return meetsCondition(condition.left, item) && meetsCondition(condition.right, item);
    case "or":
      return meetsCondition(condition.left, item) || meetsCondition(condition.right, item);
    case "not":
      return !meetsCondition(condition.condition, item);
    case "compare":
      return compare(condition.operator, evaluate(condition.left, item), evaluate(condition.right, item));
    case "between": {
      const value = evaluate(condition.operand, item);
      return (
        compare(">=", value, evaluate(condition.low, item)) && compare("<=", value, evaluate(condition.high, item))
      );
    }
    case "in": {
      const value = evaluate(condition.operand, item);
      return condition.candidates.some((candidate) => compare("=", value, evaluate(candidate, item)));
    }
    case "function":
      return callFunction(condition.name, condition.operands, item);
  }
}

function evaluate(operand: Operand | undefined, item: Item): AttributeValue | undefined {
  switch (operand?.kind) {
    case "path":
      return readPath(item, operand.path);
    case "value":
      return operand.value;
    case "size":
      return sizeOf(evaluate(operand.operand, item));
    default:
      return undefined;
  }
}

/** Compares by type: values of different types are never ordered. What is absent differs from everything. */
function compare(operator: Comparator, a: AttributeValue | undefined, b: AttributeValue | undefined): boolean {
  if (operator === "=") return a !== undefined && b !== undefined && valuesEqual(a, b);
  if (operator === "<>") return a === undefined || b === undefined || !valuesEqual(a, b);
  if (a === undefined || b === undefined || typeOf(a) !== typeOf(b)) return false;
  const left = sortToken(a);
  const right = sortToken(b);
  if (left === undefined || right === undefined) return false;
  switch (operator) {
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
  }
}

function callFunction(name: string, operands: readonly Operand[], item: Item): boolean {
  const value = evaluate(operands[0], item);
  if (name === "attribute_exists") return value !== undefined;
  if (name === "attribute_not_exists") return value === undefined;
  const argument = evaluate(operands[1], item);
  if (value === undefined || argument === undefined) return false;
  if (name === "attribute_type") return typeOf(value) === argument.S;
  return name === "begins_with" ? beginsWith(value, argument) : contains(value, argument);
}

function beginsWith(value: AttributeValue, prefix: AttributeValue): boolean {
  if (value.S !== undefined && prefix.S !== undefined) return value.S.startsWith(prefix.S);
  return value.B !== undefined && prefix.B !== undefined && bytesToken(value.B).startsWith(bytesToken(prefix.B));
}

function contains(value: AttributeValue, part: AttributeValue): boolean {
  if (value.S !== undefined) return part.S !== undefined && value.S.includes(part.S);
  if (value.B !== undefined) return part.B !== undefined && bytesToken(value.B).includes(bytesToken(part.B));
  if (value.L !== undefined) return value.L.some((element) => valuesEqual(element, part));
  if (value.SS !== undefined) return part.S !== undefined && value.SS.includes(part.S);
  if (value.NS !== undefined) return part.N !== undefined && value.NS.includes(part.N);
  if (value.BS === undefined || part.B === undefined) return false;
  const wanted = bytesToken(part.B);
  return value.BS.some((element) => bytesToken(element) === wanted);
}

/** What size() gives: length of text and bytes, number of elements; nothing for other types. */
function sizeOf(value: AttributeValue | undefined): AttributeValue | undefined {
  if (value === undefined) return undefined;
  const counted = value.S ?? value.B ?? value.L ?? value.SS ?? value.NS ?? value.BS;
  if (counted !== undefined) return { N: String(counted.length) };
  return value.M === undefined ? undefined : { N: String(Object.keys(value.M).length) };
}
