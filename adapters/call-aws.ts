import { isMlopsError, MlopsError } from "../core/errors/mlops-error.ts";

/** What the SDK's exceptions have in common. */
interface AwsFailure {
  readonly name: string;
  readonly message: string;
  readonly statusCode: number | null;
  readonly retryable: boolean;
}

/** Names of failures that pass by themselves: throttling, time-outs and broken connections. */
const TRANSIENT = new Set([
  "ThrottlingException",
  "Throttling",
  "TooManyRequestsException",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "SlowDown",
  "ServiceUnavailable",
  "InternalFailure",
  "InternalServerError",
  "TransactionInProgressException",
  "TimeoutError",
  "RequestTimeout",
  "ECONNRESET",
  "ECONNREFUSED",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
]);

/** Reads name, message and status of whatever the SDK has thrown. */
export function describeFailure(error: unknown): AwsFailure {
  const value = (typeof error === "object" && error !== null ? error : {}) as {
    name?: string;
    code?: string;
    message?: string;
    $metadata?: { httpStatusCode?: number };
    $retryable?: object;
  };
  const name = value.name ?? "Error";
  const statusCode = value.$metadata?.httpStatusCode ?? null;
  const retryable =
    value.$retryable !== undefined ||
    TRANSIENT.has(name) ||
    (value.code !== undefined && TRANSIENT.has(value.code)) ||
    (statusCode !== null && statusCode >= 500);
  return { name, message: value.message ?? String(error), statusCode, retryable };
}

/**
 * Makes a call to AWS and turns what it throws into an MlopsError.
 *
 * @param what the call in words, for the message, such as `write the head of birdstrike-damage`
 * @throws MlopsError `cloud.unavailable` when trying again may help (the SDK has tried already), else `cloud.refused`
 */
export async function callAws<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw mapAwsError(what, error);
  }
}

/** The MlopsError for a failed call. */
export function mapAwsError(what: string, error: unknown): MlopsError {
  if (isMlopsError(error)) return error;
  const { name, message, statusCode, retryable } = describeFailure(error);
  const details = { name, statusCode };
  if (retryable) {
    return new MlopsError("cloud.unavailable", `could not ${what}: ${name}: ${message}`, { cause: error, details });
  }
  return new MlopsError("cloud.refused", `could not ${what}: ${name}: ${message}`, { cause: error, details });
}

/** Whether a failure says that the thing does not exist. SageMaker says so in a ValidationException. */
export function isNotFound(error: unknown): boolean {
  const { name, message } = describeFailure(error);
  if (["ResourceNotFound", "ResourceNotFoundException", "NoSuchKey", "NoSuchVersion", "NotFound"].includes(name))
    return true;
  return name === "ValidationException" && /could not find|not found|does not exist/i.test(message);
}
