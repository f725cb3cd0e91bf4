import { AwsError } from "../../kernel/aws-error.ts";

/** The request is not valid. */
export function validation(message: string): AwsError {
  return new AwsError("ValidationException", 400, message);
}

/** One or more parameter values were invalid, in AWS's usual opening. */
export function invalidValues(message: string): AwsError {
  return validation(`One or more parameter values were invalid: ${message}`);
}

/** The table or index does not exist. */
export function resourceNotFound(message = "Requested resource not found"): AwsError {
  return new AwsError("ResourceNotFoundException", 400, message);
}
