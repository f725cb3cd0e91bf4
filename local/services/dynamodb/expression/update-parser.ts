import type { UpdateClause, UpdateValue } from "./ast.ts";
import { isCall, parsePath, parseSimpleOperand } from "./path-parser.ts";
import { ExpressionError, TokenReader } from "./tokenizer.ts";

const SECTIONS = ["SET", "REMOVE", "ADD", "DELETE"] as const;
const CONDITION_FUNCTIONS = [
  "attribute_exists",
  "attribute_not_exists",
  "attribute_type",
  "begins_with",
  "contains",
  "size",
];

/**
 * Parses an update expression. Throws ExpressionError.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
 */
export function parseUpdate(text: string): readonly UpdateClause[] {
  const reader = new TokenReader(text);
  const clauses: UpdateClause[] = [];
  const seen = new Set<string>();
  do {
    const section = SECTIONS.find((word) => reader.takeKeyword(word));
    if (section === undefined) throw reader.syntaxError();
    if (seen.has(section)) {
      throw new ExpressionError(`The "${section}" section can only be used once in an update expression;`);
    }
    seen.add(section);
    do clauses.push(parseClause(reader, section));
    while (reader.takeSymbol(","));
  } while (reader.peek().kind !== "end");
  return clauses;
}

function parseClause(reader: TokenReader, section: (typeof SECTIONS)[number]): UpdateClause {
  const path = parsePath(reader);
  switch (section) {
    case "SET":
      reader.expectSymbol("=");
      return { kind: "SET", path, value: parseValue(reader) };
    case "REMOVE":
      return { kind: "REMOVE", path };
    default: {
      const token = reader.peek();
      if (token.kind !== "value") throw reader.syntaxError();
      return { kind: section, path, operand: { kind: "value", placeholder: reader.next().text } };
    }
  }
}

/** A value, or two of them added or subtracted. */
function parseValue(reader: TokenReader): UpdateValue {
  const left = parseOperand(reader);
  const operator = reader.takeSymbol("+") ? "+" : reader.takeSymbol("-") ? "-" : undefined;
  if (operator === undefined) return left;
  return { kind: "arithmetic", operator, left, right: parseOperand(reader) };
}

function parseOperand(reader: TokenReader): UpdateValue {
  if (reader.takeSymbol("(")) {
    const value = parseValue(reader);
    reader.expectSymbol(")");
    return value;
  }
  if (isCall(reader)) return parseFunction(reader);
  const operand = parseSimpleOperand(reader);
  if (operand === undefined) throw reader.syntaxError();
  return operand;
}

function parseFunction(reader: TokenReader): UpdateValue {
  const name = reader.next().text;
  if (CONDITION_FUNCTIONS.includes(name)) {
    throw new ExpressionError(`The function is not allowed in an update expression; function: ${name}`);
  }
  if (name !== "if_not_exists" && name !== "list_append") {
    throw new ExpressionError(`Invalid function name; function: ${name}`);
  }
  reader.expectSymbol("(");
  const operands: UpdateValue[] = [];
  do operands.push(parseOperand(reader));
  while (reader.takeSymbol(","));
  reader.expectSymbol(")");
  const [first, second] = operands;
  if (first === undefined || second === undefined || operands.length > 2) {
    throw new ExpressionError(
      `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${operands.length}`,
    );
  }
  if (name === "list_append") return { kind: "list_append", first, second };
  if (first.kind !== "path") {
    throw new ExpressionError(`Operator or function requires a document path; operator or function: ${name}`);
  }
  return { kind: "if_not_exists", path: first.path, fallback: second };
}
