/** One page of a list, and the token of the next page when there is more. */
export interface Page<T> {
  readonly items: T[];
  readonly next: string | undefined;
}

/**
 * Cuts a page out of a list. The token is an offset in base64: stable as long as the list only grows at its end.
 * A token that this function did not make throws `invalidToken()`.
 */
export function paginate<T>(
  all: readonly T[],
  limit: number,
  token: string | undefined,
  invalidToken: () => Error,
): Page<T> {
  const start = token === undefined ? 0 : Number(Buffer.from(token, "base64url").toString("utf8"));
  if (!Number.isInteger(start) || start < 0) throw invalidToken();
  const end = start + limit;
  return {
    items: all.slice(start, end),
    next: end < all.length ? Buffer.from(String(end), "utf8").toString("base64url") : undefined,
  };
}
