import { AwsError } from "../../kernel/aws-error.ts";

/** A parameter that SNS refuses. */
export function invalidParameter(message: string): AwsError {
  return new AwsError("InvalidParameter", 400, `Invalid parameter: ${message}`);
}

/** A topic or subscription that does not exist. */
export function notFound(what: "Topic" | "Subscription"): AwsError {
  return new AwsError("NotFound", 404, `${what} does not exist`);
}
