import type { Grant } from "../../../local/iam/grants.ts";
import type { IamReport } from "../../../local/iam/guard.ts";

/** Permissions that no run of the proof uses, and why they are granted all the same. */
export interface Explanation {
  /** Whose they are: short names as {@link holderName} gives them. */
  readonly holders: readonly string[];
  readonly actions: readonly string[];
  /** Part of the resource, when the same action is used on another one. */
  readonly resource?: string;
  readonly reason: string;
}

/** The part of a generated name that says what it is: `ingest`, `Training machine`, `Sagemaker`, `queue Ingest`. */
export function holderName(holder: string): string {
  const handler = /FactoryFunctions([a-z]+)Role/.exec(holder)?.[1];
  if (handler !== undefined) return handler;
  const named: readonly (readonly [RegExp, string])[] = [
    [/Factory([A-Za-z]+)MachineEventsRole/, "events role"],
    [/CustomS3AutoDeleteObjects/, "bucket emptier"],
    [/FactorySagemakerRole/, "Sagemaker"],
    [/Factory([A-Za-z]+?)Role/, "machine"],
    [/^arn:[^:]+:s3:::/, "bucket"],
    [/^arn:[^:]+:sqs:.*Factory([A-Za-z]+?)(?:Queue|DeadLetters)/, "queue"],
    [/^arn:[^:]+:sns:/, "topic"],
    [/^arn:[^:]+:lambda:.*FactoryFunctions([a-z]+)Function/, "function"],
  ];
  for (const [pattern, kind] of named) {
    const match = pattern.exec(holder);
    if (match !== null) return match[1] === undefined ? kind : `${match[1]} ${kind}`;
  }
  return holder;
}

const keyOf = (grant: Grant): string =>
  [grant.kind, grant.holder, grant.policy, grant.statement, grant.action, grant.resource].join("\n");

/** Grants that no run has used; the runs are of one deployment. */
export function unusedGrants(reports: readonly IamReport[]): Grant[] {
  const used = new Set(
    reports.flatMap(({ grants }) => grants.filter(({ uses }) => uses > 0).map((grant) => keyOf(grant))),
  );
  const all = new Map(reports.flatMap(({ grants }) => grants.map((grant): [string, Grant] => [keyOf(grant), grant])));
  return [...all].filter(([key]) => !used.has(key)).map(([, grant]) => grant);
}

/** Everything that is wrong, one line each; empty when the proof holds. */
export function iamProblems(reports: readonly IamReport[], explanations: readonly Explanation[]): string[] {
  const explained = (grant: Grant): readonly Explanation[] =>
    explanations.filter((explanation) => explains(explanation, grant));
  const unexplained = unusedGrants(reports).filter((grant) => explained(grant).length === 0);
  // Whether a repair is needed depends on timing, so an explanation may be of a grant that was used; but it must be granted.
  const stale = new Set(
    explanations.flatMap(({ holders, actions, resource }) =>
      holders.flatMap((holder) => actions.map((action) => lineOf(holder, action, resource))),
    ),
  );
  for (const grant of reports.flatMap(({ grants }) => grants)) {
    for (const { resource } of explained(grant)) stale.delete(lineOf(holderName(grant.holder), grant.action, resource));
  }
  return [
    ...reports.flatMap(({ denied }) => denied.map(({ operation, message }) => `denied: ${operation}: ${message}`)),
    ...reports.flatMap(({ findings }) =>
      findings.map(
        ({ subject, service, operation, reason }) => `finding: ${subject} ${service}:${operation}: ${reason}`,
      ),
    ),
    ...unexplained.map((grant) => `unused: ${lineOf(holderName(grant.holder), grant.action, grant.resource)}`),
    ...[...stale].map((line) => `explained, but not granted: ${line}`),
  ];
}

const lineOf = (holder: string, action: string, resource: string | undefined): string =>
  `${holder}: ${action}${resource === undefined ? "" : ` on ${resource}`}`;

function explains({ holders, actions, resource }: Explanation, grant: Grant): boolean {
  return (
    holders.includes(holderName(grant.holder)) &&
    actions.includes(grant.action) &&
    (resource === undefined || grant.resource.includes(resource))
  );
}
