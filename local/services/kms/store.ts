import { AwsError } from "../../kernel/aws-error.ts";
import type { Cloud } from "../../kernel/cloud.ts";
import type { DurableMap } from "../../kernel/durable-map.ts";
import type { AliasRecord, KeyRecord } from "./types.ts";

/** What all KMS operations share. */
export interface KmsStore {
  readonly cloud: Cloud;
  readonly keys: DurableMap<KeyRecord>;
  readonly aliases: DurableMap<AliasRecord>;
}

/** Opens KMS's tables. */
export function openKmsStore(cloud: Cloud): KmsStore {
  return { cloud, keys: cloud.table("kms", "keys"), aliases: cloud.table("kms", "aliases") };
}

/** The key that a key id, a key ARN, an alias name or an alias ARN names; NotFoundException when there is none. */
export function keyOf(store: KmsStore, identifier: string): KeyRecord {
  const name = identifier.startsWith("arn:") ? identifier.split(":").slice(5).join(":") : identifier;
  const keyId = name.startsWith("alias/") ? store.aliases.get(name)?.keyId : name.replace(/^key\//, "");
  const key = keyId === undefined ? undefined : store.keys.get(keyId);
  if (key) return key;
  const what = name.startsWith("alias/")
    ? `Alias arn:${store.cloud.partition}:kms:${store.cloud.region}:${store.cloud.accountId}:${name} is not found.`
    : `Key '${identifier}' does not exist`;
  throw new AwsError("NotFoundException", 400, what);
}

/** The key, when it may be used for cryptography. */
export function usableKey(store: KmsStore, identifier: string): KeyRecord {
  const key = keyOf(store, identifier);
  if (key.deletionMillis !== undefined) {
    throw new AwsError("KMSInvalidStateException", 400, `${key.arn} is pending deletion.`);
  }
  if (!key.enabled) throw new AwsError("DisabledException", 400, `${key.arn} is disabled.`);
  return key;
}

/** A key in the words of DescribeKey. */
export function keyMetadata(store: KmsStore, key: KeyRecord) {
  const state = key.deletionMillis !== undefined ? "PendingDeletion" : key.enabled ? "Enabled" : "Disabled";
  return {
    AWSAccountId: store.cloud.accountId,
    KeyId: key.keyId,
    Arn: key.arn,
    CreationDate: new Date(key.createdMillis),
    Enabled: state === "Enabled",
    Description: key.description,
    KeyUsage: "ENCRYPT_DECRYPT",
    KeyState: state,
    ...(key.deletionMillis === undefined ? {} : { DeletionDate: new Date(key.deletionMillis) }),
    Origin: "AWS_KMS",
    KeyManager: "CUSTOMER",
    CustomerMasterKeySpec: "SYMMETRIC_DEFAULT",
    KeySpec: "SYMMETRIC_DEFAULT",
    EncryptionAlgorithms: ["SYMMETRIC_DEFAULT"],
    MultiRegion: false,
  };
}
