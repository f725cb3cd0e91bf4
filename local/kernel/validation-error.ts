import { AwsError } from "./aws-error.ts";
import type { ServiceModel } from "./model.ts";
import type { Violation } from "./validate.ts";

/** The code with which each service reports a broken constraint; `ValidationException` for all others. */
const CODES: Readonly<Record<string, string>> = {
  cloudformation: "ValidationError",
  cloudwatch: "ValidationError",
  iam: "ValidationError",
  logs: "InvalidParameterException",
  s3: "InvalidArgument",
  sns: "InvalidParameter",
  sqs: "InvalidParameterValue",
  sts: "ValidationError",
};

/** The code with which the service reports an input that breaks a constraint. */
export function validationCode(service: string): string {
  return CODES[service] ?? "ValidationException";
}

/** All broken constraints of one input in AWS's one message. */
export function validationError(service: string, violations: readonly Violation[]): AwsError {
  const missing = violations.find((violation) => violation.value === "null");
  if (service === "sqs" && missing) {
    const name = missing.path.charAt(0).toUpperCase() + missing.path.slice(1);
    return new AwsError("MissingParameter", 400, `The request must contain the parameter ${name}.`);
  }
  const count = `${violations.length} validation error${violations.length === 1 ? "" : "s"} detected: `;
  const details = violations.map(
    ({ path, value, constraint }) => `Value ${value} at '${path}' failed to satisfy constraint: ${constraint}`,
  );
  return new AwsError(validationCode(service), 400, count + details.join("; "));
}

/** The error for a union that has no member or several. */
export function unionViolation(
  model: ServiceModel,
  shapeName: string,
  names: readonly string[],
  path: string,
  present: number,
): AwsError {
  if (model.id === "dynamodb" && shapeName === "AttributeValue") {
    const found = present === 0 ? "is empty" : "has more than one datatypes set";
    return new AwsError(
      "ValidationException",
      400,
      `Supplied AttributeValue ${found}, must contain exactly one of the supported datatypes`,
    );
  }
  return validationError(model.id, [
    {
      path,
      value: present === 0 ? "'{}'" : `'${present} members'`,
      constraint: `Member must have exactly one of: ${names.join(", ")}`,
    },
  ]);
}
