import { invalid } from "./errors.ts";

const DEFAULT_LIMIT = 100;

/** One page of a list in a fixed order, and the NextToken member to spread into the answer. Throws ValidationException on a token that was never given. */
export function pageOf<T>(
  list: readonly T[],
  input: { readonly Limit?: number; readonly NextToken?: string },
): { page: readonly T[]; members: { NextToken?: string } } {
  const text = input.NextToken === undefined ? "0" : Buffer.from(input.NextToken, "base64url").toString("utf8");
  if (!/^\d+$/.test(text)) throw invalid("Parameter NextToken is not valid.");
  const start = Number(text);
  const end = start + (input.Limit ?? DEFAULT_LIMIT);
  const members = end < list.length ? { NextToken: Buffer.from(String(end), "utf8").toString("base64url") } : {};
  return { page: list.slice(start, end), members };
}
