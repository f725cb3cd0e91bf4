import { BlockList, isIP } from "node:net";

/** One alternative of a pattern's list: a test of a value, or of whether the field is there. */
export type Matcher =
  | { readonly kind: "value"; matches(value: unknown): boolean }
  | { readonly kind: "exists"; readonly expected: boolean };

/** Makes the error for a matcher that cannot be used. */
export type Refuse = (reason: string) => Error;

const COMPARISONS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  "=": (value, bound) => value === bound,
  "<": (value, bound) => value < bound,
  "<=": (value, bound) => value <= bound,
  ">": (value, bound) => value > bound,
  ">=": (value, bound) => value >= bound,
};
/** Numbers in `numeric` lie in this range: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-numeric-matching */
const MAX_NUMERIC = 5e9;

/** Reads one element of a pattern's list: a scalar for equality or an object with one operator. Throws what `refuse` makes. */
export function parseMatcher(field: string, element: unknown, refuse: Refuse): Matcher {
  if (element === null || ["string", "number", "boolean"].includes(typeof element)) {
    return value((actual) => actual === element);
  }
  const [operator, operand] = soleEntry(element, refuse);
  switch (operator) {
    case "exists":
      if (typeof operand !== "boolean") throw refuse("exists match pattern must be either true or false.");
      return { kind: "exists", expected: operand };
    case "numeric":
      return value(numericTest(operand, refuse));
    case "cidr":
      return value(cidrTest(operand, refuse));
    case "anything-but":
      return value(anythingBut(operand, refuse));
    case "prefix":
    case "suffix":
    case "equals-ignore-case":
    case "wildcard":
      return value(textTest(operator, operand, refuse));
    default:
      throw refuse(`Unrecognized match type ${operator} of field ${field}`);
  }
}

function value(matches: (actual: unknown) => boolean): Matcher {
  return { kind: "value", matches };
}

function soleEntry(element: unknown, refuse: Refuse): [string, unknown] {
  const entries = typeof element === "object" && element !== null ? Object.entries(element) : [];
  const [entry] = entries;
  if (Array.isArray(element) || entry === undefined || entries.length !== 1) {
    throw refuse("Match value must be String, number, true, false, null, or an object with one match type");
  }
  return entry;
}

/** A test of text by prefix, suffix, case-insensitive equality or wildcard. */
function textTest(operator: string, operand: unknown, refuse: Refuse): (actual: unknown) => boolean {
  if (typeof operand === "object" && operand !== null && (operator === "prefix" || operator === "suffix")) {
    const [name, text] = soleEntry(operand, refuse);
    if (name !== "equals-ignore-case") throw refuse(`Unsupported match type ${name} inside ${operator}`);
    const lower = textOf(operator, text, refuse).toLowerCase();
    return (actual) =>
      typeof actual === "string" &&
      (operator === "prefix" ? actual.toLowerCase().startsWith(lower) : actual.toLowerCase().endsWith(lower));
  }
  const text = textOf(operator, operand, refuse);
  switch (operator) {
    case "prefix":
      return (actual) => typeof actual === "string" && actual.startsWith(text);
    case "suffix":
      return (actual) => typeof actual === "string" && actual.endsWith(text);
    case "equals-ignore-case":
      return (actual) => typeof actual === "string" && actual.toLowerCase() === text.toLowerCase();
    case "wildcard": {
      const expression = wildcardExpression(text, refuse);
      return (actual) => typeof actual === "string" && expression.test(actual);
    }
    default:
      throw refuse(`Unrecognized match type ${operator}`);
  }
}

function textOf(operator: string, operand: unknown, refuse: Refuse): string {
  if (typeof operand !== "string") throw refuse(`${operator} match pattern must be a string`);
  return operand;
}

/** `*` stands for any characters; `\*` and `\\` are themselves. */
function wildcardExpression(text: string, refuse: Refuse): RegExp {
  let source = "";
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === "\\") {
      index += 1;
      const escaped = text.charAt(index);
      if (escaped !== "*" && escaped !== "\\") throw refuse(`Invalid escape character at pos ${index}`);
      source += `\\${escaped}`;
    } else if (character === "*") {
      if (text.charAt(index + 1) === "*") throw refuse(`Consecutive wildcard characters at pos ${index}`);
      source += "[\\s\\S]*";
    } else source += character.replace(/[.+?^${}()|[\]/-]/, "\\$&");
  }
  return new RegExp(`^${source}$`);
}

function anythingBut(operand: unknown, refuse: Refuse): (actual: unknown) => boolean {
  if (typeof operand === "object" && operand !== null && !Array.isArray(operand)) {
    const [operator, excluded] = soleEntry(operand, refuse);
    if (!["prefix", "suffix", "equals-ignore-case", "wildcard"].includes(operator)) {
      throw refuse(`Unsupported anything-but pattern: ${operator}`);
    }
    const list: unknown[] = Array.isArray(excluded) ? excluded : [excluded];
    if (list.length === 0) throw refuse("Empty arrays are not allowed");
    const tests = list.map((element) => textTest(operator, textOf(operator, element, refuse), refuse));
    return (actual) => tests.every((test) => !test(actual));
  }
  const excluded: unknown[] = Array.isArray(operand) ? operand : [operand];
  if (excluded.length === 0) throw refuse("Empty arrays are not allowed");
  if (!excluded.every((element) => ["string", "number"].includes(typeof element))) {
    throw refuse("Inside anything but list, start|null|boolean is not supported.");
  }
  return (actual) => !excluded.includes(actual);
}

function numericTest(operand: unknown, refuse: Refuse): (actual: unknown) => boolean {
  if (!Array.isArray(operand) || operand.length === 0 || operand.length % 2 !== 0 || operand.length > 4) {
    throw refuse("Invalid member in numeric match: it takes one or two pairs of a comparison and a number");
  }
  const tests: ((actual: number) => boolean)[] = [];
  for (let index = 0; index < operand.length; index += 2) {
    const comparison = COMPARISONS[String(operand[index])];
    const bound: unknown = operand[index + 1];
    if (comparison === undefined) throw refuse(`Unrecognized numeric range operator: ${operand[index]}`);
    if (typeof bound !== "number" || Math.abs(bound) > MAX_NUMERIC) {
      throw refuse("Value must be between -5.0E9 and 5.0E9, inclusive");
    }
    tests.push((actual) => comparison(actual, bound));
  }
  return (actual) => typeof actual === "number" && tests.every((test) => test(actual));
}

function cidrTest(operand: unknown, refuse: Refuse): (actual: unknown) => boolean {
  const [address = "", bits = ""] = typeof operand === "string" ? operand.split("/") : [];
  const version = isIP(address);
  const length = Number(bits);
  if (version === 0 || !/^\d+$/.test(bits) || length > (version === 4 ? 32 : 128)) {
    throw refuse(`Malformed CIDR, one '/' required: ${String(operand)}`);
  }
  const block = new BlockList();
  const family = version === 4 ? "ipv4" : "ipv6";
  block.addSubnet(address, length, family);
  return (actual) => typeof actual === "string" && isIP(actual) === version && block.check(actual, family);
}
