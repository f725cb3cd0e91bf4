import type { PrincipalElement } from "./policy.ts";

/** Who makes a call, as the policies see it. */
export type Caller = RoleCaller | ServiceCaller;

/** A session of a role. */
export interface RoleCaller {
  readonly kind: "role";
  readonly roleName: string;
  /** `arn:aws:iam::1:role/path/name` */
  readonly roleArn: string;
  /** `arn:aws:sts::1:assumed-role/name/session` */
  readonly sessionArn: string;
  readonly accountId: string;
}

/** A service of AWS that acts for one of the account's resources, such as EventBridge for a rule. */
export interface ServiceCaller {
  readonly kind: "service";
  /** `events.amazonaws.com` */
  readonly name: string;
  readonly accountId: string;
}

/** The ARN that AWS's messages show. */
export function displayNameOf(caller: Caller): string {
  return caller.kind === "role" ? caller.sessionArn : caller.name;
}

/**
 * Whether a statement of a resource policy is about the caller. The account itself as principal does not name its roles: it leaves the
 * decision to their own policies (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html).
 */
export function namesCaller(principal: PrincipalElement, caller: Caller): boolean {
  if (principal.everybody) return true;
  if (caller.kind === "service") return principal.service.includes(caller.name);
  return principal.aws.some((arn) => arn === caller.roleArn || arn === caller.sessionArn);
}

/** Whether a statement names the caller's account: the account's own policies then decide. */
export function namesAccountOf(principal: PrincipalElement, caller: Caller): boolean {
  return principal.aws.some((arn) => arn === caller.accountId || arn.endsWith(`:iam::${caller.accountId}:root`));
}
