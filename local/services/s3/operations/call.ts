import type { RequestContext } from "../../../kernel/cloud.ts";
import { notImplemented } from "../errors.ts";
import { type ChangeOrigin, internalOrigin } from "../objects/events.ts";

/** What an operation learns about its request besides the input. */
export interface S3Call {
  readonly origin: ChangeOrigin;
  /** Hex digest of the payload that the request was signed with. */
  readonly contentSha256?: string | undefined;
  /** Names of the trailing checksum headers that the body announces. */
  readonly trailerNames?: readonly string[] | undefined;
  /** Trailing headers, filled while the body is read. */
  readonly trailers?: Readonly<Record<string, string>> | undefined;
}

/** An operation over inputs and outputs in AWS's shapes; `Body` of an output is a Readable. */
// biome-ignore lint/suspicious/noExplicitAny: inputs are validated against AWS's published model before they come here.
export type S3Operation = (input: any, call: S3Call) => Promise<object> | object;

/** The call of an in-process request. */
export const internalCall = (context: RequestContext): S3Call => ({
  origin: { ...internalOrigin(), requestId: context.requestId },
});

/** Throws NotImplemented naming the first of the members that is present: nothing asked for is silently left out. */
export function refuseMembers(input: Readonly<Record<string, unknown>>, names: readonly string[]): void {
  const present = names.find((name) => input[name] !== undefined);
  if (present !== undefined) throw notImplemented(present);
}
