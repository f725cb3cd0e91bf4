import type { LocalService } from "../../kernel/cloud.ts";

/** A tag as IAM shows it. */
export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** A role with everything that decides what it may do. Policy documents are JSON text as they were given. */
export interface RoleRecord {
  readonly roleName: string;
  readonly roleId: string;
  readonly arn: string;
  readonly path: string;
  readonly createdMillis: number;
  readonly trustPolicy: string;
  readonly description?: string;
  readonly maxSessionSeconds: number;
  readonly permissionsBoundary?: string;
  readonly tags: readonly Tag[];
  /** Policy name to document. */
  readonly inlinePolicies: Readonly<Record<string, string>>;
  /** ARNs of managed policies, those of AWS included. */
  readonly attachedPolicies: readonly string[];
}

/** A customer-managed policy with its versions, oldest first. */
export interface PolicyRecord {
  readonly policyName: string;
  readonly policyId: string;
  readonly arn: string;
  readonly path: string;
  readonly description?: string;
  readonly createdMillis: number;
  readonly updatedMillis: number;
  readonly defaultVersionId: string;
  readonly nextVersion: number;
  readonly versions: readonly PolicyVersionRecord[];
  readonly tags: readonly Tag[];
}

export interface PolicyVersionRecord {
  readonly versionId: string;
  readonly document: string;
  readonly createdMillis: number;
}

/** IAM with in-process access to roles, for services that assume them. */
export interface IamService extends LocalService {
  /** The role of that ARN, undefined when it does not exist. */
  roleByArn(arn: string): RoleRecord | undefined;
  /** The documents of all policies that allow or deny the role something: inline, attached customer-managed. */
  policyDocumentsOf(role: RoleRecord): string[];
}
