import { AwsError } from "../../kernel/aws-error.ts";

/** Decides whether a message matches. */
export type MessageFilter = (message: string) => boolean;

/**
 * Compiles a filter pattern for unstructured and for JSON messages: terms (`a b`: all; `?a ?b`: any; `-a`: none),
 * quoted phrases, `%regex%`, and `{ $.path = "value" && $.n > 3 }` with `&&`, `||`, `=`, `!=`, `<`, `<=`, `>`, `>=`,
 * `IS NULL` and `NOT EXISTS`. Space-delimited patterns (`[a, b]`) are refused.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function compileFilterPattern(pattern: string): MessageFilter {
  const text = pattern.trim();
  if (text === "") return () => true;
  if (text.startsWith("[")) throw unsupported(pattern, "space-delimited patterns");
  if (text.startsWith("{")) return jsonFilter(text);
  return termFilter(text);
}

function termFilter(text: string): MessageFilter {
  const all: MessageFilter[] = [];
  const any: MessageFilter[] = [];
  const none: MessageFilter[] = [];
  for (const match of text.matchAll(/([?-]?)(?:"((?:[^"\\]|\\.)*)"|%([^%]*)%|([^\s"]+))/g)) {
    const [, sign, phrase, expression, word] = match;
    const target = sign === "?" ? any : sign === "-" ? none : all;
    if (expression !== undefined) {
      const compiled = new RegExp(expression);
      target.push((message) => compiled.test(message));
    } else {
      const term = phrase === undefined ? (word ?? "") : phrase.replace(/\\(.)/g, "$1");
      target.push((message) => message.includes(term));
    }
  }
  return (message) =>
    all.every((one) => one(message)) &&
    !none.some((one) => one(message)) &&
    (any.length === 0 || all.length > 0 || any.some((one) => one(message)));
}

type JsonTest = (value: unknown) => boolean;

function jsonFilter(text: string): MessageFilter {
  if (!text.endsWith("}")) throw unsupported(text, "a JSON pattern without its closing brace");
  const body = text.slice(1, -1).trim();
  if (body.includes("(")) throw unsupported(text, "parentheses in a JSON pattern");
  // && binds stronger than ||.
  const alternatives = body.split("||").map((part) => part.split("&&").map((one) => jsonTest(one.trim(), text)));
  return (message) => {
    const value = parse(message);
    return value !== undefined && alternatives.some((tests) => tests.every((test) => test(value)));
  };
}

function jsonTest(source: string, pattern: string): JsonTest {
  const match = /^\$\.?([^\s=!<>]+)\s*(=|!=|<=|>=|<|>|IS NULL|NOT EXISTS)\s*(.*)$/.exec(source);
  if (!match) throw unsupported(pattern, `the expression '${source}'`);
  const [, path = "", operator = "", literal = ""] = match;
  const get = (value: unknown): unknown => select(value, path);
  if (operator === "IS NULL") return (value) => get(value) === null;
  if (operator === "NOT EXISTS") return (value) => get(value) === undefined;
  const expected = /^".*"$/.test(literal) ? literal.slice(1, -1) : literal;
  if (operator === "=" || operator === "!=") {
    const wildcard = new RegExp(`^${expected.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`, "s");
    const equals = (value: unknown): boolean => value !== undefined && wildcard.test(String(value));
    return operator === "=" ? (value) => equals(get(value)) : (value) => !equals(get(value));
  }
  const bound = Number(expected);
  if (Number.isNaN(bound)) throw unsupported(pattern, `the comparison with '${literal}'`);
  const compare: Record<string, (number: number) => boolean> = {
    "<": (number) => number < bound,
    "<=": (number) => number <= bound,
    ">": (number) => number > bound,
    ">=": (number) => number >= bound,
  };
  return (value) => {
    const found = get(value);
    return typeof found === "number" && (compare[operator]?.(found) ?? false);
  };
}

function select(value: unknown, path: string): unknown {
  let current = value;
  for (const key of path.replace(/\[(\d+)\]/g, ".$1").split(".")) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Record<string, unknown>)[key];
  }
  return current;
}

function parse(message: string): unknown {
  if (!message.trimStart().startsWith("{")) return undefined;
  try {
    return JSON.parse(message);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function unsupported(pattern: string, what: string): AwsError {
  return new AwsError(
    "InvalidParameterException",
    400,
    `The local cloud does not support ${what} in a filter pattern: ${pattern}`,
  );
}
