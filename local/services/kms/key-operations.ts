import { randomBytes, randomUUID } from "node:crypto";
import { AwsError } from "../../kernel/aws-error.ts";
import type { Operation } from "../../kernel/cloud.ts";
import { type KmsStore, keyMetadata, keyOf } from "./store.ts";
import type { KeyRecord } from "./types.ts";

const DAY_MILLIS = 86_400_000;

interface KmsTag {
  TagKey: string;
  TagValue: string;
}

interface CreateKeyInput {
  Policy?: string;
  Description?: string;
  KeyUsage?: string;
  KeySpec?: string;
  CustomerMasterKeySpec?: string;
  Origin?: string;
  MultiRegion?: boolean;
  Tags?: KmsTag[];
}

/** Life of keys: made, described, disabled, rotated (a flag; the material stays), scheduled for deletion. */
export function keyOperations(store: KmsStore): Record<string, Operation> {
  const { cloud, keys } = store;
  const change = (keyId: string, changes: Partial<KeyRecord>): KeyRecord => {
    const key = keyOf(store, keyId);
    return keys.set(key.keyId, { ...key, ...changes });
  };

  return {
    CreateKey(input: CreateKeyInput) {
      refuseUnsupported(input);
      const keyId = randomUUID();
      const key: KeyRecord = {
        keyId,
        arn: `arn:${cloud.partition}:kms:${cloud.region}:${cloud.accountId}:key/${keyId}`,
        createdMillis: cloud.now(),
        description: input.Description ?? "",
        enabled: true,
        rotationEnabled: false,
        rotationDays: 365,
        policy: input.Policy ?? defaultPolicy(store),
        tags: input.Tags ?? [],
        materialBase64: randomBytes(32).toString("base64"),
      };
      return { KeyMetadata: keyMetadata(store, keys.set(keyId, key)) };
    },
    DescribeKey: (input: { KeyId: string }) => ({ KeyMetadata: keyMetadata(store, keyOf(store, input.KeyId)) }),
    ListKeys: () => ({
      Keys: [...keys.values()].map((key) => ({ KeyId: key.keyId, KeyArn: key.arn })),
      Truncated: false,
    }),
    EnableKey(input: { KeyId: string }) {
      change(input.KeyId, { enabled: true });
      return {};
    },
    DisableKey(input: { KeyId: string }) {
      change(input.KeyId, { enabled: false });
      return {};
    },
    ScheduleKeyDeletion(input: { KeyId: string; PendingWindowInDays?: number }) {
      const days = input.PendingWindowInDays ?? 30;
      const deletionMillis = cloud.now() + days * DAY_MILLIS;
      const key = change(input.KeyId, { deletionMillis, enabled: false });
      return {
        KeyId: key.arn,
        DeletionDate: new Date(deletionMillis),
        KeyState: "PendingDeletion",
        PendingWindowInDays: days,
      };
    },
    CancelKeyDeletion(input: { KeyId: string }) {
      const { deletionMillis: _, ...rest } = keyOf(store, input.KeyId);
      return { KeyId: keys.set(rest.keyId, { ...rest, enabled: false }).arn };
    },
    UpdateKeyDescription(input: { KeyId: string; Description: string }) {
      change(input.KeyId, { description: input.Description });
      return {};
    },
    EnableKeyRotation(input: { KeyId: string; RotationPeriodInDays?: number }) {
      change(input.KeyId, { rotationEnabled: true, rotationDays: input.RotationPeriodInDays ?? 365 });
      return {};
    },
    DisableKeyRotation(input: { KeyId: string }) {
      change(input.KeyId, { rotationEnabled: false });
      return {};
    },
    GetKeyRotationStatus(input: { KeyId: string }) {
      const key = keyOf(store, input.KeyId);
      const period = key.rotationEnabled ? { RotationPeriodInDays: key.rotationDays } : {};
      return { KeyRotationEnabled: key.rotationEnabled, KeyId: key.arn, ...period };
    },
    GetKeyPolicy: (input: { KeyId: string }) => ({ Policy: keyOf(store, input.KeyId).policy, PolicyName: "default" }),
    PutKeyPolicy(input: { KeyId: string; Policy: string }) {
      change(input.KeyId, { policy: input.Policy });
      return {};
    },
    ListKeyPolicies(input: { KeyId: string }) {
      keyOf(store, input.KeyId);
      return { PolicyNames: ["default"], Truncated: false };
    },
    TagResource(input: { KeyId: string; Tags: KmsTag[] }) {
      const kept = keyOf(store, input.KeyId).tags.filter(
        (tag) => !input.Tags.some((added) => added.TagKey === tag.TagKey),
      );
      change(input.KeyId, { tags: [...kept, ...input.Tags] });
      return {};
    },
    UntagResource(input: { KeyId: string; TagKeys: string[] }) {
      const { tags } = keyOf(store, input.KeyId);
      change(input.KeyId, { tags: tags.filter((tag) => !input.TagKeys.includes(tag.TagKey)) });
      return {};
    },
    ListResourceTags: (input: { KeyId: string }) => ({
      Tags: [...keyOf(store, input.KeyId).tags],
      Truncated: false,
    }),
  };
}

function refuseUnsupported(input: CreateKeyInput): void {
  const spec = input.KeySpec ?? input.CustomerMasterKeySpec ?? "SYMMETRIC_DEFAULT";
  const unsupported =
    spec !== "SYMMETRIC_DEFAULT"
      ? `KeySpec ${spec}`
      : input.KeyUsage !== undefined && input.KeyUsage !== "ENCRYPT_DECRYPT"
        ? `KeyUsage ${input.KeyUsage}`
        : input.Origin !== undefined && input.Origin !== "AWS_KMS"
          ? `Origin ${input.Origin}`
          : input.MultiRegion
            ? "MultiRegion keys"
            : undefined;
  if (unsupported) {
    throw new AwsError("UnsupportedOperationException", 400, `The local cloud does not support ${unsupported}`);
  }
}

function defaultPolicy({ cloud }: KmsStore): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Id: "key-default-1",
    Statement: [
      {
        Sid: "Enable IAM User Permissions",
        Effect: "Allow",
        Principal: { AWS: `arn:${cloud.partition}:iam::${cloud.accountId}:root` },
        Action: "kms:*",
        Resource: "*",
      },
    ],
  });
}
