import type { Cloud } from "../kernel/cloud.ts";
import type { PolicyRecord, RoleRecord } from "../services/iam/types.ts";
import type { KeyRecord } from "../services/kms/types.ts";
import type { FunctionAttachments, StoredFunction } from "../services/lambda/function-store.ts";
import type { Bucket, ObjectVersion } from "../services/s3/store/records.ts";
import type { TopicRecord } from "../services/sns/types.ts";
import type { QueueRecord } from "../services/sqs/types.ts";
import type { MachineRecord, RevisionRecord } from "../services/stepfunctions/engine/records.ts";
import type { NamedPolicy } from "./evaluate.ts";
import { awsManagedPolicy } from "./managed-policies.ts";
import { parsePolicy } from "./parse-policy.ts";
import { type Policy, PolicyError } from "./policy.ts";
import type { RoleLookup } from "./service-role-checks.ts";

/** Where the policies are that decide a call. Read straight from the services' tables: a check must take microseconds. */
export interface PolicySources {
  readonly lookup: RoleLookup;
  role(name: string): RoleRecord | undefined;
  roles(): Iterable<RoleRecord>;
  /** Inline, attached and boundary policies of a role. Throws PolicyError for one whose content is not known. */
  ofRole(role: RoleRecord): NamedPolicy[];
  /** The policies of the resource, when its kind has policies. */
  ofResource(arn: string): NamedPolicy[];
  /** ARNs of all resources that have a policy. */
  resourcesWithPolicies(): string[];
}

const MAX_PARSED = 2_000;

/** Opens the sources of a cloud. */
export function openPolicySources(cloud: Cloud): PolicySources {
  const { partition, region, accountId } = cloud;
  const roles = cloud.table<RoleRecord>("iam", "roles");
  const managed = cloud.table<PolicyRecord>("iam", "policies");
  const buckets = cloud.table<Bucket>("s3", "buckets");
  const objects = cloud.table<ObjectVersion>("s3", "objects");
  const queues = cloud.table<QueueRecord>("sqs", "queues");
  const topics = cloud.table<TopicRecord>("sns", "topics");
  const functions = cloud.table<StoredFunction>("lambda", "functions");
  const attachments = cloud.table<FunctionAttachments>("lambda", "attachments");
  const keys = cloud.table<KeyRecord>("kms", "keys");
  const machines = cloud.table<MachineRecord>("stepfunctions", "machines");
  const revisions = cloud.table<RevisionRecord>("stepfunctions", "revisions");
  const parsed = new Map<string, Policy>();
  const functionPolicies = new WeakMap<object, Policy>();

  function parse(document: string): Policy {
    let policy = parsed.get(document);
    if (policy === undefined) {
      policy = parsePolicy(document);
      if (parsed.size >= MAX_PARSED) parsed.clear();
      parsed.set(document, policy);
    }
    return policy;
  }

  const resource = (name: string, document: unknown): NamedPolicy[] =>
    typeof document === "string" && document !== "" ? [{ kind: "resource", name, policy: parse(document) }] : [];

  function attached(arn: string, kind: "identity" | "boundary"): NamedPolicy {
    const policy = managed.get(arn);
    const version = policy?.versions.find((one) => one.versionId === policy.defaultVersionId);
    const document = version?.document ?? awsManagedPolicy(arn);
    if (document === undefined) throw new PolicyError(`the content of ${arn} is not known to the local cloud`);
    return { kind, name: arn.slice(arn.lastIndexOf("/") + 1), policy: parse(document) };
  }

  function ofFunction(arn: string): NamedPolicy[] {
    const [name = "", qualifier = ""] = arn.split(":").slice(6);
    const policies = attachments.get(name)?.policies[qualifier];
    if (policies === undefined) return [];
    let policy = functionPolicies.get(policies.statements);
    if (policy === undefined) {
      policy = parsePolicy(JSON.stringify({ Version: "2012-10-17", Statement: policies.statements }));
      functionPolicies.set(policies.statements, policy);
    }
    return [{ kind: "resource", name: arn, policy }];
  }

  return {
    lookup: {
      partition,
      region,
      accountId,
      objectHasTags: (bucket, key, versionId) =>
        Object.keys(objects.get(`${bucket}/${versionId}/${key}`)?.tags ?? {}).length > 0,
      functionRole: (text) => {
        const name = text.startsWith("arn:") ? (text.split(":")[6] ?? "") : (text.split(":").at(-1) ?? text);
        return functions.get(`${name}:$LATEST`)?.role;
      },
      stateMachineRole: (arn) => revisions.get(machines.get(arn)?.revisionId ?? "")?.roleArn,
    },
    role: (name) => roles.get(name),
    roles: () => roles.values(),
    ofRole(role) {
      return [
        ...Object.entries(role.inlinePolicies).map(
          ([name, document]): NamedPolicy => ({ kind: "identity", name, policy: parse(document) }),
        ),
        ...role.attachedPolicies.map((arn) => attached(arn, "identity")),
        ...(role.permissionsBoundary === undefined ? [] : [attached(role.permissionsBoundary, "boundary")]),
      ];
    },
    ofResource(arn) {
      const parts = arn.split(":");
      const name = parts.slice(5).join(":");
      switch (parts[2]) {
        case "s3":
          return resource(arn.split("/")[0] ?? arn, buckets.get(name.split("/")[0] ?? "")?.configurations["Policy"]);
        case "sqs":
          return resource(arn, queues.get(name)?.attributes["Policy"]);
        case "sns": {
          const topic = topics.get(arn);
          return resource(arn, topic && (topic.attributes["Policy"] ?? defaultTopicPolicy(arn, accountId)));
        }
        case "lambda":
          return ofFunction(arn);
        case "kms":
          return resource(arn, keys.get(name.replace(/^key\//, ""))?.policy).map((policy) => ({
            ...policy,
            isKeyPolicy: true,
          }));
        default:
          return [];
      }
    },
    resourcesWithPolicies: () => [
      ...[...buckets.values()].map(({ name }) => `arn:${partition}:s3:::${name}`),
      ...[...queues.values()].map(({ name }) => `arn:${partition}:sqs:${region}:${accountId}:${name}`),
      ...[...topics.values()].filter((topic) => topic.attributes["Policy"] !== undefined).map(({ arn }) => arn),
      ...[...attachments.entries()].map(([name]) => `arn:${partition}:lambda:${region}:${accountId}:function:${name}`),
    ],
  };
}

/** The policy of a topic that was given none (https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html). */
function defaultTopicPolicy(arn: string, accountId: string): string {
  return JSON.stringify({
    Version: "2008-10-17",
    Statement: [
      {
        Sid: "__default_statement_ID",
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: ["SNS:GetTopicAttributes", "SNS:SetTopicAttributes", "SNS:Subscribe", "SNS:Publish"],
        Resource: arn,
        Condition: { StringEquals: { "AWS:SourceOwner": accountId } },
      },
    ],
  });
}
