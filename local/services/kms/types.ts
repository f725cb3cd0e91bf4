import type { LocalService } from "../../kernel/cloud.ts";

/** A key with its material. The material is a random 256-bit AES key in base64, in the clear on disk: a laptop has no HSM. */
export interface KeyRecord {
  readonly keyId: string;
  readonly arn: string;
  readonly createdMillis: number;
  readonly description: string;
  readonly enabled: boolean;
  /** Set while the key waits for its deletion. */
  readonly deletionMillis?: number;
  readonly rotationEnabled: boolean;
  readonly rotationDays: number;
  readonly policy: string;
  readonly tags: readonly { readonly TagKey: string; readonly TagValue: string }[];
  readonly materialBase64: string;
}

export interface AliasRecord {
  /** `alias/name` */
  readonly aliasName: string;
  readonly keyId: string;
  readonly createdMillis: number;
  readonly updatedMillis: number;
}

export type KmsService = LocalService;
