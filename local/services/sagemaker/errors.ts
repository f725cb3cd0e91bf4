import { AwsError } from "../../kernel/aws-error.ts";

/** A request that SageMaker refuses. */
export function invalid(message: string): AwsError {
  return new AwsError("ValidationException", 400, message);
}

/** A job name that was used before. */
export function inUse(message: string): AwsError {
  return new AwsError("ResourceInUse", 400, message);
}

/** A member that this cloud does not implement: refused, so that nobody believes that it had an effect. */
export function unsupported(member: string, hint = ""): AwsError {
  return invalid(`The local SageMaker does not support ${member}${hint === "" ? "." : `: ${hint}`}`);
}

/** Why a job or endpoint fails; the message of a job starts with SageMaker's kind of error. */
export class JobFailure extends Error {
  constructor(kind: "ClientError" | "AlgorithmError" | "InternalServerError" | null, message: string) {
    super(kind === null ? message : `${kind}: ${message}`);
    this.name = "JobFailure";
  }
}

/** A FailureReason holds at most this many characters. */
export const MAX_FAILURE_REASON_CHARACTERS = 1_024;

/** The FailureReason for whatever was thrown. */
export function failureReasonOf(error: unknown): string {
  const text =
    error instanceof JobFailure
      ? error.message
      : `InternalServerError: We encountered an internal error. Please try again. (${error instanceof Error ? error.message : String(error)})`;
  return text.slice(0, MAX_FAILURE_REASON_CHARACTERS);
}
