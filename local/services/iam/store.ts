import { randomBytes } from "node:crypto";
import { AwsError } from "../../kernel/aws-error.ts";
import type { Cloud } from "../../kernel/cloud.ts";
import type { DurableMap } from "../../kernel/durable-map.ts";
import { type Page, paginate } from "../../kernel/paginate.ts";
import type { PolicyRecord, RoleRecord, Tag } from "./types.ts";

/** What all IAM operations share. */
export interface IamStore {
  readonly cloud: Cloud;
  /** By role name. */
  readonly roles: DurableMap<RoleRecord>;
  /** By ARN. */
  readonly policies: DurableMap<PolicyRecord>;
}

/** Opens IAM's tables. */
export function openIamStore(cloud: Cloud): IamStore {
  return { cloud, roles: cloud.table("iam", "roles"), policies: cloud.table("iam", "policies") };
}

/** The role, or NoSuchEntity. */
export function roleNamed(store: IamStore, roleName: string): RoleRecord {
  const role = store.roles.get(roleName);
  if (!role) throw noSuchEntity(`The role with name ${roleName} cannot be found.`);
  return role;
}

/** The customer-managed policy, or NoSuchEntity. */
export function policyOf(store: IamStore, arn: string): PolicyRecord {
  const policy = store.policies.get(arn);
  if (!policy) throw noSuchEntity(`Policy ${arn} was not found.`);
  return policy;
}

/** AWS's error for what does not exist. */
export function noSuchEntity(message: string): AwsError {
  return new AwsError("NoSuchEntityException", 404, message);
}

/** Refuses a policy document that is not a JSON object. */
export function checkDocument(document: string): string {
  try {
    const parsed: unknown = JSON.parse(document);
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return document;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new AwsError("MalformedPolicyDocumentException", 400, "Syntax errors in policy.");
}

/** An id such as `AROA` followed by 17 characters. */
export function newId(prefix: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  return prefix + [...randomBytes(17)].map((byte) => alphabet[byte % alphabet.length]).join("");
}

/** Policy documents leave IAM percent-encoded (RFC 3986). */
export function encodeDocument(document: string): string {
  return encodeURIComponent(document).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Tags with the given ones added or replaced. */
export function mergeTags(tags: readonly Tag[], added: readonly Tag[]): Tag[] {
  const byKey = new Map(tags.map((tag) => [tag.Key, tag]));
  for (const tag of added) byKey.set(tag.Key, { Key: tag.Key, Value: tag.Value });
  return [...byKey.values()];
}

/** One page in IAM's manner: Marker, MaxItems, IsTruncated. */
export function iamPage<T>(all: readonly T[], input: { Marker?: string; MaxItems?: number }) {
  const page: Page<T> = paginate(
    all,
    input.MaxItems ?? 100,
    input.Marker,
    () => new AwsError("ValidationError", 400, "Invalid Marker."),
  );
  const more = page.next === undefined ? { IsTruncated: false } : { IsTruncated: true, Marker: page.next };
  return { items: page.items, more };
}
