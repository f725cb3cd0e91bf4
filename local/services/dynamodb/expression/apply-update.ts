import { bytesToken, elementTokens, typeOf } from "../attribute-value.ts";
import { addNumbers, subtractNumbers } from "../decimal.ts";
import { validation } from "../errors.ts";
import type { AttributeValue, Item } from "../types.ts";
import type { Operand, UpdateClause, UpdateValue } from "./ast.ts";
import { InvalidPathError, readPath, withPathRemoved, withPathSet } from "./document-path.ts";

const WRONG_TYPE = "An operand in the update expression has an incorrect data type";

/** The item after bound update clauses; all of them read the item as it was before. Throws ValidationException. */
export function applyUpdate(clauses: readonly UpdateClause[], item: Item): Item {
  try {
    return apply(clauses, item);
  } catch (error) {
    if (!(error instanceof InvalidPathError)) throw error;
    throw validation("The document path provided in the update expression is invalid for update");
  }
}

function apply(clauses: readonly UpdateClause[], before: Item): Item {
  let after = before;
  for (const clause of clauses) {
    switch (clause.kind) {
      case "SET":
        after = withPathSet(after, clause.path, evaluate(clause.value, before));
        break;
      case "ADD":
        after = withPathSet(after, clause.path, added(readPath(before, clause.path), operandValue(clause.operand)));
        break;
      case "DELETE": {
        const old = readPath(before, clause.path);
        if (old === undefined) break;
        const rest = withoutElements(old, operandValue(clause.operand));
        after = rest === undefined ? withPathRemoved(after, clause.path) : withPathSet(after, clause.path, rest);
        break;
      }
      case "REMOVE":
        break;
    }
  }
  // From the end of lists to their beginning: indices mean the list as it was before.
  const removals = clauses.filter((clause) => clause.kind === "REMOVE").map((clause) => clause.path);
  removals.sort((a, b) => {
    const different = a.findIndex((part, index) => part !== b[index]);
    const [left, right] = [a[different], b[different]];
    return typeof left === "number" && typeof right === "number" ? right - left : 0;
  });
  for (const path of removals) after = withPathRemoved(after, path);
  return after;
}

function operandValue(operand: Operand): AttributeValue {
  if (operand.kind !== "value" || operand.value === undefined) throw validation(WRONG_TYPE);
  return operand.value;
}

function evaluate(value: UpdateValue, item: Item): AttributeValue {
  const found = evaluateOptional(value, item);
  if (found === undefined) {
    throw validation("The provided expression refers to an attribute that does not exist in the item");
  }
  return found;
}

function evaluateOptional(value: UpdateValue, item: Item): AttributeValue | undefined {
  switch (value.kind) {
    case "path":
      return readPath(item, value.path);
    case "value":
      return value.value;
    case "if_not_exists":
      return readPath(item, value.path) ?? evaluate(value.fallback, item);
    case "list_append": {
      const first = evaluate(value.first, item).L;
      const second = evaluate(value.second, item).L;
      if (first === undefined || second === undefined) throw validation(WRONG_TYPE);
      return { L: [...first, ...second] };
    }
    case "arithmetic": {
      const left = evaluate(value.left, item).N;
      const right = evaluate(value.right, item).N;
      if (left === undefined || right === undefined) throw validation(WRONG_TYPE);
      return { N: value.operator === "+" ? addNumbers(left, right) : subtractNumbers(left, right) };
    }
    case "size":
      throw validation("The function is not allowed in an update expression; function: size");
  }
}

function added(old: AttributeValue | undefined, increment: AttributeValue): AttributeValue {
  if (old === undefined) return increment;
  if (typeOf(old) !== typeOf(increment)) throw validation(WRONG_TYPE);
  if (old.N !== undefined && increment.N !== undefined) return { N: addNumbers(old.N, increment.N) };
  const present = new Set(elementTokens(old));
  if (old.SS !== undefined) return { SS: [...old.SS, ...(increment.SS ?? []).filter((text) => !present.has(text))] };
  if (old.NS !== undefined) return { NS: [...old.NS, ...(increment.NS ?? []).filter((text) => !present.has(text))] };
  if (old.BS === undefined) throw validation(WRONG_TYPE);
  return { BS: [...old.BS, ...(increment.BS ?? []).filter((bytes) => !present.has(bytesToken(bytes)))] };
}

/** A set without some elements; undefined when nothing is left, because DynamoDB has no empty sets. */
function withoutElements(old: AttributeValue, removed: AttributeValue): AttributeValue | undefined {
  if (typeOf(old) !== typeOf(removed)) throw validation(WRONG_TYPE);
  const gone = new Set(elementTokens(removed));
  const SS = old.SS?.filter((text) => !gone.has(text));
  const NS = old.NS?.filter((text) => !gone.has(text));
  const BS = old.BS?.filter((bytes) => !gone.has(bytesToken(bytes)));
  if ((SS ?? NS ?? BS)?.length === 0) return undefined;
  if (SS !== undefined) return { SS };
  if (NS !== undefined) return { NS };
  if (BS === undefined) throw validation(WRONG_TYPE);
  return { BS };
}
