import { AwsError } from "../../kernel/aws-error.ts";
import type { Operation } from "../../kernel/cloud.ts";
import { checkDocument, encodeDocument, type IamStore, iamPage, mergeTags, newId, roleNamed } from "./store.ts";
import type { RoleRecord, Tag } from "./types.ts";

interface CreateRoleInput {
  RoleName: string;
  AssumeRolePolicyDocument: string;
  Path?: string;
  Description?: string;
  MaxSessionDuration?: number;
  PermissionsBoundary?: string;
  Tags?: Tag[];
}

/** Operations on roles themselves. */
export function roleOperations(store: IamStore): Record<string, Operation> {
  const { cloud, roles } = store;
  const change = (roleName: string, changes: Partial<RoleRecord>): RoleRecord =>
    roles.set(roleName, { ...roleNamed(store, roleName), ...changes });

  return {
    CreateRole(input: CreateRoleInput) {
      if (roles.has(input.RoleName)) {
        throw new AwsError("EntityAlreadyExistsException", 409, `Role with name ${input.RoleName} already exists.`);
      }
      const path = input.Path ?? "/";
      const role: RoleRecord = {
        roleName: input.RoleName,
        roleId: newId("AROA"),
        arn: `arn:${cloud.partition}:iam::${cloud.accountId}:role${path}${input.RoleName}`,
        path,
        createdMillis: cloud.now(),
        trustPolicy: checkDocument(input.AssumeRolePolicyDocument),
        ...(input.Description === undefined ? {} : { description: input.Description }),
        maxSessionSeconds: input.MaxSessionDuration ?? 3_600,
        ...(input.PermissionsBoundary === undefined ? {} : { permissionsBoundary: input.PermissionsBoundary }),
        tags: mergeTags([], input.Tags ?? []),
        inlinePolicies: {},
        attachedPolicies: [],
      };
      return { Role: viewOf(roles.set(role.roleName, role)) };
    },
    GetRole: (input: { RoleName: string }) => ({ Role: viewOf(roleNamed(store, input.RoleName)) }),
    ListRoles(input: { PathPrefix?: string; Marker?: string; MaxItems?: number }) {
      const matching = [...roles.values()]
        .filter((role) => role.path.startsWith(input.PathPrefix ?? "/"))
        .sort((a, b) => (a.roleName < b.roleName ? -1 : 1));
      const { items, more } = iamPage(matching, input);
      return { Roles: items.map(viewOf), ...more };
    },
    DeleteRole(input: { RoleName: string }) {
      const role = roleNamed(store, input.RoleName);
      if (role.attachedPolicies.length > 0) {
        throw new AwsError("DeleteConflictException", 409, "Cannot delete entity, must detach all policies first.");
      }
      if (Object.keys(role.inlinePolicies).length > 0) {
        throw new AwsError("DeleteConflictException", 409, "Cannot delete entity, must delete policies first.");
      }
      roles.delete(input.RoleName);
      return {};
    },
    UpdateRole(input: { RoleName: string; Description?: string; MaxSessionDuration?: number }) {
      change(input.RoleName, {
        ...(input.Description === undefined ? {} : { description: input.Description }),
        ...(input.MaxSessionDuration === undefined ? {} : { maxSessionSeconds: input.MaxSessionDuration }),
      });
      return {};
    },
    UpdateRoleDescription(input: { RoleName: string; Description: string }) {
      return { Role: viewOf(change(input.RoleName, { description: input.Description })) };
    },
    UpdateAssumeRolePolicy(input: { RoleName: string; PolicyDocument: string }) {
      change(input.RoleName, { trustPolicy: checkDocument(input.PolicyDocument) });
      return {};
    },
    PutRolePermissionsBoundary(input: { RoleName: string; PermissionsBoundary: string }) {
      change(input.RoleName, { permissionsBoundary: input.PermissionsBoundary });
      return {};
    },
    DeleteRolePermissionsBoundary(input: { RoleName: string }) {
      const { permissionsBoundary: _, ...rest } = roleNamed(store, input.RoleName);
      roles.set(input.RoleName, rest);
      return {};
    },
    TagRole(input: { RoleName: string; Tags: Tag[] }) {
      change(input.RoleName, { tags: mergeTags(roleNamed(store, input.RoleName).tags, input.Tags) });
      return {};
    },
    UntagRole(input: { RoleName: string; TagKeys: string[] }) {
      const { tags } = roleNamed(store, input.RoleName);
      change(input.RoleName, { tags: tags.filter((tag) => !input.TagKeys.includes(tag.Key)) });
      return {};
    },
    ListRoleTags: (input: { RoleName: string }) => ({
      Tags: [...roleNamed(store, input.RoleName).tags],
      IsTruncated: false,
    }),
    ListInstanceProfilesForRole(input: { RoleName: string }) {
      roleNamed(store, input.RoleName);
      return { InstanceProfiles: [], IsTruncated: false };
    },
  };
}

function viewOf(role: RoleRecord) {
  return {
    Path: role.path,
    RoleName: role.roleName,
    RoleId: role.roleId,
    Arn: role.arn,
    CreateDate: new Date(role.createdMillis),
    AssumeRolePolicyDocument: encodeDocument(role.trustPolicy),
    Description: role.description,
    MaxSessionDuration: role.maxSessionSeconds,
    ...(role.permissionsBoundary === undefined
      ? {}
      : {
          PermissionsBoundary: {
            PermissionsBoundaryType: "Policy",
            PermissionsBoundaryArn: role.permissionsBoundary,
          },
        }),
    ...(role.tags.length > 0 ? { Tags: [...role.tags] } : {}),
  };
}
