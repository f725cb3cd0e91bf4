import * as yaml from "yaml";
import type { DefinitionProblem } from "../errors/codes.ts";
import { checkValue, invalidDefinition } from "./check.ts";
import type { PathProblem } from "./issue-messages.ts";
import type { ModelDefinition } from "./schema.ts";

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
    throw invalidDefinition(fileName, problems);
  }
  const value = toValue(document, fileName);
  const located = (problem: PathProblem): DefinitionProblem => ({
    path: problem.path.map(String).join("."),
    ...place(offsetOf(document, problem)),
    message: problem.message,
  });
  const checked = checkValue(value);
  if (checked.definition === undefined) throw invalidDefinition(fileName, checked.problems.map(located));
  return checked.definition;
}

function toValue(document: yaml.Document.Parsed, fileName: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    // Only aliases can fail here: one that is not defined, or so many that the document would fill the memory.
    const message = `${error instanceof Error ? error.message : String(error)}; write the values out instead of using aliases`;
    throw invalidDefinition(fileName, [{ path: "", line: 1, column: 1, message }]);
  }
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
