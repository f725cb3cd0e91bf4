import { AwsError } from "../../kernel/aws-error.ts";

/** The named rule or bus does not exist. */
export function notFound(message: string): AwsError {
  return new AwsError("ResourceNotFoundException", 400, message);
}

/** A parameter has a value that EventBridge refuses. */
export function invalid(message: string): AwsError {
  return new AwsError("ValidationException", 400, message);
}

/** An event pattern that cannot be used. */
export function invalidPattern(reason: string): AwsError {
  return new AwsError("InvalidEventPatternException", 400, `Event pattern is not valid. Reason: ${reason}`);
}
