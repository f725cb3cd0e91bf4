import { type Path, parsePath } from "./jsonpath-parse.ts";

/** An argument of an intrinsic function. `raw` keeps the backslashes of a string, which `States.Format` needs. */
export type Argument =
  | { readonly kind: "string"; readonly value: string; readonly raw: string }
  | { readonly kind: "literal"; readonly value: number | boolean | null }
  | { readonly kind: "path"; readonly path: Path }
  | { readonly kind: "call"; readonly call: Call };

/** A call of an intrinsic function such as `States.Format('Hello {}', $.name)`. */
export interface Call {
  readonly text: string;
  readonly name: string;
  readonly arguments: readonly Argument[];
}

/** Thrown when an intrinsic function call cannot be parsed. */
export class IntrinsicSyntaxError extends Error {
  constructor(text: string, position: number, problem: string) {
    super(`Invalid intrinsic function '${text}': ${problem} at position ${position}`);
    this.name = "IntrinsicSyntaxError";
  }
}

const cache = new Map<string, Call>();

/** True when a template value is an intrinsic function call and not a path. */
export function looksLikeCall(text: string): boolean {
  return /^States\.[A-Za-z0-9]+\s*\(/.test(text);
}

/** Parses an intrinsic function call with nested calls. Throws {@link IntrinsicSyntaxError} or PathSyntaxError. */
export function parseCall(text: string): Call {
  const cached = cache.get(text);
  if (cached !== undefined) return cached;
  const parser = new CallParser(text);
  const call = parser.whole();
  if (cache.size > 5_000) cache.clear();
  cache.set(text, call);
  return call;
}

class CallParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Call {
    const call = this.#call();
    this.#spaces();
    if (this.#at < this.#text.length) this.#fail(`unexpected '${this.#text[this.#at]}'`);
    return call;
  }

  #call(): Call {
    const start = this.#at;
    const name = /^States\.[A-Za-z0-9]+/.exec(this.#text.slice(this.#at))?.[0];
    if (name === undefined) return this.#fail("a function name such as States.Format is missing");
    this.#at += name.length;
    this.#spaces();
    if (this.#text[this.#at] !== "(") this.#fail("'(' is missing");
    this.#at += 1;
    const parameters: Argument[] = [];
    this.#spaces();
    if (this.#text[this.#at] === ")") this.#at += 1;
    else {
      for (;;) {
        parameters.push(this.#argument());
        this.#spaces();
        const next = this.#text[this.#at];
        this.#at += 1;
        if (next === ")") break;
        if (next !== ",") this.#fail("',' or ')' is missing");
        this.#spaces();
      }
    }
    return { text: this.#text.slice(start, this.#at), name, arguments: parameters };
  }

  #argument(): Argument {
    const rest = this.#text.slice(this.#at);
    if (rest.startsWith("'")) return this.#string();
    if (rest.startsWith("$")) return { kind: "path", path: parsePath(this.#pathText()) };
    if (rest.startsWith("States.")) return { kind: "call", call: this.#call() };
    const word = /^(true|false|null)\b/.exec(rest)?.[0];
    if (word !== undefined) {
      this.#at += word.length;
      return { kind: "literal", value: word === "null" ? null : word === "true" };
    }
    const number = /^-?\d+(\.\d+)?([eE][+-]?\d+)?/.exec(rest)?.[0];
    if (number === undefined)
      return this.#fail("an argument is a path, a 'string', a number, true, false, null or a call");
    this.#at += number.length;
    return { kind: "literal", value: Number(number) };
  }

  #string(): Argument {
    this.#at += 1;
    let raw = "";
    let value = "";
    for (;;) {
      const next = this.#text[this.#at];
      if (next === undefined) return this.#fail("a quote is not closed");
      this.#at += 1;
      if (next === "'") return { kind: "string", value, raw };
      if (next !== "\\") {
        raw += next;
        value += next;
        continue;
      }
      const escaped = this.#text[this.#at];
      if (escaped === undefined) return this.#fail("a backslash escapes nothing");
      this.#at += 1;
      raw += `\\${escaped}`;
      value += escaped === "'" || escaped === "{" || escaped === "}" || escaped === "\\" ? escaped : `\\${escaped}`;
    }
  }

  /** A path ends at a comma or closing parenthesis outside brackets and quotes. */
  #pathText(): string {
    const start = this.#at;
    let depth = 0;
    let quote = "";
    for (; this.#at < this.#text.length; this.#at += 1) {
      const next = this.#text[this.#at] ?? "";
      if (quote !== "") {
        if (next === "\\") this.#at += 1;
        else if (next === quote) quote = "";
      } else if (next === "'" || next === '"') quote = next;
      else if (next === "[" || next === "(") depth += 1;
      else if (depth > 0 && (next === "]" || next === ")")) depth -= 1;
      else if (depth === 0 && (next === "," || next === ")")) break;
    }
    return this.#text.slice(start, this.#at).trimEnd();
  }

  #spaces(): void {
    while (this.#text[this.#at] === " ") this.#at += 1;
  }

  #fail(problem: string): never {
    throw new IntrinsicSyntaxError(this.#text, this.#at, problem);
  }
}
