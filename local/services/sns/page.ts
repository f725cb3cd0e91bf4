import { invalidParameter } from "./errors.ts";

const PAGE_SIZE = 100;

/** One page of a sorted list of ARNs and the NextToken member to spread into the answer; the token is the last ARN given. */
export function pageOf(
  sorted: readonly string[],
  token: string | undefined,
): { page: string[]; members: { NextToken?: string } } {
  const after = token === undefined ? "" : Buffer.from(token, "base64url").toString("utf8");
  if (token !== undefined && !after.startsWith("arn:")) throw invalidParameter("NextToken");
  const rest = sorted.filter((arn) => arn > after);
  const page = rest.slice(0, PAGE_SIZE);
  const last = page.at(-1);
  const hasMore = last !== undefined && rest.length > page.length;
  return { page, members: hasMore ? { NextToken: Buffer.from(last, "utf8").toString("base64url") } : {} };
}
