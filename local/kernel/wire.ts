import type { AwsError } from "./aws-error.ts";
import type { ServiceModel } from "./model.ts";

/** A request as the protocols see it: the body is read and decompressed. */
export interface WireRequest {
  readonly method: string;
  /** Path without the query, percent-encoded as sent. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** One wire protocol of AWS: how an operation's input, output and errors travel. */
export interface Protocol {
  /** The operation a request names and its input, not yet validated. Throws AwsError when it names none. */
  parse(model: ServiceModel, request: WireRequest): { operation: string; input: Record<string, unknown> };
  serialize(
    model: ServiceModel,
    operation: string,
    output: object,
    requestId: string,
    unknownMember: (path: string) => void,
  ): WireResponse;
  serializeError(model: ServiceModel, error: AwsError, requestId: string): WireResponse;
}
