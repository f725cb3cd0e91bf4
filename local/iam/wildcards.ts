const CACHE_ENTRIES = 5_000;
const cache = new Map<string, RegExp>();

/** Characters that stand for themselves in a pattern although they look like wildcards; see {@link literal}. */
const ESCAPES: Readonly<Record<string, string>> = { "\u0001": "\\*", "\u0002": "\\?", "\u0003": "\\$" };

/** Marks `*`, `?` and `$` as ordinary characters: `${*}` in a policy stands for a star, not for a wildcard. */
export function literal(character: "*" | "?" | "$"): string {
  return { "*": "\u0001", "?": "\u0002", $: "\u0003" }[character];
}

/** Whether a text matches a pattern in which `*` stands for any characters and `?` for exactly one. */
export function matchesWildcard(pattern: string, text: string, ignoreCase = false): boolean {
  if (pattern === "*") return true;
  const key = ignoreCase ? `i${pattern}` : `s${pattern}`;
  let expression = cache.get(key);
  if (expression === undefined) {
    const source = [...pattern].map(sourceOf).join("");
    expression = new RegExp(`^${source}$`, ignoreCase ? "isu" : "su");
    if (cache.size >= CACHE_ENTRIES) cache.clear();
    cache.set(key, expression);
  }
  return expression.test(text);
}

function sourceOf(character: string): string {
  if (character === "*") return ".*";
  if (character === "?") return ".";
  return ESCAPES[character] ?? character.replace(/[\\^$.*+?()[\]{}|/]/u, "\\$&");
}

/**
 * Whether an ARN matches a pattern. Each of the six parts between colons is compared for itself, the last one with everything behind it
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN).
 */
export function matchesArn(pattern: string, arn: string): boolean {
  if (pattern === "*") return true;
  const wanted = split(pattern);
  const given = split(arn);
  if (wanted.length !== given.length) return false;
  return wanted.every((part, index) => matchesWildcard(part, given[index] ?? ""));
}

function split(arn: string): string[] {
  const parts = arn.split(":");
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(":")];
}
