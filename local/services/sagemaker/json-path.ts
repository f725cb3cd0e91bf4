import { invalid } from "./errors.ts";

/** One step of a path: names, positions, a slice, or everything. */
type Step =
  | { readonly kind: "names"; readonly names: readonly string[] }
  | { readonly kind: "positions"; readonly positions: readonly number[] }
  | { readonly kind: "slice"; readonly start: number | undefined; readonly end: number | undefined }
  | { readonly kind: "all" };

/** A parsed path. `indexOnly` paths may be used on CSV rows. */
export interface JsonPath {
  readonly text: string;
  readonly isRoot: boolean;
  readonly indexOnly: boolean;
  /** The selected part of a value; `undefined` when the value has no such part. */
  select(value: unknown): unknown;
}

/**
 * Parses the part of JSONPath that batch transform supports: `$`, `.name`, `*`, `['a','b']`, `[1,3]`, `[1:4]`.
 * The documentation of batch transform calls the end of a slice inclusive.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform-data-processing.html#data-processing-operators
 * Throws ValidationException for anything else.
 */
export function parseJsonPath(text: string, member: string): JsonPath {
  if (!text.startsWith("$")) throw invalid(`${member} ${text} is not a JSONPath: it must start with $.`);
  const steps: Step[] = [];
  let rest = text.slice(1);
  while (rest !== "") {
    const match =
      /^\.?\[\s*('(?:[^'\\]|\\.)*'(?:\s*,\s*'(?:[^'\\]|\\.)*')*)\s*\]/.exec(rest) ??
      /^\.?\[\s*(-?\d+(?:\s*,\s*-?\d+)*|-?\d*\s*:\s*-?\d*|\*)\s*\]/.exec(rest) ??
      /^\.([^.[\]'"\s,]+)/.exec(rest);
    if (!match?.[1]) throw invalid(`${member} ${text} uses a JSONPath operator that is not supported: ${rest}`);
    steps.push(stepOf(match[1], rest.startsWith(".") && !rest.startsWith(".[")));
    rest = rest.slice(match[0].length);
  }
  return {
    text,
    isRoot: steps.length === 0,
    indexOnly: steps.every((step) => step.kind === "positions" || step.kind === "slice" || step.kind === "all"),
    select: (value) => steps.reduce<unknown>(take, value),
  };
}

function stepOf(content: string, isDotted: boolean): Step {
  if (content === "*") return { kind: "all" };
  if (isDotted) return { kind: "names", names: [content] };
  if (content.startsWith("'")) {
    const names = [...content.matchAll(/'((?:[^'\\]|\\.)*)'/g)].map((match) =>
      (match[1] ?? "").replace(/\\(.)/g, "$1"),
    );
    return { kind: "names", names };
  }
  if (content.includes(":")) {
    const [start, end] = content.split(":").map((part) => (part.trim() === "" ? undefined : Number(part)));
    return { kind: "slice", start, end };
  }
  return { kind: "positions", positions: content.split(",").map(Number) };
}

function take(value: unknown, step: Step): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  if (step.kind === "all") return Object.values(value);
  if (step.kind === "names") {
    const fields = value as Record<string, unknown>;
    const [only] = step.names;
    if (step.names.length === 1 && only !== undefined) return Object.hasOwn(fields, only) ? fields[only] : undefined;
    return Object.fromEntries(
      step.names.filter((name) => Object.hasOwn(fields, name)).map((name) => [name, fields[name]]),
    );
  }
  if (!Array.isArray(value)) return undefined;
  if (step.kind === "slice") {
    const end = step.end === undefined || step.end === -1 ? value.length : step.end + 1;
    return value.slice(step.start ?? 0, end);
  }
  const items = step.positions.map((position) => value.at(position) as unknown);
  if (items.includes(undefined)) return undefined;
  return items.length === 1 ? items[0] : items;
}
