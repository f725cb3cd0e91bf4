import type { Json } from "./json.ts";

/** A value that a filter compares: a literal, or a path from the current item (`@`). */
export type FilterOperand = { readonly literal: Json } | { readonly steps: readonly Step[] };

/** A filter expression, `[?(...)]`. */
export type Filter =
  | { readonly kind: "and" | "or"; readonly left: Filter; readonly right: Filter }
  | { readonly kind: "not"; readonly operand: Filter }
  | { readonly kind: "exists"; readonly steps: readonly Step[] }
  | {
      readonly kind: "compare";
      readonly operator: string;
      readonly left: FilterOperand;
      readonly right: FilterOperand;
    };

/** One step of a path. */
export type Step =
  | { readonly kind: "names"; readonly names: readonly string[] }
  | { readonly kind: "indexes"; readonly indexes: readonly number[] }
  | {
      readonly kind: "slice";
      readonly start: number | undefined;
      readonly end: number | undefined;
      readonly step: number;
    }
  | { readonly kind: "wildcard" }
  | { readonly kind: "descend" }
  | { readonly kind: "filter"; readonly filter: Filter };

/** A parsed path and what it starts from: the state's input (`$`), the context object (`$$`) or a variable (`$name`). */
export interface Path {
  readonly text: string;
  readonly root:
    | { readonly kind: "input" }
    | { readonly kind: "context" }
    | { readonly kind: "variable"; readonly name: string };
  readonly steps: readonly Step[];
}

/** Thrown when a path cannot be parsed; the message names the place. */
export class PathSyntaxError extends Error {
  constructor(text: string, position: number, problem: string) {
    super(`Invalid path '${text}': ${problem} at position ${position}`);
    this.name = "PathSyntaxError";
  }
}

const NAME = /[\p{L}\p{N}_\-$]/u;
const VARIABLE = /^[\p{ID_Start}_][\p{ID_Continue}]*/u;

/**
 * Parses a JSONPath as Step Functions uses it: names, indexes, slices, wildcards, recursive descent, unions and filters.
 * Functions such as `length()` are not part of it. Throws {@link PathSyntaxError}.
 *
 * @example parsePath("$.orders[?(@.total > 10)].id")
 */
export function parsePath(text: string): Path {
  const cached = cache.get(text);
  if (cached !== undefined) return cached;
  const path = new PathParser(text).path();
  if (cache.size > 5_000) cache.clear();
  cache.set(text, path);
  return path;
}

const cache = new Map<string, Path>();

/** True when a path can select at most one value (a reference path: names and single indexes only). */
export function isReferencePath(path: Path): boolean {
  return path.steps.every(
    (step) =>
      (step.kind === "names" && step.names.length === 1) ||
      (step.kind === "indexes" && step.indexes.length === 1 && (step.indexes[0] ?? 0) >= 0),
  );
}

class PathParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  path(): Path {
    if (!this.#take("$")) this.#fail("a path starts with '$'");
    let root: Path["root"] = { kind: "input" };
    if (this.#take("$")) root = { kind: "context" };
    else {
      const name = VARIABLE.exec(this.#text.slice(this.#at))?.[0];
      if (name !== undefined) {
        this.#at += name.length;
        root = { kind: "variable", name };
      }
    }
    const steps = this.#steps();
    if (this.#at < this.#text.length) this.#fail(`unexpected '${this.#text[this.#at]}'`);
    return { text: this.#text, root, steps };
  }

  #steps(): Step[] {
    const steps: Step[] = [];
    for (;;) {
      if (this.#take("..")) {
        steps.push({ kind: "descend" });
        if (this.#peek() === "[") steps.push(this.#bracket());
        else steps.push(this.#dotName());
      } else if (this.#take(".")) steps.push(this.#dotName());
      else if (this.#peek() === "[") steps.push(this.#bracket());
      else return steps;
    }
  }

  #dotName(): Step {
    if (this.#take("*")) return { kind: "wildcard" };
    const start = this.#at;
    while (NAME.test(this.#text[this.#at] ?? "")) this.#at += 1;
    if (this.#at === start) this.#fail("a name is missing");
    const name = this.#text.slice(start, this.#at);
    if (this.#peek() === "(") this.#fail(`the function '${name}()' is not supported in paths`);
    return { kind: "names", names: [name] };
  }

  #bracket(): Step {
    this.#expect("[");
    this.#spaces();
    const step = this.#bracketContent();
    this.#spaces();
    this.#expect("]");
    return step;
  }

  #bracketContent(): Step {
    if (this.#take("*")) return { kind: "wildcard" };
    if (this.#take("?")) {
      this.#spaces();
      this.#expect("(");
      const filter = this.#or();
      this.#spaces();
      this.#expect(")");
      return { kind: "filter", filter };
    }
    const next = this.#peek();
    if (next === "'" || next === '"') return { kind: "names", names: this.#list(() => this.#quoted()) };
    return this.#indexesOrSlice();
  }

  #indexesOrSlice(): Step {
    const start = this.#peek() === ":" ? undefined : this.#integer();
    this.#spaces();
    if (this.#peek() === ":") {
      this.#take(":");
      const end = this.#optionalInteger();
      const step = this.#take(":") ? (this.#optionalInteger() ?? 1) : 1;
      if (step < 1) this.#fail("a slice step must be positive");
      return { kind: "slice", start, end, step };
    }
    const indexes = [start ?? 0];
    while (this.#take(",")) {
      this.#spaces();
      indexes.push(this.#integer());
      this.#spaces();
    }
    return { kind: "indexes", indexes };
  }

  #list<T>(item: () => T): T[] {
    const items = [item()];
    this.#spaces();
    while (this.#take(",")) {
      this.#spaces();
      items.push(item());
      this.#spaces();
    }
    return items;
  }

  #or(): Filter {
    let left = this.#and();
    for (;;) {
      this.#spaces();
      if (!this.#take("||")) return left;
      left = { kind: "or", left, right: this.#and() };
    }
  }

  #and(): Filter {
    let left = this.#comparison();
    for (;;) {
      this.#spaces();
      if (!this.#take("&&")) return left;
      left = { kind: "and", left, right: this.#comparison() };
    }
  }

  #comparison(): Filter {
    this.#spaces();
    if (this.#peek() === "!" && this.#text[this.#at + 1] !== "=") {
      this.#at += 1;
      return { kind: "not", operand: this.#comparison() };
    }
    if (this.#take("(")) {
      const inner = this.#or();
      this.#spaces();
      this.#expect(")");
      return inner;
    }
    const left = this.#operand();
    this.#spaces();
    for (const operator of ["==", "!=", "<=", ">=", "<", ">"]) {
      if (this.#take(operator)) {
        this.#spaces();
        return { kind: "compare", operator, left, right: this.#operand() };
      }
    }
    if ("steps" in left) return { kind: "exists", steps: left.steps };
    return this.#fail("a comparison is missing");
  }

  #operand(): FilterOperand {
    if (this.#take("@")) return { steps: this.#steps() };
    const next = this.#peek();
    if (next === "'" || next === '"') return { literal: this.#quoted() };
    for (const [word, literal] of [
      ["true", true],
      ["false", false],
      ["null", null],
    ] as const) {
      if (this.#take(word)) return { literal };
    }
    const number = /^-?\d+(\.\d+)?([eE][+-]?\d+)?/.exec(this.#text.slice(this.#at))?.[0];
    if (number === undefined) return this.#fail("a filter compares '@' paths, strings, numbers, true, false and null");
    this.#at += number.length;
    return { literal: Number(number) };
  }

  #quoted(): string {
    const quote = this.#text[this.#at];
    this.#at += 1;
    let value = "";
    for (;;) {
      const next = this.#text[this.#at];
      if (next === undefined) return this.#fail("a quote is not closed");
      this.#at += 1;
      if (next === quote) return value;
      if (next === "\\") {
        value += this.#text[this.#at] ?? "";
        this.#at += 1;
      } else value += next;
    }
  }

  #optionalInteger(): number | undefined {
    this.#spaces();
    const value = /[-\d]/.test(this.#peek()) ? this.#integer() : undefined;
    this.#spaces();
    return value;
  }

  #integer(): number {
    const digits = /^-?\d+/.exec(this.#text.slice(this.#at))?.[0];
    if (digits === undefined) return this.#fail("an index, a quoted name, '*', a slice or a filter is missing");
    this.#at += digits.length;
    return Number(digits);
  }

  #peek(): string {
    return this.#text[this.#at] ?? "";
  }

  #take(token: string): boolean {
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #expect(token: string): void {
    if (!this.#take(token)) this.#fail(`'${token}' is missing`);
  }

  #spaces(): void {
    while (this.#peek() === " ") this.#at += 1;
  }

  #fail(problem: string): never {
    throw new PathSyntaxError(this.#text, this.#at, problem);
  }
}
