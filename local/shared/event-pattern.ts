import { type Matcher, parseMatcher } from "./event-matcher.ts";

/** A pattern that cannot be used; the message says why, in AWS's words where they are known. */
export class InvalidPatternError extends Error {
  override readonly name = "InvalidPatternError";
}

/** Tells whether an event, parsed from JSON, matches. */
export type EventPredicate = (event: unknown) => boolean;

/**
 * Compiles an event pattern of EventBridge (also the language of SNS filter policies): fields must all match, values of
 * a list are alternatives, `$or` lists alternatives of fields, and arrays in the event match by any of their elements.
 * Throws {@link InvalidPatternError}.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 * @example compileEventPattern({ source: ["aws.s3"], detail: { object: { key: [{ prefix: "in/" }] } } })(event)
 */
export function compileEventPattern(pattern: unknown): EventPredicate {
  if (!isObject(pattern)) throw new InvalidPatternError("Filter is not an object");
  if (Object.keys(pattern).length === 0) throw new InvalidPatternError("Empty pattern is not allowed");
  return compileFields(pattern);
}

/** Compiles a pattern given as JSON text. Throws {@link InvalidPatternError}. */
export function compileEventPatternText(text: string): EventPredicate {
  let pattern: unknown;
  try {
    pattern = JSON.parse(text);
  } catch (error) {
    throw new InvalidPatternError(`Unexpected character: ${error instanceof Error ? error.message : String(error)}`);
  }
  return compileEventPattern(pattern);
}

function compileFields(fields: Readonly<Record<string, unknown>>): EventPredicate {
  const predicates = Object.entries(fields).map(([name, value]): EventPredicate => {
    if (name === "$or" && Array.isArray(value) && value.length > 1 && value.every(isObject)) {
      const alternatives = value.map(compileFields);
      return (event) => alternatives.some((alternative) => alternative(event));
    }
    const field = compileField(name, value);
    return (event) => field(isObject(event) && Object.hasOwn(event, name) ? event[name] : undefined);
  });
  return (event) => predicates.every((predicate) => predicate(event));
}

function compileField(name: string, value: unknown): EventPredicate {
  if (Array.isArray(value)) {
    if (value.length === 0) throw new InvalidPatternError("Empty arrays are not allowed");
    const matchers = value.map((element) => parseMatcher(name, element, (reason) => new InvalidPatternError(reason)));
    return (actual) => matchesLeaf(matchers, actual);
  }
  if (!isObject(value)) throw new InvalidPatternError(`"${name}" must be an object or an array`);
  if (Object.keys(value).length === 0) throw new InvalidPatternError("Empty objects are not allowed");
  const nested = compileFields(value);
  return (actual) => (Array.isArray(actual) ? actual.some((element) => nested(element)) : nested(actual));
}

function matchesLeaf(matchers: readonly Matcher[], actual: unknown): boolean {
  const values = leavesOf(actual);
  return matchers.some((matcher) =>
    matcher.kind === "exists" ? matcher.expected === values.length > 0 : values.some((value) => matcher.matches(value)),
  );
}

/** The scalar values of a field: arrays are flattened, objects are no leaves. */
function leavesOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  return value === undefined || isObject(value) ? [] : [value];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
