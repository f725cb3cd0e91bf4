import type { Cloud } from "../../kernel/cloud.ts";
import { policyOperations } from "./policy-operations.ts";
import { roleOperations } from "./role-operations.ts";
import { rolePolicyOperations } from "./role-policy-operations.ts";
import { openIamStore } from "./store.ts";
import type { IamService } from "./types.ts";

/** Roles and policies, stored with everything that an enforcement of permissions needs; nothing is enforced. */
export function createIam(cloud: Cloud): IamService {
  const store = openIamStore(cloud);
  return {
    id: "iam",
    roleByArn: (arn) => [...store.roles.values()].find((role) => role.arn === arn),
    policyDocumentsOf: (role) => [
      ...Object.values(role.inlinePolicies),
      ...role.attachedPolicies.flatMap((arn) => {
        const policy = store.policies.get(arn);
        const current = policy?.versions.find((version) => version.versionId === policy.defaultVersionId);
        return current ? [current.document] : [];
      }),
    ],
    operations: { ...roleOperations(store), ...rolePolicyOperations(store), ...policyOperations(store) },
  };
}
