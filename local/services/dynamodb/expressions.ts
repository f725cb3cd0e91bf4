import { AwsError } from "../../kernel/aws-error.ts";
import { parseValue } from "./attribute-value.ts";
import { validation } from "./errors.ts";
import type { Condition, Parsed, Path, UpdateClause } from "./expression/ast.ts";
import { type Bindings, bindCondition, bindPath, bindUpdate } from "./expression/bind.ts";
import { parseCondition } from "./expression/condition-parser.ts";
import { checkPathsDisjoint } from "./expression/document-path.ts";
import { parseProjection } from "./expression/projection-parser.ts";
import { ExpressionError, tokenize } from "./expression/tokenizer.ts";
import { parseUpdate } from "./expression/update-parser.ts";
import { setOwn } from "./own.ts";
import type { AttributeValue } from "./types.ts";

/** The expression parameters of a request. */
export interface ExpressionInput {
  readonly ConditionExpression?: string;
  readonly FilterExpression?: string;
  readonly KeyConditionExpression?: string;
  readonly ProjectionExpression?: string;
  readonly UpdateExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Readonly<Record<string, AttributeValue>>;
}

/** The expressions of a request, parsed, checked and bound to their names and values. */
export interface Expressions {
  readonly condition?: Condition;
  readonly filter?: Condition;
  readonly keyCondition?: Condition;
  readonly projection?: readonly Path[];
  readonly update?: readonly UpdateClause[];
}

type Kind =
  | "ConditionExpression"
  | "FilterExpression"
  | "KeyConditionExpression"
  | "ProjectionExpression"
  | "UpdateExpression";

const MAX_EXPRESSION_BYTES = 4_096;
const MAX_CACHED = 2_000;
const LEGACY = [
  "AttributesToGet",
  "AttributeUpdates",
  "ConditionalOperator",
  "Expected",
  "KeyConditions",
  "QueryFilter",
  "ScanFilter",
];

/** Refuses the parameters that expressions replaced in 2014. Throws ValidationException. */
export function refuseLegacyParameters(input: object): void {
  const found = LEGACY.find((name) => name in input);
  if (found === undefined) return;
  throw validation(
    `The local cloud does not support the legacy parameter ${found}; use expressions (KeyConditionExpression, FilterExpression, ConditionExpression, UpdateExpression, ProjectionExpression)`,
  );
}

/**
 * Reads the expressions of a request. `kinds` are those that the operation has, in the order of AWS's messages.
 * Throws ValidationException: syntax, reserved words, missing and unused placeholders.
 */
export function readExpressions(input: ExpressionInput, kinds: readonly Kind[]): Expressions {
  const given = kinds.filter((kind) => input[kind] !== undefined);
  if (
    input.ExpressionAttributeNames === undefined &&
    input.ExpressionAttributeValues === undefined &&
    given.length === 0
  ) {
    return {};
  }
  const bindings = readBindings(input, kinds, given);
  const usedNames = new Set<string>();
  const usedValues = new Set<string>();
  const result: { -readonly [Member in keyof Expressions]: Expressions[Member] } = {};
  for (const kind of given) {
    const text = input[kind] ?? "";
    inExpression(kind, () => {
      const parsed = cachedParse(kind, text);
      for (const name of parsed.names) usedNames.add(name);
      for (const value of parsed.values) usedValues.add(value);
      bindInto(result, parsed, bindings);
    });
  }
  checkUsed("ExpressionAttributeNames", bindings.names, usedNames);
  checkUsed("ExpressionAttributeValues", bindings.values, usedValues);
  return result;
}

type AnyParsed =
  | (Parsed<Condition> & { readonly kind: "ConditionExpression" | "FilterExpression" | "KeyConditionExpression" })
  | (Parsed<readonly Path[]> & { readonly kind: "ProjectionExpression" })
  | (Parsed<readonly UpdateClause[]> & { readonly kind: "UpdateExpression" });

