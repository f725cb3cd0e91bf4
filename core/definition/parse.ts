import * as yaml from "yaml";
import * as z from "zod";
import type { DefinitionProblem } from "../errors/codes.ts";
import { MlopsError } from "../errors/mlops-error.ts";
import { crossCheck } from "./cross-checks.ts";
import { describeIssue, type PathProblem } from "./issue-messages.ts";
import { type ModelDefinition, modelSchema } from "./schema.ts";

/**
 * Reads a model definition.
 *
 * @param yamlText the content of a `model.yaml` (YAML 1.2; JSON is YAML)
 * @param fileName how messages call the file
 * @returns the definition with every default filled in
 * @throws MlopsError `definition.invalid`; its message lists every problem with file, line, path, what was found, what is
 *   allowed and what to do, and its details hold the same as data
 */
export function parseDefinition(yamlText: string, fileName: string): ModelDefinition {
  const lineCounter = new yaml.LineCounter();
  const document = yaml.parseDocument(yamlText, { lineCounter, prettyErrors: false, uniqueKeys: true });
  const place = (offset: number) => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => ({ path: "", ...place(error.pos[0]), message: error.message }));
    throw invalid(fileName, problems);
  }
  const value = toValue(document, fileName);
  const located = (problem: PathProblem): DefinitionProblem => ({
    path: problem.path.map(String).join("."),
    ...place(offsetOf(document, problem)),
    message: problem.message,
  });
  const parsed = modelSchema.safeParse(value);
  if (!parsed.success) {
    const problems = parsed.error.issues.flatMap((issue) =>
      describeIssue(issue, value, (path) => members(path, value)),
    );
    throw invalid(fileName, problems.map(located));
  }
  const problems = crossCheck(parsed.data);
  if (problems.length > 0) throw invalid(fileName, problems.map(located));
  return parsed.data;
}

/**
 * Checks a definition that was parsed before and travelled as JSON (the catalog, the registry).
 *
 * @param origin how messages call the place it came from
 * @throws MlopsError `definition.invalid`
 */
export function checkDefinition(value: unknown, origin: string): ModelDefinition {
  return parseDefinition(JSON.stringify(value, null, 2), origin);
}

function toValue(document: yaml.Document.Parsed, fileName: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    // Only aliases can fail here: one that is not defined, or so many that the document would fill the memory.
    const message = `${error instanceof Error ? error.message : String(error)}; write the values out instead of using aliases`;
    throw invalid(fileName, [{ path: "", line: 1, column: 1, message }]);
  }
}

function invalid(fileName: string, problems: DefinitionProblem[]): MlopsError<"definition.invalid"> {
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

/** Offset in the text of the deepest part of the path that the document has. */
function offsetOf(document: yaml.Document.Parsed, problem: PathProblem): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range?.[0] ?? 0;
  for (const [index, part] of problem.path.entries()) {
    if (yaml.isMap(node)) {
      const pair = node.items.find((item) => yaml.isScalar(item.key) && String(item.key.value) === String(part));
      if (pair === undefined) return offset;
      const last = index === problem.path.length - 1;
      const target = last && problem.atKey === true ? pair.key : (pair.value ?? pair.key);
      offset = (yaml.isNode(pair.key) ? pair.key.range?.[0] : undefined) ?? offset;
      if (last && yaml.isNode(target)) offset = target.range?.[0] ?? offset;
      node = pair.value;
    } else if (yaml.isSeq(node)) {
      node = node.items[Number(part)];
      offset = (yaml.isNode(node) ? node.range?.[0] : undefined) ?? offset;
    } else {
      return offset;
    }
  }
  return offset;
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
