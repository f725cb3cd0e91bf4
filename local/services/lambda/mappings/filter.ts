import { invalidParameter } from "../errors.ts";

/** A compiled filter pattern: true when a record fits. */
export type Filter = (record: unknown) => boolean;

type Rule = (value: unknown) => boolean;

/**
 * Compiles a filter pattern of an event source mapping. A field lists what it may be; all fields must fit.
 * Throws InvalidParameterValueException on a pattern that is not valid or uses a rule that is not known.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 */
export function compileFilter(pattern: string): Filter {
  let parsed: unknown;
  try {
    parsed = JSON.parse(pattern);
  } catch (error) {
    throw invalidParameter(
      `Invalid filter pattern definition. ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  if (!isObject(parsed)) throw invalidParameter("Invalid filter pattern definition. It must be a JSON object.");
  return compileObject(parsed);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function compileObject(pattern: Record<string, unknown>): Filter {
  const checks = Object.entries(pattern).map(([name, part]): Filter => {
    if (name === "$or") {
      if (!Array.isArray(part) || !part.every(isObject)) throw invalidParameter("$or takes a list of patterns");
      const branches = part.map(compileObject);
      return (record) => branches.some((branch) => branch(record));
    }
    if (Array.isArray(part)) {
      const rules = part.map(compileRule);
      return (record) => fits(rules, isObject(record) ? record[name] : undefined);
    }
    if (!isObject(part))
      throw invalidParameter(`Invalid filter pattern definition: ${name} must be a list or an object`);
    const inner = compileObject(part);
    return (record) => {
      const value = isObject(record) ? record[name] : undefined;
      return Array.isArray(value) ? value.some(inner) : inner(value);
    };
  });
  return (record) => checks.every((check) => check(record));
}

function fits(rules: readonly Rule[], value: unknown): boolean {
  const values = Array.isArray(value) && value.length > 0 ? value : [value];
  return values.some((candidate) => rules.some((rule) => rule(candidate)));
}

const onText =
  (test: (text: string) => boolean): Rule =>
  (value) =>
    typeof value === "string" && test(value);

function compileRule(rule: unknown): Rule {
  if (rule === null || typeof rule !== "object") return (value) => value === rule;
  const [entry, ...more] = Object.entries(rule);
  if (entry === undefined || more.length > 0) throw invalidParameter("A rule of a filter pattern has exactly one name");
  const [name, operand] = entry as [string, unknown];
  if (name === "exists") return (value) => (value !== undefined) === (operand === true);
  if (name === "prefix" && typeof operand === "string") return onText((text) => text.startsWith(operand));
  if (name === "suffix" && typeof operand === "string") return onText((text) => text.endsWith(operand));
  if (name === "equals-ignore-case" && typeof operand === "string") {
    return onText((text) => text.toLowerCase() === operand.toLowerCase());
  }
  if (name === "anything-but") {
    const unwanted = (Array.isArray(operand) ? operand : [operand]).map(compileRule);
    return (value) => value !== undefined && !unwanted.some((inner) => inner(value));
  }
  if (name === "numeric" && Array.isArray(operand)) return compileNumeric(operand);
  throw invalidParameter(`The rule '${name}' of a filter pattern is not supported by the local cloud.`);
}

const COMPARISONS: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  "=": (value, limit) => value === limit,
  "<": (value, limit) => value < limit,
  "<=": (value, limit) => value <= limit,
  ">": (value, limit) => value > limit,
  ">=": (value, limit) => value >= limit,
};

function compileNumeric(parts: readonly unknown[]): Rule {
  const tests: ((value: number) => boolean)[] = [];
  for (let at = 0; at < parts.length; at += 2) {
    const compare = COMPARISONS[String(parts[at])];
    const limit = parts[at + 1];
    if (compare === undefined || typeof limit !== "number")
      throw invalidParameter("numeric takes pairs of comparison and number");
    tests.push((value) => compare(value, limit));
  }
  return (value) => typeof value === "number" && tests.every((test) => test(value));
}
