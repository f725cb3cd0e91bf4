import type { Operation } from "../../kernel/cloud.ts";
import { checkDocument, encodeDocument, type IamStore, iamPage, noSuchEntity, policyOf, roleNamed } from "./store.ts";

interface Paging {
  Marker?: string;
  MaxItems?: number;
}

/** Operations on the policies of roles: inline and attached. */
export function rolePolicyOperations(store: IamStore): Record<string, Operation> {
  const { cloud, roles } = store;
  const awsManaged = `arn:${cloud.partition}:iam::aws:policy/`;

  return {
    PutRolePolicy(input: { RoleName: string; PolicyName: string; PolicyDocument: string }) {
      const role = roleNamed(store, input.RoleName);
      const inlinePolicies = { ...role.inlinePolicies, [input.PolicyName]: checkDocument(input.PolicyDocument) };
      roles.set(role.roleName, { ...role, inlinePolicies });
      return {};
    },
    GetRolePolicy(input: { RoleName: string; PolicyName: string }) {
      const document = roleNamed(store, input.RoleName).inlinePolicies[input.PolicyName];
      if (document === undefined) throw noInlinePolicy(input.PolicyName);
      return { RoleName: input.RoleName, PolicyName: input.PolicyName, PolicyDocument: encodeDocument(document) };
    },
    ListRolePolicies(input: { RoleName: string } & Paging) {
      const { items, more } = iamPage(Object.keys(roleNamed(store, input.RoleName).inlinePolicies).sort(), input);
      return { PolicyNames: items, ...more };
    },
    DeleteRolePolicy(input: { RoleName: string; PolicyName: string }) {
      const role = roleNamed(store, input.RoleName);
      const { [input.PolicyName]: removed, ...inlinePolicies } = role.inlinePolicies;
      if (removed === undefined) throw noInlinePolicy(input.PolicyName);
      roles.set(role.roleName, { ...role, inlinePolicies });
      return {};
    },
    AttachRolePolicy(input: { RoleName: string; PolicyArn: string }) {
      const role = roleNamed(store, input.RoleName);
      // The content of AWS's own managed policies is not known here; only their ARNs are kept.
      if (!input.PolicyArn.startsWith(awsManaged)) policyOf(store, input.PolicyArn);
      const attachedPolicies = [...new Set([...role.attachedPolicies, input.PolicyArn])];
      roles.set(role.roleName, { ...role, attachedPolicies });
      return {};
    },
    DetachRolePolicy(input: { RoleName: string; PolicyArn: string }) {
      const role = roleNamed(store, input.RoleName);
      if (!role.attachedPolicies.includes(input.PolicyArn)) {
        throw noSuchEntity(`Policy ${input.PolicyArn} was not found.`);
      }
      const attachedPolicies = role.attachedPolicies.filter((arn) => arn !== input.PolicyArn);
      roles.set(role.roleName, { ...role, attachedPolicies });
      return {};
    },
    ListAttachedRolePolicies(input: { RoleName: string } & Paging) {
      const { items, more } = iamPage(roleNamed(store, input.RoleName).attachedPolicies, input);
      const attached = items.map((arn) => ({ PolicyName: arn.slice(arn.lastIndexOf("/") + 1), PolicyArn: arn }));
      return { AttachedPolicies: attached, ...more };
    },
  };
}

function noInlinePolicy(name: string) {
  return noSuchEntity(`The role policy with name ${name} cannot be found.`);
}
