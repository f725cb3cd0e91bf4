import { AwsError } from "../../../kernel/aws-error.ts";

/** The syntax tree of a metric math expression. */
export type Expression =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "array"; readonly items: readonly Expression[] }
  | { readonly kind: "negate"; readonly operand: Expression }
  | { readonly kind: "binary"; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[] };

/** Binding strength of the binary operators, weakest first. */
const LEVELS: readonly (readonly string[])[] = [
  ["||", "OR"],
  ["&&", "AND"],
  ["==", "!=", "<=", ">=", "<", ">"],
  ["+", "-"],
  ["*", "/"],
  ["^"],
];

/**
 * Parses a metric math expression: `100 * errors / MAX([invocations, 1])`. Throws InvalidParameterValue that shows where.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
export function parseExpression(source: string): Expression {
  const tokens = tokenize(source);
  let position = 0;
  const peek = (): string | undefined => tokens[position];
  const fail = (): never => {
    throw new AwsError(
      "InvalidParameterValueException",
      400,
      `Error in expression '${source}': unexpected ${peek() === undefined ? "end" : `'${peek()}'`}`,
    );
  };
  const take = (expected?: string): string => {
    const token = tokens[position];
    if (token === undefined || (expected !== undefined && token !== expected)) return fail();
    position += 1;
    return token;
  };

  function binary(level: number): Expression {
    const operators = LEVELS[level];
    if (!operators) return unary();
    let left = binary(level + 1);
    for (let operator = peek(); operator !== undefined && operators.includes(operator); operator = peek()) {
      take();
      left = { kind: "binary", operator, left, right: binary(level + 1) };
    }
    return left;
  }

  function unary(): Expression {
    if (peek() !== "-") return primary();
    take();
    return { kind: "negate", operand: unary() };
  }

  function list(end: string): Expression[] {
    const items: Expression[] = [];
    while (peek() !== end) {
      items.push(binary(0));
      if (peek() !== end) take(",");
    }
    take(end);
    return items;
  }

  function primary(): Expression {
    const token = take();
    if (token === "(") {
      const inner = binary(0);
      take(")");
      return inner;
    }
    if (token === "[") return { kind: "array", items: list("]") };
    if (/^[\d.]/.test(token)) return { kind: "number", value: Number(token) };
    if (/^["']/.test(token)) return { kind: "text", value: token.slice(1, -1) };
    if (!/^[A-Za-z]/.test(token)) {
      position -= 1;
      return fail();
    }
    if (peek() !== "(") return { kind: "name", name: token };
    take("(");
    return { kind: "call", name: token.toUpperCase(), args: list(")") };
  }

  const expression = binary(0);
  if (position < tokens.length) fail();
  return expression;
}

function tokenize(source: string): string[] {
  const pattern =
    /\s*(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+|[A-Za-z][A-Za-z0-9_]*|"[^"]*"|'[^']*'|\|\||&&|[=!<>]=|[-+*/^()[\],<>])/y;
  const tokens: string[] = [];
  while (pattern.lastIndex < source.length) {
    const start = pattern.lastIndex;
    const match = pattern.exec(source);
    if (!match?.[1]) {
      if (source.slice(start).trim() === "") break;
      throw new AwsError(
        "InvalidParameterValueException",
        400,
        `Error in expression '${source}': cannot read '${source.slice(start)}'`,
      );
    }
    tokens.push(match[1]);
  }
  return tokens;
}
