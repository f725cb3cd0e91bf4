import type { AuthorizedCall } from "../kernel/authorization.ts";
import { AwsError } from "../kernel/aws-error.ts";
import type { Cloud, Principal } from "../kernel/cloud.ts";
import type { RoleRecord } from "../services/iam/types.ts";
import type { Caller } from "./caller.ts";
import { type Decision, evaluate, type NamedPolicy } from "./evaluate.ts";
import { type Grant, grantsOf } from "./grants.ts";
import { type AllowedCall, type DeniedCall, type Finding, Ledger } from "./ledger.ts";
import { PolicyError } from "./policy.ts";
import { openPolicySources, type PolicySources } from "./policy-sources.ts";
import { accessDenied, refusalMessage } from "./refusal.ts";
import { requestKeys } from "./request-keys.ts";
import { type Requirement, requirementsOf } from "./requirements/index.ts";
import { roleChecksOf } from "./service-role-checks.ts";

/** What the guard has seen, as `/_local/iam` shows it. */
export interface IamReport {
  /** Whether calls that AWS would refuse are refused here. */
  readonly enforced: boolean;
  readonly checked: number;
  readonly deniedTimes: number;
  readonly distinctActions: number;
  readonly allowed: readonly AllowedCall[];
  readonly denied: readonly DeniedCall[];
  readonly findings: readonly Finding[];
  readonly grants: readonly Grant[];
}

/** Checks calls against the policies of the deployed stack. */
export interface IamGuard {
  /** Throws AwsError in AWS's words when the call is refused; without enforcement only records. */
  authorize(call: AuthorizedCall): void;
  report(): IamReport;
}

interface Subject {
  readonly caller: Caller;
  readonly role: RoleRecord | undefined;
}

/** Makes a guard over the policies that the cloud's services hold at the time of each call. */
export function createIamGuard(cloud: Cloud, options: { readonly enforce: boolean }): IamGuard {
  const sources = openPolicySources(cloud);
  const ledger = new Ledger();

  function decide(subject: Subject, principal: Principal, requirement: Requirement): Decision {
    const { caller, role } = subject;
    const policies: NamedPolicy[] = [
      ...(role === undefined ? [] : sources.ofRole(role)),
      ...sources.ofResource(requirement.resource),
    ];
    const { region, accountId } = cloud;
    const context = requestKeys({ caller, role, principal, requirement, region, accountId, nowMillis: cloud.now() });
    return evaluate({ caller, action: requirement.action, resource: requirement.resource, context }, policies);
  }

  /** The refusal's message, or undefined when the requirement is met. Records either. */
  function check(
    subject: Subject,
    { service, operation, principal }: Omit<AuthorizedCall, "input">,
    requirement: Requirement,
  ): string | undefined {
    const { action, resource } = requirement;
    const entry = { subject: nameOf(subject.caller), service, operation, action, resource };
    const decision = decide(subject, principal, requirement);
    if (decision.allowed) {
      ledger.allow({ ...entry, matches: decision.matches });
      return undefined;
    }
    const message = refusalMessage(subject.caller, requirement, decision);
    ledger.deny({ ...entry, message });
    return message;
  }

  function refuse(error: AwsError): void {
    if (options.enforce) throw error;
  }

  function checkCaller(subject: Subject, call: AuthorizedCall): void {
    const { service, operation } = call;
    const requirements = requirementsOf(service, operation, call.input, sources.lookup);
    if (requirements === undefined) {
      const reason = "the permissions that this operation needs are not known to the local cloud";
      ledger.find({ subject: nameOf(subject.caller), service, operation, reason });
      refuse(accessDenied(service, `${service}:${operation}: ${reason}`));
      return;
    }
    for (const requirement of requirements) {
      const message = check(subject, call, requirement);
      if (message !== undefined) refuse(accessDenied(service, message));
    }
  }

  function checkRoles(call: AuthorizedCall): void {
    for (const { roleArn, requirement, refusal } of roleChecksOf(
      call.service,
      call.operation,
      call.input,
      sources.lookup,
    )) {
      const principal = { arn: roleArn };
      const subject = subjectOf(sources, cloud.accountId, principal);
      if (subject === undefined) continue;
      const message = check(subject, { ...call, principal }, requirement);
      if (message !== undefined) refuse(new AwsError(refusal.code, 400, refusal.message));
    }
  }

  return {
    authorize(call) {
      const subject = subjectOf(sources, cloud.accountId, call.principal);
      try {
        if (subject !== undefined) checkCaller(subject, call);
        checkRoles(call);
      } catch (error) {
        if (!(error instanceof PolicyError)) throw error;
        const { service, operation } = call;
        ledger.find({ subject: subject ? nameOf(subject.caller) : "", service, operation, reason: error.message });
        refuse(accessDenied(service, `a policy cannot be evaluated: ${error.message}`));
      }
    },
    report() {
      const allowed = ledger.allowed();
      return {
        enforced: options.enforce,
        checked: ledger.checked,
        deniedTimes: ledger.deniedTimes,
        distinctActions: new Set(allowed.map(({ action }) => action)).size,
        allowed,
        denied: ledger.denied(),
        findings: ledger.findings(),
        grants: grantsOf(sources, allowed),
      };
    },
  };
}

const nameOf = (caller: Caller): string => (caller.kind === "role" ? caller.roleName : caller.name);

/** The role or service behind a principal; undefined for people, whom nothing is refused here, and for what AWS does inside. */
function subjectOf(sources: PolicySources, accountId: string, { arn }: Principal): Subject | undefined {
  if (/^[a-z0-9.-]+\.amazonaws\.com$/.test(arn)) {
    return { caller: { kind: "service", name: arn, accountId }, role: undefined };
  }
  const session = /^arn:([^:]+):sts::(\d{12}):assumed-role\/([^/]+)\/(.+)$/.exec(arn);
  const roleName = session?.[3] ?? /^arn:[^:]+:iam::\d{12}:role\/(?:.*\/)?([^/]+)$/.exec(arn)?.[1];
  if (roleName === undefined) return undefined;
  const role = sources.role(roleName);
  const partition = arn.split(":")[1] ?? "aws";
  const roleArn = role?.arn ?? `arn:${partition}:iam::${accountId}:role/${roleName}`;
  const sessionArn = session === null ? `arn:${partition}:sts::${accountId}:assumed-role/${roleName}/session` : arn;
  return { caller: { kind: "role", roleName, roleArn, sessionArn, accountId }, role };
}
