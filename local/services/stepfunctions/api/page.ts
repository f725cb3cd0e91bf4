import { invalidPageToken } from "./errors.ts";

/** One page and the token of the next. */
export interface KeyedPage<T> {
  readonly items: T[];
  readonly nextToken: string | undefined;
}

/**
 * A page of a list whose items have keys: the token names the last item given, so that items which come or go meanwhile
 * neither repeat nor skip others. `maxResults` 0 or absent means 100; at most 1000.
 * Throws InvalidToken for a token that names nothing.
 */
export function keyedPage<T>(
  all: readonly T[],
  keyOf: (item: T) => string,
  maxResults: number | undefined,
  token: string | undefined,
): KeyedPage<T> {
  let start = 0;
  if (token !== undefined) {
    const key = Buffer.from(token, "base64url").toString("utf8");
    start = all.findIndex((item) => keyOf(item) === key) + 1;
    if (start === 0) throw invalidPageToken();
  }
  const size = maxResults === undefined || maxResults === 0 ? 100 : Math.min(maxResults, 1_000);
  const items = all.slice(start, start + size);
  const last = items.at(-1);
  const hasMore = start + items.length < all.length && last !== undefined;
  return { items, nextToken: hasMore ? Buffer.from(keyOf(last), "utf8").toString("base64url") : undefined };
}
