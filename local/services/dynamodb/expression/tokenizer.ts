/** A piece of an expression. */
export interface Token {
  readonly kind: "name" | "placeholder" | "value" | "number" | "symbol" | "end";
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** An expression that cannot be read; the message has no prefix with the parameter's name yet. */
export class ExpressionError extends Error {
  override readonly name = "ExpressionError";
}

const TOKEN =
  /\s*(?:(?<name>[A-Za-z_][A-Za-z0-9_]*)|(?<placeholder>#[A-Za-z0-9_]+)|(?<value>:[A-Za-z0-9_]+)|(?<number>\d+)|(?<symbol><>|<=|>=|[=<>(),.[\]+-]))/y;
const KINDS = ["name", "placeholder", "value", "number", "symbol"] as const;

/** Splits an expression into tokens; the last one has the kind `end`. Throws {@link ExpressionError}. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  let position = 0;
  while (position < end) {
    TOKEN.lastIndex = position;
    const groups = TOKEN.exec(text)?.groups;
    if (groups === undefined) {
      const start = position + (/^\s*/.exec(text.slice(position))?.[0].length ?? 0);
      const bad = text.charAt(start);
      throw new ExpressionError(`Syntax error; token: "${bad}", near: "${nearText(text, tokens.at(-1), start)}"`);
    }
    position = TOKEN.lastIndex;
    for (const kind of KINDS) {
      const found = groups[kind];
      if (found !== undefined) tokens.push({ kind, text: found, start: position - found.length, end: position });
    }
  }
  tokens.push({ kind: "end", text: "<EOF>", start: end, end });
  return tokens;
}

function nearText(text: string, previous: Token | undefined, start: number): string {
  const next = /^\S\s*\S*/.exec(text.slice(start))?.[0] ?? "";
  return text.slice(previous?.start ?? start, start) + next;
}

/** Walks over tokens; the base of the parsers. */
export class TokenReader {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #position = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokenize(text);
  }

  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#position + ahead, this.#tokens.length - 1)] as Token;
  }

  next(): Token {
    const token = this.peek();
    this.#position += 1;
    return token;
  }

  /** Takes the symbol when it comes next. */
  takeSymbol(text: string): boolean {
    const token = this.peek();
    if (token.kind !== "symbol" || token.text !== text) return false;
    this.#position += 1;
    return true;
  }

  expectSymbol(text: string): void {
    if (!this.takeSymbol(text)) throw this.syntaxError();
  }

  /** Whether the keyword comes next; keywords have no case. */
  isKeyword(word: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === "name" && token.text.toUpperCase() === word;
  }

  takeKeyword(word: string): boolean {
    if (!this.isKeyword(word)) return false;
    this.#position += 1;
    return true;
  }

  expectEnd(): void {
    if (this.peek().kind !== "end") throw this.syntaxError();
  }

  /** The error for the token that comes next, in AWS's words: the token and its neighbours. */
  syntaxError(): ExpressionError {
    const token = this.peek();
    const previous = this.#tokens[this.#position - 1] ?? token;
    const following = this.peek(1);
    return new ExpressionError(
      `Syntax error; token: "${token.text}", near: "${this.#text.slice(previous.start, following.end).trimEnd()}"`,
    );
  }
}
