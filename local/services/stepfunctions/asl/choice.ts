import type { ChoiceRule } from "./definition.ts";
import type { Json } from "./json.ts";
import { type PathScope, selectPath } from "./jsonpath.ts";
import { runtimeError } from "./state-error.ts";
import { parseTimestamp } from "./timestamp.ts";

type Comparison = (actual: Json, expected: Json) => boolean;

const ORDER: Readonly<Record<string, (a: number | string, b: number | string) => boolean>> = {
  Equals: (a, b) => a === b,
  LessThan: (a, b) => a < b,
  GreaterThan: (a, b) => a > b,
  LessThanEquals: (a, b) => a <= b,
  GreaterThanEquals: (a, b) => a >= b,
};

/** Comparison operators with a value; each also exists with `Path` appended, taking the value from a path. */
export const COMPARISONS: Readonly<Record<string, Comparison>> = {
  ...family("String", (value) => (typeof value === "string" ? value : undefined)),
  ...family("Numeric", (value) => (typeof value === "number" ? value : undefined)),
  ...family("Timestamp", (value) => (typeof value === "string" ? parseTimestamp(value) : undefined)),
  BooleanEquals: (actual, expected) => typeof actual === "boolean" && actual === expected,
};

/** Operators that test the kind of a value; their operand says whether the test must hold. */
export const TYPE_TESTS: Readonly<Record<string, (value: Json) => boolean>> = {
  IsNull: (value) => value === null,
  IsNumeric: (value) => typeof value === "number",
  IsString: (value) => typeof value === "string",
  IsBoolean: (value) => typeof value === "boolean",
  IsTimestamp: (value) => typeof value === "string" && parseTimestamp(value) !== undefined,
};

/** The name of the operator that a rule uses, or undefined. */
export function operatorOf(rule: ChoiceRule): string | undefined {
  return Object.keys(rule).find((key) => isOperator(key));
}

/** True for the name of a comparison operator of the States Language. */
export function isOperator(name: string): boolean {
  if (Object.hasOwn(COMPARISONS, name) || Object.hasOwn(TYPE_TESTS, name)) return true;
  if (name === "StringMatches" || name === "IsPresent") return true;
  return name.endsWith("Path") && Object.hasOwn(COMPARISONS, name.slice(0, -4));
}

/** Does a JSONPath choice rule hold? Throws States.Runtime when a variable or a reference value does not exist. */
export function ruleHolds(rule: ChoiceRule, scope: PathScope): boolean {
  if (rule.And !== undefined) return rule.And.every((inner) => ruleHolds(inner, scope));
  if (rule.Or !== undefined) return rule.Or.some((inner) => ruleHolds(inner, scope));
  if (rule.Not !== undefined) return !ruleHolds(rule.Not, scope);
  const operator = operatorOf(rule) ?? "";
  const expected = rule[operator] as Json;
  const path = rule.Variable ?? "$";
  const actual = selectPath(path, scope);
  if (operator === "IsPresent") return (actual !== undefined) === expected;
  if (actual === undefined) throw missing(path);
  const test = TYPE_TESTS[operator];
  if (test !== undefined) return test(actual) === expected;
  if (operator === "StringMatches") return typeof actual === "string" && matchesPattern(actual, String(expected));
  const direct = COMPARISONS[operator];
  if (direct !== undefined) return direct(actual, expected);
  const reference = selectPath(String(expected), scope);
  if (reference === undefined) throw missing(String(expected));
  return COMPARISONS[operator.slice(0, -4)]?.(actual, reference) ?? false;
}

/** `StringMatches`: `*` stands for zero or more characters, `\*` for an asterisk, `\\` for a backslash. */
export function matchesPattern(text: string, pattern: string): boolean {
  const source = pattern.replace(/\\([*\\])|\*|[^*\\]+|\\/g, (part, escaped: string | undefined) => {
    if (part === "*") return ".*";
    if (part === "\\")
      throw runtimeError(`The pattern '${pattern}' has a backslash that escapes neither '*' nor a backslash`);
    return (escaped ?? part).replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  });
  return new RegExp(`^${source}$`, "su").test(text);
}

function family(prefix: string, key: (value: Json) => number | string | undefined): Record<string, Comparison> {
  const entries = Object.entries(ORDER).map(([name, order]): [string, Comparison] => [
    `${prefix}${name}`,
    (actual, expected) => {
      const a = key(actual);
      const b = key(expected);
      return a !== undefined && b !== undefined && order(a, b);
    },
  ]);
  return Object.fromEntries(entries);
}

function missing(path: string): Error {
  return runtimeError(`Invalid path '${path}': The choice state's condition path references an invalid value.`);
}
