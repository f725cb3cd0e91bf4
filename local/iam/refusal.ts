import { AwsError } from "../kernel/aws-error.ts";
import { type Caller, displayNameOf } from "./caller.ts";
import type { Decision } from "./evaluate.ts";
import type { Requirement } from "./requirements/requirement.ts";

/** Services that answer with another code or status than most. */
const CODES: Readonly<Record<string, { readonly code: string; readonly status: number }>> = {
  s3: { code: "AccessDenied", status: 403 },
  sns: { code: "AuthorizationErrorException", status: 403 },
  cloudwatch: { code: "AccessDenied", status: 403 },
  sqs: { code: "AccessDenied", status: 403 },
  lambda: { code: "AccessDeniedException", status: 403 },
  "sagemaker-runtime": { code: "AccessDeniedException", status: 403 },
  iam: { code: "AccessDenied", status: 403 },
  sts: { code: "AccessDenied", status: 403 },
  cloudformation: { code: "AccessDenied", status: 403 },
};

/** AWS's words for a refusal (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html). */
export function refusalMessage(
  caller: Caller,
  requirement: Pick<Requirement, "action" | "resource">,
  decision: Extract<Decision, { allowed: false }>,
): string {
  const { action, resource } = requirement;
  const start = `User: ${displayNameOf(caller)} is not authorized to perform: ${action} on resource: ${resource}`;
  if (decision.explicit === undefined) {
    const kind = decision.missing === "boundary" ? "permissions boundary" : `${decision.missing}-based policy`;
    return `${start} because no ${kind} allows the ${action} action`;
  }
  const kind =
    decision.explicit.kind === "boundary"
      ? "a permissions boundary"
      : `${article(decision.explicit.kind)}-based policy`;
  return `${start} with an explicit deny in ${kind}`;
}

/** The error that a service answers with. */
export function accessDenied(service: string, message: string): AwsError {
  const { code, status } = CODES[service] ?? { code: "AccessDeniedException", status: 400 };
  return new AwsError(code, status, message);
}

const article = (kind: string): string => (kind === "identity" ? "an identity" : "a resource");
