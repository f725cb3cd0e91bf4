import type { Operand, Path } from "./ast.ts";
import { RESERVED_WORDS } from "./reserved-words.ts";
import { ExpressionError, type TokenReader } from "./tokenizer.ts";

/** Reads a document path: names or `#placeholders`, `.name` and `[n]`. */
export function parsePath(reader: TokenReader): Path {
  const path: (string | number)[] = [parseName(reader)];
  for (;;) {
    if (reader.takeSymbol(".")) path.push(parseName(reader));
    else if (reader.takeSymbol("[")) {
      if (reader.peek().kind !== "number") throw reader.syntaxError();
      path.push(Number(reader.next().text));
      reader.expectSymbol("]");
    } else return path;
  }
}

function parseName(reader: TokenReader): string {
  const token = reader.peek();
  if (token.kind === "name" && RESERVED_WORDS.has(token.text.toUpperCase())) {
    throw new ExpressionError(`Attribute name is a reserved keyword; reserved keyword: ${token.text}`);
  }
  if (token.kind !== "name" && token.kind !== "placeholder") throw reader.syntaxError();
  return reader.next().text;
}

/** Reads a path or a `:value`; `undefined` when neither comes next. */
export function parseSimpleOperand(reader: TokenReader): Operand | undefined {
  const token = reader.peek();
  if (token.kind === "value") return { kind: "value", placeholder: reader.next().text };
  if (token.kind === "name" || token.kind === "placeholder") return { kind: "path", path: parsePath(reader) };
  return undefined;
}

/** Whether a function call comes next: a name and an opening parenthesis. */
export function isCall(reader: TokenReader): boolean {
  const following = reader.peek(1);
  return reader.peek().kind === "name" && following.kind === "symbol" && following.text === "(";
}
