import type * as z from "zod";
import { closest } from "./closest.ts";
import { FEATURE_TYPES } from "./data-schema.ts";
import { notYetMember, notYetValue } from "./not-yet.ts";

/** A problem before it is located in the file: the path as keys, and a sentence. */
export interface PathProblem {
  path: readonly PropertyKey[];
  message: string;
  /** Whether the problem is the member's name (an unknown member), not its value. */
  atKey?: boolean;
}

type Issue = z.core.$ZodIssue;

const SHOWN_CHARACTERS = 60;

/** A found value for a message: JSON, cut at 60 characters; what is absent is called missing. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}...` : text;
}

/** The value at a path of a parsed document, or undefined. */
export function valueAt(document: unknown, path: readonly PropertyKey[]): unknown {
  let value = document;
  for (const part of path) {
    if (value === null || typeof value !== "object" || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}

function suggestion(found: unknown, allowed: readonly string[]): string {
  const near = typeof found === "string" ? closest(found, allowed) : undefined;
  return near === undefined ? "" : `; did you mean ${JSON.stringify(near)}?`;
}

function article(type: string): string {
  const names: Record<string, string> = {
    int: "a whole number",
    record: "a mapping of names to values",
    object: "a mapping of names to values",
    array: "a list",
  };
  return names[type] ?? `a ${type}`;
}

function limit(issue: Issue & { code: "too_small" | "too_big" }): string {
  const small = issue.code === "too_small";
  const bound = String(small ? issue.minimum : issue.maximum);
  const unit: Record<string, string> = { string: " characters", array: " entries" };
  const strict = issue.inclusive === false;
  const words = small ? (strict ? "more than" : "at least") : strict ? "less than" : "at most";
  return `${words} ${bound}${unit[issue.origin] ?? ""}`;
}

/** For a union that was given a mapping with members that no option has: what the options are. */
function wrongMembers(branches: readonly (readonly Issue[])[]): string | undefined {
  const options = branches.flatMap((issues) => {
    const unknown = issues.some((inner) => inner.code === "unrecognized_keys");
    const missing = issues.filter((inner) => inner.code === "invalid_type" && inner.path.length === 1);
    const literal = issues.flatMap((inner) => (inner.code === "invalid_value" ? inner.values : []));
    if (unknown && missing.length > 0)
      return [`{ ${missing.map((inner) => `${String(inner.path[0])}: ...`).join(", ")} }`];
    return literal.map((value) => JSON.stringify(value));
  });
  return branches.flat().some((inner) => inner.code === "unrecognized_keys") ? options.join(" or ") : undefined;
}

/**
 * Turns one zod issue into problems in the product's words: what was found, what is allowed, what to do.
 *
 * @param knownMembers gives the members that are allowed at a path, for unknown ones
 */
export function describeIssue(
  issue: Issue,
  document: unknown,
  knownMembers: (path: readonly PropertyKey[]) => readonly string[],
): PathProblem[] {
  const found = valueAt(document, issue.path);
  const one = (message: string): PathProblem[] => [{ path: issue.path, message }];
  const notYet = notYetValue(issue.path, found);
  switch (issue.code) {
    case "unrecognized_keys": {
      const allowed = knownMembers(issue.path);
      return issue.keys.map((key) => {
        const reason = notYetMember([...issue.path, key]) ?? `unknown member ${JSON.stringify(key)}`;
        return {
          path: [...issue.path, key],
          atKey: true,
          message: `${reason}; allowed: ${allowed.join(", ")}${suggestion(key, allowed)}`,
        };
      });
    }
    case "invalid_type":
      if (found === undefined) return one(`missing; add it, it must be ${article(issue.expected)}`);
      return one(`found ${shown(found)}; it must be ${article(issue.expected)}`);
    case "invalid_value": {
      const allowed = issue.values.map(String);
      const list = allowed.map((value) => JSON.stringify(value)).join(", ");
      if (notYet !== undefined) return one(`${notYet}; allowed: ${list}`);
      return one(`found ${shown(found)}; allowed: ${list}${suggestion(found, allowed)}`);
    }
    case "invalid_union": {
      if (issue.discriminator !== undefined) {
        const path = issue.path.at(-1) === issue.discriminator ? issue.path : [...issue.path, issue.discriminator];
        const value = valueAt(document, path);
        const allowed = FEATURE_TYPES;
        return [
          { path, message: `found ${shown(value)}; allowed: ${allowed.join(", ")}${suggestion(value, allowed)}` },
        ];
      }
      const alternatives = wrongMembers(issue.errors);
      if (alternatives !== undefined) return one(`found ${shown(found)}; it must be ${alternatives}`);
      const branches = issue.errors.flat().filter((inner) => inner.path.length > 0);
      const inside = branches.flatMap((inner) =>
        describeIssue({ ...inner, path: [...issue.path, ...inner.path] }, document, knownMembers),
      );
      if (inside.length > 0) return [...new Map(inside.map((problem) => [problem.message, problem])).values()];
      const options = issue.errors.flat().map((inner) => {
        if (inner.code === "invalid_type") return article(inner.expected);
        if (inner.code === "invalid_value") return inner.values.map((value) => JSON.stringify(value)).join(", ");
        if (inner.code === "unrecognized_keys") return "a mapping with other members";
        return inner.message;
      });
      return one(`found ${shown(found)}; it must be ${[...new Set(options)].join(" or ")}`);
    }
    case "too_small":
    case "too_big":
      return one(`found ${shown(found)}; it must be ${limit(issue)}`);
    case "invalid_format":
      return one(`found ${shown(found)}; it must match ${issue.pattern ?? issue.format}`);
    case "invalid_key":
      return one(
        `the name ${shown(issue.path.at(-1))} is not allowed: ${issue.issues.map((inner) => inner.message).join("; ")}`,
      );
    default:
      return one(`found ${shown(found)}; ${issue.message}`);
  }
}
