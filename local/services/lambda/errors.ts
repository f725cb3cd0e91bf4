import { AwsError } from "../../kernel/aws-error.ts";

/** 404: what the ARN names does not exist. */
export const notFound = (message: string): AwsError =>
  new AwsError("ResourceNotFoundException", 404, message, { Type: "User" });

/** 400: a parameter has a value that Lambda refuses. */
export const invalidParameter = (message: string): AwsError =>
  new AwsError("InvalidParameterValueException", 400, message, { Type: "User" });

/** 409: it exists already, or is in use. */
export const conflict = (message: string): AwsError =>
  new AwsError("ResourceConflictException", 409, message, { Type: "User" });

/** 429: the concurrency limit is reached. */
export const throttled = (reason: string): AwsError =>
  new AwsError("TooManyRequestsException", 429, "Rate Exceeded.", { Type: "User", Reason: reason });

/** 400: AWS has it, this cloud has not; the message names it. */
export const unsupported = (what: string): AwsError => invalidParameter(`${what} is not supported by the local cloud.`);
