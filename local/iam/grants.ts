import type { NamedPolicy } from "./evaluate.ts";
import type { AllowedCall } from "./ledger.ts";
import type { PolicySources } from "./policy-sources.ts";

/** One action on one resource that a statement allows, and how often a call needed it. */
export interface Grant {
  /** `identity` of a role, or `resource` for a policy of a resource. */
  readonly kind: NamedPolicy["kind"];
  /** Name of the role, or ARN of the resource. */
  readonly holder: string;
  readonly policy: string;
  readonly statement: string;
  readonly action: string;
  readonly resource: string;
  readonly uses: number;
}

/** Everything that the policies allow, with its uses; what no call needed has 0. */
export function grantsOf(sources: PolicySources, allowed: readonly AllowedCall[]): Grant[] {
  const uses = new Map<string, number>();
  for (const call of allowed) {
    for (const match of call.matches) {
      const holder = match.kind === "resource" ? match.policy : call.subject;
      const id = idOf(holder, match.policy, match.statement, match.action, match.resource);
      uses.set(id, (uses.get(id) ?? 0) + call.times);
    }
  }
  const grants = (holder: string, policies: readonly NamedPolicy[]): Grant[] =>
    policies.flatMap(({ kind, name, policy }) =>
      policy.statements
        .filter((statement) => statement.effect === "Allow" && kind !== "boundary")
        .flatMap((statement) =>
          patterns(statement.actions, statement.negatedActions).flatMap((action) =>
            patterns(statement.resources, statement.negatedResources).map((resource) => ({
              kind,
              holder,
              policy: name,
              statement: statement.name,
              action,
              resource,
              uses: uses.get(idOf(holder, name, statement.name, action, resource)) ?? 0,
            })),
          ),
        ),
    );
  return [
    ...[...sources.roles()].flatMap((role) => grants(role.roleName, sources.ofRole(role))),
    ...sources.resourcesWithPolicies().flatMap((arn) => grants(arn, sources.ofResource(arn))),
  ];
}

const patterns = (values: readonly string[], negated: boolean): readonly string[] =>
  negated ? [`!${values.join(",")}`] : values;

const idOf = (...parts: string[]): string => parts.join("\n");
