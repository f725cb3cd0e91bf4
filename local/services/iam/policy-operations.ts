import { AwsError } from "../../kernel/aws-error.ts";
import type { Operation } from "../../kernel/cloud.ts";
import {
  checkDocument,
  encodeDocument,
  type IamStore,
  iamPage,
  mergeTags,
  newId,
  noSuchEntity,
  policyOf,
} from "./store.ts";
import type { PolicyRecord, PolicyVersionRecord, Tag } from "./types.ts";

const MAX_VERSIONS = 5;

interface Paging {
  Marker?: string;
  MaxItems?: number;
}

interface CreatePolicyInput {
  PolicyName: string;
  PolicyDocument: string;
  Path?: string;
  Description?: string;
  Tags?: Tag[];
}

/** Operations on customer-managed policies. */
export function policyOperations(store: IamStore): Record<string, Operation> {
  const { cloud, policies, roles } = store;
  const rolesOf = (arn: string) => [...roles.values()].filter((role) => role.attachedPolicies.includes(arn));

  function viewOf(policy: PolicyRecord) {
    return {
      PolicyName: policy.policyName,
      PolicyId: policy.policyId,
      Arn: policy.arn,
      Path: policy.path,
      DefaultVersionId: policy.defaultVersionId,
      AttachmentCount: rolesOf(policy.arn).length,
      IsAttachable: true,
      Description: policy.description,
      CreateDate: new Date(policy.createdMillis),
      UpdateDate: new Date(policy.updatedMillis),
      ...(policy.tags.length > 0 ? { Tags: [...policy.tags] } : {}),
    };
  }

  return {
    CreatePolicy(input: CreatePolicyInput) {
      const path = input.Path ?? "/";
      const arn = `arn:${cloud.partition}:iam::${cloud.accountId}:policy${path}${input.PolicyName}`;
      if (policies.has(arn)) {
        throw new AwsError(
          "EntityAlreadyExistsException",
          409,
          `A policy called ${input.PolicyName} already exists. Duplicate names are not allowed.`,
        );
      }
      const nowMillis = cloud.now();
      const document = checkDocument(input.PolicyDocument);
      const policy: PolicyRecord = {
        policyName: input.PolicyName,
        policyId: newId("ANPA"),
        arn,
        path,
        ...(input.Description === undefined ? {} : { description: input.Description }),
        createdMillis: nowMillis,
        updatedMillis: nowMillis,
        defaultVersionId: "v1",
        nextVersion: 2,
        versions: [{ versionId: "v1", document, createdMillis: nowMillis }],
        tags: mergeTags([], input.Tags ?? []),
      };
      return { Policy: viewOf(policies.set(arn, policy)) };
    },
    GetPolicy: (input: { PolicyArn: string }) => ({ Policy: viewOf(policyOf(store, input.PolicyArn)) }),
    ListPolicies(input: { OnlyAttached?: boolean; PathPrefix?: string } & Paging) {
      const matching = [...policies.values()].filter(
        (policy) =>
          policy.path.startsWith(input.PathPrefix ?? "/") && (!input.OnlyAttached || rolesOf(policy.arn).length > 0),
      );
      const { items, more } = iamPage(matching, input);
      return { Policies: items.map(viewOf), ...more };
    },
    DeletePolicy(input: { PolicyArn: string }) {
      const policy = policyOf(store, input.PolicyArn);
      if (rolesOf(policy.arn).length > 0) {
        throw new AwsError("DeleteConflictException", 409, "Cannot delete a policy attached to entities.");
      }
      if (policy.versions.length > 1) {
        throw new AwsError(
          "DeleteConflictException",
          409,
          "This policy has more than one version. Before you delete a policy, you must delete the policy's versions.",
        );
      }
      policies.delete(policy.arn);
      return {};
    },
    CreatePolicyVersion(input: { PolicyArn: string; PolicyDocument: string; SetAsDefault?: boolean }) {
      const policy = policyOf(store, input.PolicyArn);
      if (policy.versions.length >= MAX_VERSIONS) {
        throw new AwsError(
          "LimitExceededException",
          409,
          `A managed policy can have up to ${MAX_VERSIONS} versions. Before you create a new version, you must delete an existing version.`,
        );
      }
      const version: PolicyVersionRecord = {
        versionId: `v${policy.nextVersion}`,
        document: checkDocument(input.PolicyDocument),
        createdMillis: cloud.now(),
      };
      const changed = policies.set(policy.arn, {
        ...policy,
        nextVersion: policy.nextVersion + 1,
        updatedMillis: cloud.now(),
        versions: [...policy.versions, version],
        ...(input.SetAsDefault ? { defaultVersionId: version.versionId } : {}),
      });
      const { Document: _, ...view } = versionView(changed, version);
      return { PolicyVersion: view };
    },
    GetPolicyVersion(input: { PolicyArn: string; VersionId: string }) {
      const policy = policyOf(store, input.PolicyArn);
      return { PolicyVersion: versionView(policy, versionOf(policy, input.VersionId)) };
    },
    ListPolicyVersions(input: { PolicyArn: string } & Paging) {
      const policy = policyOf(store, input.PolicyArn);
      const { items, more } = iamPage([...policy.versions].reverse(), input);
      return { Versions: items.map((version) => versionView(policy, version)), ...more };
    },
    DeletePolicyVersion(input: { PolicyArn: string; VersionId: string }) {
      const policy = policyOf(store, input.PolicyArn);
      const version = versionOf(policy, input.VersionId);
      if (version.versionId === policy.defaultVersionId) {
        throw new AwsError("DeleteConflictException", 409, "Cannot delete the default version of a policy.");
      }
      policies.set(policy.arn, { ...policy, versions: policy.versions.filter((one) => one !== version) });
      return {};
    },
    ListEntitiesForPolicy: (input: { PolicyArn: string }) => ({
      PolicyRoles: rolesOf(input.PolicyArn).map((role) => ({ RoleName: role.roleName, RoleId: role.roleId })),
      PolicyUsers: [],
      PolicyGroups: [],
      IsTruncated: false,
    }),
    TagPolicy(input: { PolicyArn: string; Tags: Tag[] }) {
      const policy = policyOf(store, input.PolicyArn);
      policies.set(policy.arn, { ...policy, tags: mergeTags(policy.tags, input.Tags) });
      return {};
    },
    UntagPolicy(input: { PolicyArn: string; TagKeys: string[] }) {
      const policy = policyOf(store, input.PolicyArn);
      policies.set(policy.arn, { ...policy, tags: policy.tags.filter((tag) => !input.TagKeys.includes(tag.Key)) });
      return {};
    },
    ListPolicyTags: (input: { PolicyArn: string }) => ({
      Tags: [...policyOf(store, input.PolicyArn).tags],
      IsTruncated: false,
    }),
  };
}

function versionOf(policy: PolicyRecord, versionId: string): PolicyVersionRecord {
  const version = policy.versions.find((one) => one.versionId === versionId);
  if (!version) throw noSuchEntity(`Policy ${policy.arn} version ${versionId} does not exist or is not attachable.`);
  return version;
}

function versionView(policy: PolicyRecord, version: PolicyVersionRecord) {
  return {
    Document: encodeDocument(version.document),
    VersionId: version.versionId,
    IsDefaultVersion: version.versionId === policy.defaultVersionId,
    CreateDate: new Date(version.createdMillis),
  };
}