function bindInto(
  result: { -readonly [Member in keyof Expressions]: Expressions[Member] },
  parsed: AnyParsed,
  bindings: Bindings,
): void {
  switch (parsed.kind) {
    case "ConditionExpression":
      result.condition = bindCondition(parsed.tree, bindings);
      return;
    case "FilterExpression":
      result.filter = bindCondition(parsed.tree, bindings);
      return;
    case "KeyConditionExpression":
      result.keyCondition = bindCondition(parsed.tree, bindings);
      return;
    case "ProjectionExpression":
      result.projection = parsed.tree.map((path) => bindPath(path, bindings));
      checkPathsDisjoint(result.projection);
      return;
    case "UpdateExpression":
      result.update = bindUpdate(parsed.tree, bindings);
      checkPathsDisjoint(result.update.map((clause) => clause.path));
  }
}

/** Programs send the same few expressions again and again. */
const cache = new Map<string, AnyParsed>();

function cachedParse(kind: Kind, text: string): AnyParsed {
  const key = `${kind} ${text}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  if (text === "") throw new ExpressionError("The expression can not be empty;");
  const sizeBytes = Buffer.byteLength(text, "utf8");
  if (sizeBytes > MAX_EXPRESSION_BYTES) {
    throw new ExpressionError(`Expression size has exceeded the maximum allowed size; expression size: ${sizeBytes}`);
  }
  const tokens = tokenize(text);
  const names = new Set(tokens.filter((token) => token.kind === "placeholder").map((token) => token.text));
  const values = new Set(tokens.filter((token) => token.kind === "value").map((token) => token.text));
  const parsed = parse(kind, text, names, values);
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(key, parsed);
  return parsed;
}

function parse(kind: Kind, text: string, names: ReadonlySet<string>, values: ReadonlySet<string>): AnyParsed {
  switch (kind) {
    case "UpdateExpression":
      return { kind, tree: parseUpdate(text), names, values };
    case "ProjectionExpression":
      return { kind, tree: parseProjection(text), names, values };
    default:
      return { kind, tree: parseCondition(text), names, values };
  }
}

function inExpression(kind: Kind, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw validation(`Invalid ${kind}: ${error.message}`);
  }
}

function readBindings(input: ExpressionInput, kinds: readonly Kind[], given: readonly Kind[]): Bindings {
  const { ExpressionAttributeNames: names, ExpressionAttributeValues: values } = input;
  if (names !== undefined) {
    if (given.length === 0) throw validation("ExpressionAttributeNames can only be specified when using expressions");
    checkPlaceholders("ExpressionAttributeNames", names, /^#[A-Za-z0-9_]+$/);
  }
  if (values === undefined) return { names: names ?? {}, values: {} };
  const withValues = kinds.filter((kind) => kind !== "ProjectionExpression");
  if (!withValues.some((kind) => given.includes(kind))) {
    const verb = withValues.length > 1 ? "are" : "is";
    throw validation(
      withValues.length === 0
        ? "ExpressionAttributeValues can only be specified when using expressions"
        : `ExpressionAttributeValues can only be specified when using expressions: ${withValues.join(" and ")} ${verb} null`,
    );
  }
  checkPlaceholders("ExpressionAttributeValues", values, /^:[A-Za-z0-9_]+$/);
  const parsed: Record<string, AttributeValue> = {};
  for (const [key, value] of Object.entries(values)) {
    try {
      setOwn(parsed, key, parseValue(value));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      throw validation(`ExpressionAttributeValues contains invalid value: ${error.message} for key ${key}`);
    }
  }
  return { names: names ?? {}, values: parsed };
}

function checkPlaceholders(parameter: string, record: object, syntax: RegExp): void {
  const keys = Object.keys(record);
  if (keys.length === 0) throw validation(`${parameter} must not be empty`);
  const wrong = keys.find((key) => !syntax.test(key));
  if (wrong !== undefined) throw validation(`${parameter} contains invalid key: Syntax error; key: "${wrong}"`);
}

function checkUsed(parameter: string, record: object, used: ReadonlySet<string>): void {
  const unused = Object.keys(record).filter((key) => !used.has(key));
  if (unused.length > 0) {
    throw validation(`Value provided in ${parameter} unused in expressions: keys: {${unused.join(", ")}}`);
  }
}
