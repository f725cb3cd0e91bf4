import type { RequestContextKeys } from "./policy.ts";
import { literal } from "./wildcards.ts";

const VARIABLE = /\$\{([^}]*)\}/g;

/**
 * Replaces policy variables: `${aws:PrincipalArn}`, with a default `${aws:username, 'nobody'}`, and the special `${*}`, `${?}`, `${$}`
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html).
 *
 * @returns undefined when a variable has neither a value nor a default: such a text matches nothing
 */
export function replaceVariables(text: string, context: RequestContextKeys): string | undefined {
  if (!text.includes("${")) return text;
  let isMissing = false;
  const replaced = text.replaceAll(VARIABLE, (_whole, name: string) => {
    if (name === "*" || name === "?" || name === "$") return literal(name);
    const [, key = "", fallback] = /^\s*([^,]+?)\s*(?:,\s*'([^']*)'\s*)?$/.exec(name) ?? [];
    const value = context.get(key.toLowerCase());
    const found = typeof value === "string" ? value : fallback;
    if (found === undefined) {
      isMissing = true;
      return "";
    }
    // A value is never a pattern: a star in a user's name matches a star only.
    return found.replaceAll("*", literal("*")).replaceAll("?", literal("?"));
  });
  return isMissing ? undefined : replaced;
}
