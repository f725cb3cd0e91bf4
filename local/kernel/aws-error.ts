/**
 * An error in AWS's terms. The kernel serializes it in the protocol of the request.
 *
 * @example throw new AwsError("ResourceNotFoundException", 400, "Requested resource not found")
 */
export class AwsError extends Error {
  /** The error code that clients match on, without a namespace: `ConditionalCheckFailedException`. */
  readonly code: string;
  readonly statusCode: number;
  /** Further modeled members of the error, such as `CancellationReasons`. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(code: string, statusCode: number, message: string, members: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.statusCode = statusCode;
    this.members = members;
  }
}
