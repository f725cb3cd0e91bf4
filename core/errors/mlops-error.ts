import { type DetailsOf, ERROR_CODES, type ErrorCode } from "./codes.ts";

/** What an error carries besides its code and message. */
export interface MlopsErrorOptions<C extends ErrorCode> {
  /** Machine-readable payload; see `ErrorDetails` for the codes that promise a shape. */
  details?: DetailsOf<C>;
  /** The error that led to this one. */
  cause?: unknown;
  /** Overrides the table's answer for this one case. */
  retryable?: boolean;
}

/**
 * The product's only error class. `name` equals `code`, so that Step Functions' Retry and Catch can match on it.
 * The message says what was got, what is allowed and what to do.
 *
 * @example
 * throw new MlopsError("registry.version-conflict", "head of birdstrike-damage is at revision 8, expected 7; read it again", {
 *   details: { model: "birdstrike-damage", expected: 7, actual: 8 },
 * });
 */
export class MlopsError<C extends ErrorCode = ErrorCode> extends Error {
  readonly code: C;
  readonly retryable: boolean;
  readonly details: DetailsOf<C> | undefined;

  constructor(code: C, message: string, options: MlopsErrorOptions<C> = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = code;
    this.code = code;
    this.retryable = options.retryable ?? ERROR_CODES[code].retryable;
    this.details = options.details;
  }
}

/**
 * Tells whether a caught value is an MlopsError, optionally with one given code.
 *
 * @example
 * if (isMlopsError(error, "registry.version-conflict")) return retry();
 */
export function isMlopsError(value: unknown): value is MlopsError;
export function isMlopsError<C extends ErrorCode>(value: unknown, code: C): value is MlopsError<C>;
export function isMlopsError(value: unknown, code?: ErrorCode): boolean {
  return value instanceof MlopsError && (code === undefined || value.code === code);
}
