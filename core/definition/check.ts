import * as z from "zod";
import type { DefinitionProblem } from "../errors/codes.ts";
import { MlopsError } from "../errors/mlops-error.ts";
import { crossCheck } from "./cross-checks.ts";
import { describeIssue, type PathProblem } from "./issue-messages.ts";
import { type ModelDefinition, modelSchema } from "./schema.ts";

// Apart from parse.ts, so that what only reads definitions as JSON (every Lambda) does not load a YAML parser.

/** A definition with every default filled in, or what is wrong with the value. */
export type CheckedValue =
  | { readonly definition: ModelDefinition }
  | { readonly definition?: undefined; readonly problems: readonly PathProblem[] };

/** Checks a value against the schema and against the rules that reach across its members. */
export function checkValue(value: unknown): CheckedValue {
  const parsed = modelSchema.safeParse(value);
  if (!parsed.success) {
    return {
      problems: parsed.error.issues.flatMap((issue) => describeIssue(issue, value, (path) => members(path, value))),
    };
  }
  const problems = crossCheck(parsed.data);
  return problems.length > 0 ? { problems } : { definition: parsed.data };
}

/**
 * Checks a definition that was parsed before and travelled as JSON (the catalog, the registry).
 *
 * @param origin how messages call the place it came from
 * @throws MlopsError `definition.invalid`; such a value has no lines, all problems lie in line 1
 */
export function checkDefinition(value: unknown, origin: string): ModelDefinition {
  const checked = checkValue(value);
  if (checked.definition !== undefined) return checked.definition;
  const problems = checked.problems.map(({ path, message }) => ({
    path: path.map(String).join("."),
    line: 1,
    column: 1,
    message,
  }));
  throw invalidDefinition(origin, problems);
}

/** The error that lists every problem with file, line, path and message, and holds the same as data. */
export function invalidDefinition(
  fileName: string,
  problems: readonly DefinitionProblem[],
): MlopsError<"definition.invalid"> {
  const sorted = [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
  const lines = sorted.map((problem) => {
    const where = `${fileName}:${problem.line}:${problem.column}`;
    return `  ${where} ${problem.path === "" ? "" : `${problem.path}: `}${problem.message}`;
  });
  const count = sorted.length === 1 ? "1 problem" : `${sorted.length} problems`;
  return new MlopsError("definition.invalid", `${fileName} has ${count}:\n${lines.join("\n")}`, {
    details: { fileName, problems: sorted },
  });
}

/** Members that the schema allows at a path. */
function members(path: readonly PropertyKey[], value: unknown): string[] {
  let schema: z.core.$ZodType = modelSchema;
  let current: unknown = value;
  for (const part of path) {
    schema = step(unwrap(schema), part, current);
    current = (current as Record<PropertyKey, unknown> | undefined)?.[part];
  }
  return memberNames(pick(unwrap(schema), current));
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  let inner = schema;
  while (inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault || inner instanceof z.ZodOptional) {
    inner = inner.unwrap();
  }
  return inner;
}

/** The option of a union that a value is meant to be: by its `type`, else the mapping among the options. */
function pick(schema: z.core.$ZodType, value: unknown): z.core.$ZodType {
  if (!(schema instanceof z.ZodUnion)) return schema;
  const type = (value as { type?: unknown } | null)?.type;
  const options: readonly z.core.$ZodType[] = schema.options;
  const matching = options.find(
    (option) => option instanceof z.ZodObject && option.shape["type"]?.safeParse(type).success,
  );
  return matching ?? options.find((option) => option instanceof z.ZodObject) ?? schema;
}

function step(schema: z.core.$ZodType, part: PropertyKey, value: unknown): z.core.$ZodType {
  const chosen = pick(schema, value);
  if (chosen instanceof z.ZodObject) return chosen.shape[String(part)] ?? z.unknown();
  if (chosen instanceof z.ZodRecord) return chosen.valueType;
  if (chosen instanceof z.ZodArray) return chosen.element;
  return z.unknown();
}

function memberNames(schema: z.core.$ZodType): string[] {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  if (schema instanceof z.ZodRecord && schema.keyType instanceof z.ZodEnum) return schema.keyType.options.map(String);
  return [];
}
