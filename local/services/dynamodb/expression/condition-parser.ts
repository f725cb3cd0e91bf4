import type { Comparator, Condition, ConditionFunction, Operand } from "./ast.ts";
import { isCall, parseSimpleOperand } from "./path-parser.ts";
import { ExpressionError, TokenReader } from "./tokenizer.ts";

const COMPARATORS: readonly string[] = ["=", "<>", "<", "<=", ">", ">="];
const OPERAND_COUNTS: Readonly<Record<ConditionFunction | "size", number>> = {
  attribute_exists: 1,
  attribute_not_exists: 1,
  attribute_type: 2,
  begins_with: 2,
  contains: 2,
  size: 1,
};
const UPDATE_FUNCTIONS = ["if_not_exists", "list_append"];
const MAX_IN = 100;

/**
 * Parses a condition. Throws ExpressionError.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
 */
export function parseCondition(text: string): Condition {
  const reader = new TokenReader(text);
  const condition = parseOr(reader);
  reader.expectEnd();
  return condition;
}

function parseOr(reader: TokenReader): Condition {
  let left = parseAnd(reader);
  while (reader.takeKeyword("OR")) left = { kind: "or", left, right: parseAnd(reader) };
  return left;
}

function parseAnd(reader: TokenReader): Condition {
  let left = parseNot(reader);
  while (reader.takeKeyword("AND")) left = { kind: "and", left, right: parseNot(reader) };
  return left;
}

function parseNot(reader: TokenReader): Condition {
  if (reader.takeKeyword("NOT")) return { kind: "not", condition: parseNot(reader) };
  if (reader.takeSymbol("(")) return parseGroup(reader);
  if (isCall(reader) && reader.peek().text !== "size") return parseFunction(reader);
  return parseComparison(reader);
}

function parseGroup(reader: TokenReader): Condition {
  const startsWithGroup = reader.peek().text === "(";
  const condition = parseOr(reader);
  // `((a))` is refused, `((a) AND b)` is not: only a group that is nothing but a group.
  if (startsWithGroup && condition === lastGroup.get(reader)) {
    throw new ExpressionError("The expression has redundant parentheses;");
  }
  reader.expectSymbol(")");
  lastGroup.set(reader, condition);
  return condition;
}

/** The condition of the group that was closed last; tells whether a group holds just another group. */
const lastGroup = new WeakMap<TokenReader, Condition>();

function parseFunction(reader: TokenReader): Condition {
  const name = reader.peek().text;
  if (!isConditionFunction(name)) {
    throw new ExpressionError(
      UPDATE_FUNCTIONS.includes(name)
        ? `The function is not allowed in a condition expression; function: ${name}`
        : `Invalid function name; function: ${name}`,
    );
  }
  const operands = parseOperands(reader, name);
  const [first] = operands;
  if (name.startsWith("attribute_") && first?.kind !== "path") {
    throw new ExpressionError(`Operator or function requires a document path; operator or function: ${name}`);
  }
  if (COMPARATORS.includes(reader.peek().text)) {
    throw new ExpressionError(`The function is not allowed to be used this way in an expression; function: ${name}`);
  }
  return { kind: "function", name, operands };
}

function isConditionFunction(name: string): name is ConditionFunction {
  return Object.hasOwn(OPERAND_COUNTS, name) && name !== "size";
}

function parseOperands(reader: TokenReader, name: ConditionFunction | "size"): Operand[] {
  reader.next();
  reader.expectSymbol("(");
  const operands: Operand[] = [];
  if (!reader.takeSymbol(")")) {
    do operands.push(parseOperand(reader));
    while (reader.takeSymbol(","));
    reader.expectSymbol(")");
  }
  if (operands.length !== OPERAND_COUNTS[name]) {
    throw new ExpressionError(
      `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${operands.length}`,
    );
  }
  return operands;
}

function parseOperand(reader: TokenReader): Operand {
  if (isCall(reader)) {
    const name = reader.peek().text;
    if (name !== "size") {
      throw new ExpressionError(
        isConditionFunction(name) || UPDATE_FUNCTIONS.includes(name)
          ? `The function is not allowed to be used this way in an expression; function: ${name}`
          : `Invalid function name; function: ${name}`,
      );
    }
    const [operand] = parseOperands(reader, "size");
    if (operand === undefined) throw reader.syntaxError();
    return { kind: "size", operand };
  }
  const operand = parseSimpleOperand(reader);
  if (operand === undefined) throw reader.syntaxError();
  return operand;
}

function parseComparison(reader: TokenReader): Condition {
  const left = parseOperand(reader);
  if (reader.takeKeyword("BETWEEN")) {
    const low = parseOperand(reader);
    if (!reader.takeKeyword("AND")) throw reader.syntaxError();
    return { kind: "between", operand: left, low, high: parseOperand(reader) };
  }
  if (reader.takeKeyword("IN")) {
    reader.expectSymbol("(");
    const candidates: Operand[] = [];
    do candidates.push(parseOperand(reader));
    while (reader.takeSymbol(","));
    reader.expectSymbol(")");
    if (candidates.length > MAX_IN) {
      throw new ExpressionError(
        `The IN operator is provided with too many operands; number of operands: ${candidates.length}`,
      );
    }
    return { kind: "in", operand: left, candidates };
  }
  if (!COMPARATORS.includes(reader.peek().text)) throw reader.syntaxError();
  const operator = reader.next().text as Comparator;
  return { kind: "compare", operator, left, right: parseOperand(reader) };
}
