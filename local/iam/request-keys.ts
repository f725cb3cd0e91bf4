import type { Principal } from "../kernel/cloud.ts";
import type { RoleRecord } from "../services/iam/types.ts";
import type { Caller } from "./caller.ts";
import type { ContextValue, RequestContextKeys } from "./policy.ts";
import type { Requirement } from "./requirements/requirement.ts";

/** What the keys are made of. */
export interface KeySource {
  readonly caller: Caller;
  readonly role: RoleRecord | undefined;
  readonly principal: Principal;
  readonly requirement: Requirement;
  readonly region: string;
  readonly accountId: string;
  readonly nowMillis: number;
}

/**
 * The condition keys of a request (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html). Transport counts as
 * TLS 1.3, which is what AWS's SDKs use; only on this machine does the same request travel in the clear.
 */
export function requestKeys(source: KeySource): RequestContextKeys {
  const { caller, role, principal, requirement, region, accountId, nowMillis } = source;
  const keys = new Map<string, ContextValue>([
    ["aws:securetransport", "true"],
    ["s3:tlsversion", "1.3"],
    ["aws:currenttime", new Date(nowMillis).toISOString()],
    ["aws:epochtime", String(Math.floor(nowMillis / 1_000))],
    ["aws:requestedregion", region],
    ["aws:resourceaccount", accountId],
    ["aws:principalisawsservice", String(caller.kind === "service")],
  ]);
  if (caller.kind === "role") {
    keys.set("aws:principalarn", caller.roleArn);
    keys.set("aws:principalaccount", caller.accountId);
    keys.set("aws:principaltype", "AssumedRole");
    keys.set("aws:userid", `${role?.roleId ?? ""}:${caller.sessionArn.split("/").at(-1)}`);
    for (const tag of role?.tags ?? []) keys.set(`aws:principaltag/${tag.Key.toLowerCase()}`, tag.Value);
  } else {
    keys.set("aws:principalservicename", caller.name);
    keys.set("aws:sourceaccount", accountId);
    // The name that older policies, such as SNS's default one, use for the same thing.
    keys.set("aws:sourceowner", accountId);
  }
  if (principal.sourceArn !== undefined) keys.set("aws:sourcearn", principal.sourceArn);
  for (const [key, value] of Object.entries(requirement.context ?? {})) keys.set(key.toLowerCase(), value);
  return keys;
}
