import { AwsError } from "../../kernel/aws-error.ts";

/** An SQS error by its modeled name. */
export function sqsError(code: string, message: string): AwsError {
  return new AwsError(code, 400, message);
}

/** The queue does not exist. */
export function queueDoesNotExist(): AwsError {
  return sqsError("QueueDoesNotExist", "The specified queue does not exist.");
}

/** A parameter has a value that SQS refuses. */
export function invalidParameter(message: string): AwsError {
  return sqsError("InvalidParameterValue", message);
}

/** A parameter that this request needs is missing. */
export function missingParameter(name: string): AwsError {
  return sqsError("MissingParameter", `The request must contain the parameter ${name}.`);
}
