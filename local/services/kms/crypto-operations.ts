import { randomBytes } from "node:crypto";
import { AwsError } from "../../kernel/aws-error.ts";
import type { Operation } from "../../kernel/cloud.ts";
import { decrypt, type EncryptionContext, encrypt, keyIdOf } from "./cipher.ts";
import { type KmsStore, keyOf, usableKey } from "./store.ts";

const ALGORITHM = "SYMMETRIC_DEFAULT";

interface DataKeyInput {
  KeyId: string;
  KeySpec?: "AES_256" | "AES_128";
  NumberOfBytes?: number;
  EncryptionContext?: EncryptionContext;
}

/** Encryption and data keys. Only SYMMETRIC_DEFAULT exists. */
export function cryptoOperations(store: KmsStore): Record<string, Operation> {
  function open(ciphertext: Uint8Array, context: EncryptionContext, keyId: string | undefined) {
    const key = usableKey(store, keyIdOf(ciphertext));
    if (keyId !== undefined && keyOf(store, keyId).keyId !== key.keyId) {
      throw new AwsError(
        "IncorrectKeyException",
        400,
        "The key ID in the request does not identify a CMK that can perform this operation.",
      );
    }
    return { key, plaintext: decrypt(key, ciphertext, context) };
  }

  function dataKey(input: DataKeyInput) {
    const key = usableKey(store, input.KeyId);
    const sizeBytes = input.NumberOfBytes ?? (input.KeySpec === "AES_128" ? 16 : 32);
    const plaintext = randomBytes(sizeBytes);
    return { key, plaintext, ciphertext: encrypt(key, plaintext, input.EncryptionContext ?? {}) };
  }

  return {
    Encrypt(input: { KeyId: string; Plaintext: Uint8Array; EncryptionContext?: EncryptionContext }) {
      const key = usableKey(store, input.KeyId);
      const ciphertext = encrypt(key, input.Plaintext, input.EncryptionContext ?? {});
      return { CiphertextBlob: ciphertext, KeyId: key.arn, EncryptionAlgorithm: ALGORITHM };
    },
    Decrypt(input: { CiphertextBlob: Uint8Array; KeyId?: string; EncryptionContext?: EncryptionContext }) {
      const { key, plaintext } = open(input.CiphertextBlob, input.EncryptionContext ?? {}, input.KeyId);
      return { KeyId: key.arn, Plaintext: plaintext, EncryptionAlgorithm: ALGORITHM };
    },
    ReEncrypt(input: {
      CiphertextBlob: Uint8Array;
      SourceKeyId?: string;
      SourceEncryptionContext?: EncryptionContext;
      DestinationKeyId: string;
      DestinationEncryptionContext?: EncryptionContext;
    }) {
      const source = open(input.CiphertextBlob, input.SourceEncryptionContext ?? {}, input.SourceKeyId);
      const destination = usableKey(store, input.DestinationKeyId);
      return {
        CiphertextBlob: encrypt(destination, source.plaintext, input.DestinationEncryptionContext ?? {}),
        SourceKeyId: source.key.arn,
        KeyId: destination.arn,
        SourceEncryptionAlgorithm: ALGORITHM,
        DestinationEncryptionAlgorithm: ALGORITHM,
      };
    },
    GenerateDataKey(input: DataKeyInput) {
      const { key, plaintext, ciphertext } = dataKey(input);
      return { CiphertextBlob: ciphertext, Plaintext: plaintext, KeyId: key.arn };
    },
    GenerateDataKeyWithoutPlaintext(input: DataKeyInput) {
      const { key, ciphertext } = dataKey(input);
      return { CiphertextBlob: ciphertext, KeyId: key.arn };
    },
    GenerateRandom: (input: { NumberOfBytes?: number }) => ({ Plaintext: randomBytes(input.NumberOfBytes ?? 32) }),
  };
}
