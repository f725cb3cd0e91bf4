import { AwsError } from "../../../kernel/aws-error.ts";

/** `InvalidName` with AWS's words. */
export function invalidName(name: string): AwsError {
  return new AwsError("InvalidName", 400, `Invalid Name: '${name}'`);
}

/** `InvalidArn` with AWS's words. */
export function invalidArn(arn: string): AwsError {
  return new AwsError("InvalidArn", 400, `Invalid Arn: '${arn}'`);
}

/** `StateMachineDoesNotExist` with AWS's words. */
export function noMachine(arn: string): AwsError {
  return new AwsError("StateMachineDoesNotExist", 400, `State Machine Does Not Exist: '${arn}'`);
}

/** `ExecutionDoesNotExist` with AWS's words. */
export function noExecution(arn: string): AwsError {
  return new AwsError("ExecutionDoesNotExist", 400, `Execution Does Not Exist: '${arn}'`);
}

/** `ResourceNotFound` with AWS's words. */
export function noResource(arn: string): AwsError {
  return new AwsError("ResourceNotFound", 400, `Resource not found: '${arn}'`, { resourceName: arn });
}

/** `ValidationException`. */
export function validation(message: string): AwsError {
  return new AwsError("ValidationException", 400, message);
}

/** A feature that AWS has and this cloud has not: it says so instead of pretending. */
export function unsupported(what: string): AwsError {
  return validation(`${what} is not supported by the local Step Functions`);
}

/** `InvalidToken` of a list operation. */
export function invalidPageToken(): AwsError {
  return new AwsError("InvalidToken", 400, "Invalid Token: 'Invalid token'");
}

/** Names of machines and executions: 1 to 80 characters without spaces, brackets, wildcards, special or control characters. */
export function checkName(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what AWS forbids here.
  const forbidden = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f\ufffe\uffff]|[\ud800-\udfff]/;
  if (name.length < 1 || name.length > 80 || forbidden.test(name)) throw invalidName(name);
  return name;
}
