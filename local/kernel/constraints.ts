import type { Shape } from "./model.ts";

/** One constraint of a shape: a test, and AWS's words for it. */
export interface Constraint {
  readonly text: string;
  holds(value: unknown): boolean;
}

/** The constraints of a shape, in the order in which AWS lists them: enum, length or range, pattern. */
export function constraintsOf(shape: Shape): Constraint[] {
  const constraints: Constraint[] = [];
  const { min, max, pattern } = shape;
  const measure = measureOf(shape);
  const noun = measure === numeric ? "value" : "length";
  if (shape.enum) {
    const allowed = new Set(shape.enum);
    constraints.push({
      text: `Member must satisfy enum value set: [${shape.enum.join(", ")}]`,
      holds: (value) => allowed.has(value as string),
    });
  }
  if (max !== undefined && measure) {
    constraints.push({
      text: `Member must have ${noun} less than or equal to ${max}`,
      holds: (value) => measure(value) <= max,
    });
  }
  if (min !== undefined && measure && min > (noun === "length" ? 0 : Number.NEGATIVE_INFINITY)) {
    constraints.push({
      text: `Member must have ${noun} greater than or equal to ${min}`,
      holds: (value) => measure(value) >= min,
    });
  }
  if (pattern !== undefined && shape.type === "string") {
    const expression = wholeMatch(pattern);
    constraints.push({
      text: `Member must satisfy regular expression pattern: ${pattern}`,
      holds: (value) => expression.test(value as string),
    });
  }
  return constraints;
}

/** AWS matches the whole value, as Java's `matches()` does; some patterns need Unicode classes, others are invalid with them. */
export function wholeMatch(pattern: string): RegExp {
  const caseless = pattern.startsWith("(?i)");
  const portable = (caseless ? pattern.slice(4) : pattern)
    .replace(/^\\A|\\z$/g, "")
    .replace(/\\p\{(Alnum|Alpha|Digit|Print)\}/g, (_, name: string) => POSIX[name] ?? "");
  const flags = (caseless ? "i" : "") + (/\\[pP]\{/.test(portable) ? "u" : "");
  return new RegExp(`^(?:${portable})$`, flags);
}

/** Java's POSIX classes, which JavaScript lacks; AWS uses them inside of brackets only. */
const POSIX: Readonly<Record<string, string>> = {
  Print: "\\x20-\\x7E",
  Alnum: "A-Za-z0-9",
  Alpha: "A-Za-z",
  Digit: "0-9",
};

const numeric = (value: unknown): number => value as number;

function measureOf(shape: Shape): ((value: unknown) => number) | undefined {
  switch (shape.type) {
    case "string":
      return (value) => (value as string).length;
    case "list":
      return (value) => (value as unknown[]).length;
    case "map":
      return (value) => Object.keys(value as object).length;
    case "blob":
      // A stream's length is not known before it is read; the service checks it.
      return (value) => (value instanceof Uint8Array ? value.length : (shape.min ?? 0));
    case "integer":
    case "long":
    case "float":
    case "double":
      return numeric;
    default:
      return undefined;
  }
}
