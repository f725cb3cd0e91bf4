import type { Cloud } from "../../kernel/cloud.ts";
import { aliasOperations } from "./alias-operations.ts";
import { cryptoOperations } from "./crypto-operations.ts";
import { keyOperations } from "./key-operations.ts";
import { openKmsStore } from "./store.ts";
import type { KmsService } from "./types.ts";

/** Symmetric keys with real AES-256-GCM encryption; keys past their deletion date are removed at the start. */
export function createKms(cloud: Cloud): KmsService {
  const store = openKmsStore(cloud);
  return {
    id: "kms",
    operations: { ...keyOperations(store), ...aliasOperations(store), ...cryptoOperations(store) },
    async start() {
      for (const key of [...store.keys.values()]) {
        if (key.deletionMillis !== undefined && key.deletionMillis <= cloud.now()) store.keys.delete(key.keyId);
      }
    },
  };
}
