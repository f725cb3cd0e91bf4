/** A path that EventBridge does not support; the message names it. */
export class InvalidJsonPathError extends Error {
  override readonly name = "InvalidJsonPathError";
}

type Step = string | number | typeof WILDCARD;
const WILDCARD = Symbol("*");

/**
 * Reads a value by one of the JSON paths that EventBridge supports: dots, indices, `*`, quoted names in brackets.
 * Gives undefined where nothing is; a list when the path has a wildcard. Throws {@link InvalidJsonPathError}.
 * @example readJsonPath(event, "$.detail.object.key")
 */
export function readJsonPath(root: unknown, path: string): unknown {
  const steps = parseJsonPath(path);
  let values: unknown[] = [root];
  for (const step of steps) values = values.flatMap((value) => follow(value, step));
  return steps.includes(WILDCARD) ? (values.length === 0 ? undefined : values) : values[0];
}

/** Checks a path. Throws {@link InvalidJsonPathError}. */
export function parseJsonPath(path: string): Step[] {
  const refuse = (): Error =>
    new InvalidJsonPathError(`JSON path '${path}' is not supported: use $.name.name, $.list[0], $.list[*], $['name']`);
  if (!path.startsWith("$")) throw refuse();
  const steps: Step[] = [];
  const step = /\.([^.[\]*'"\s]+)|\.\*|\[(\d+)\]|\[\*\]|\['([^']+)'\]|\["([^"]+)"\]/y;
  step.lastIndex = 1;
  while (step.lastIndex < path.length) {
    const match = step.exec(path);
    if (match === null) throw refuse();
    const name = match[1] ?? match[3] ?? match[4];
    if (name !== undefined) steps.push(name);
    else steps.push(match[2] === undefined ? WILDCARD : Number(match[2]));
  }
  return steps;
}

function follow(value: unknown, step: Step): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  if (step === WILDCARD) return Object.values(value);
  if (typeof step === "number") return Array.isArray(value) && step < value.length ? [value[step]] : [];
  return !Array.isArray(value) && Object.hasOwn(value, step) ? [(value as Record<string, unknown>)[step]] : [];
}
