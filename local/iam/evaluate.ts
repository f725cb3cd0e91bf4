import { type Caller, namesAccountOf, namesCaller } from "./caller.ts";
import { conditionsHold } from "./conditions.ts";
import type { Policy, RequestContextKeys, Statement } from "./policy.ts";
import { replaceVariables } from "./policy-variables.ts";
import { matchesArn, matchesWildcard } from "./wildcards.ts";

/** One thing that a caller wants to do. */
export interface AccessRequest {
  readonly caller: Caller;
  /** `s3:GetObject` */
  readonly action: string;
  /** An ARN, or `*` for actions that take no resource. */
  readonly resource: string;
  readonly context: RequestContextKeys;
}

/** A policy and where it comes from. */
export interface NamedPolicy {
  /** `identity` belongs to the caller, `boundary` limits it, `resource` belongs to the resource. */
  readonly kind: "identity" | "boundary" | "resource";
  readonly name: string;
  readonly policy: Policy;
  /** KMS: without a word of the key's own policy, the policies of the account count for nothing. */
  readonly isKeyPolicy?: boolean;
}

/** The part of a statement that matched. */
export interface Match {
  readonly kind: NamedPolicy["kind"];
  readonly policy: string;
  readonly statement: string;
  /** The action pattern; for NotAction `!` stands before the list. */
  readonly action: string;
  readonly resource: string;
}

/** The verdict, with every statement that decided it. */
export type Decision =
  | { readonly allowed: true; readonly matches: readonly Match[] }
  | {
      readonly allowed: false;
      readonly explicit: Match | undefined;
      readonly missing: "identity" | "resource" | "boundary";
    };

/**
 * Decides a request within one account as AWS documents it: an explicit deny wins, then a policy of the resource that names the caller
 * allows, then the caller's own policies do, within the boundary if there is one
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html).
 */
export function evaluate(request: AccessRequest, policies: readonly NamedPolicy[]): Decision {
  const allows: Match[] = [];
  let accountNamed = false;
  for (const entry of policies) {
    for (const statement of entry.policy.statements) {
      const match = matchStatement(request, entry, statement);
      if (match === undefined) continue;
      if (match === "account") accountNamed ||= statement.effect === "Allow";
      else if (statement.effect === "Deny") return { allowed: false, explicit: match, missing: "identity" };
      else allows.push(match);
    }
  }
  const of = (kind: NamedPolicy["kind"]): Match[] => allows.filter((match) => match.kind === kind);
  const byResource = of("resource");
  if (byResource.length > 0) return { allowed: true, matches: allows };
  if (request.caller.kind === "service") return { allowed: false, explicit: undefined, missing: "resource" };
  const keyDecides = policies.some((entry) => entry.isKeyPolicy === true);
  if (keyDecides && !accountNamed) return { allowed: false, explicit: undefined, missing: "resource" };
  if (of("identity").length === 0) return { allowed: false, explicit: undefined, missing: "identity" };
  const isBounded = policies.some((entry) => entry.kind === "boundary");
  if (isBounded && of("boundary").length === 0) return { allowed: false, explicit: undefined, missing: "boundary" };
  return { allowed: true, matches: allows };
}

function matchStatement(
  request: AccessRequest,
  entry: NamedPolicy,
  statement: Statement,
): Match | "account" | undefined {
  const action = matchAction(statement, request.action);
  if (action === undefined) return undefined;
  const resource = matchResource(statement, request, entry.policy.hasVariables);
  if (resource === undefined) return undefined;
  let byAccount = false;
  if (entry.kind === "resource") {
    if (statement.principal === undefined) return undefined;
    if (!namesCaller(statement.principal, request.caller)) {
      if (!namesAccountOf(statement.principal, request.caller)) return undefined;
      byAccount = true;
    }
  }
  if (!conditionsHold(statement.conditions, request.context, entry.policy.hasVariables)) return undefined;
  // A deny for the account holds for all who belong to it; an allow only lets their own policies decide.
  if (byAccount && statement.effect === "Allow") return "account";
  return { kind: entry.kind, policy: entry.name, statement: statement.name, action, resource };
}

function matchAction(statement: Statement, action: string): string | undefined {
  const found = statement.actions.find((pattern) => matchesWildcard(pattern, action, true));
  if (statement.negatedActions) return found === undefined ? `!${statement.actions.join(",")}` : undefined;
  return found;
}

function matchResource(statement: Statement, request: AccessRequest, hasVariables: boolean): string | undefined {
  const matches = (pattern: string): boolean => {
    const replaced = hasVariables ? replaceVariables(pattern, request.context) : pattern;
    return replaced !== undefined && matchesArn(replaced, request.resource);
  };
  const found = statement.resources.find(matches);
  if (statement.negatedResources) return found === undefined ? `!${statement.resources.join(",")}` : undefined;
  return found;
}
