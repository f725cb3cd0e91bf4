import { Stack, Validations } from "aws-cdk-lib";
import type { PolicyStatement, Role } from "aws-cdk-lib/aws-iam";

/** A statement of a policy, and why it holds wildcards if it does. */
export interface Permission {
  readonly statement: PolicyStatement;
  readonly reason?: string | undefined;
}

/**
 * Adds permissions to a role. A wildcard needs a reason, which is recorded as the explanation of exactly that finding of
 * cdk-nag's rule AwsSolutions-IAM5; any other wildcard stays a finding and fails the synthesis.
 *
 * @throws Error when a statement holds a wildcard and no reason is given
 */
export function grant(role: Role, permissions: readonly Permission[]): void {
  for (const { statement, reason } of permissions) {
    role.addToPolicy(statement);
    for (const finding of wildcardFindings(role, statement)) {
      if (reason === undefined) throw new Error(`${role.node.path}: ${finding} is a wildcard without a reason`);
      Validations.of(role).acknowledge({ id: `AwsSolutions-IAM5[${finding}]`, reason });
    }
  }
}

/** The findings of AwsSolutions-IAM5 for one statement, in cdk-nag's notation: `Action::s3:Get*`, `Resource::<Bucket.Arn>/*`. */
function wildcardFindings(role: Role, statement: PolicyStatement): string[] {
  const stack = Stack.of(role);
  const texts = (values: readonly string[]) => values.map((value) => flatten(stack.resolve(value)));
  return [
    ...texts(statement.actions)
      .filter((action) => action.includes("*"))
      .map((action) => `Action::${action}`),
    ...texts(statement.resources)
      .filter((resource) => resource.includes("*"))
      .map((resource) => `Resource::${resource}`),
  ];
}

/** Writes a resolved CloudFormation value as one line: references stand in angle brackets. */
function flatten(value: unknown): string {
  if (typeof value === "string") return value;
  const [name, argument] = Object.entries(value as Record<string, unknown>)[0] ?? [];
  if (name === "Ref") return `<${String(argument)}>`;
  if (name === "Fn::GetAtt") return `<${(argument as string[]).join(".")}>`;
  if (name === "Fn::Sub") return String(argument).replaceAll("${", "<").replaceAll("}", ">");
  if (name === "Fn::Join") {
    const [separator, parts] = argument as [string, unknown[]];
    return parts.map(flatten).join(separator);
  }
  throw new Error(
    `cannot write ${JSON.stringify(value)} as a policy finding; use names, Ref, Fn::GetAtt, Fn::Sub or Fn::Join`,
  );
}
