import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { AwsError } from "../../kernel/aws-error.ts";
import type { KeyRecord } from "./types.ts";

/** Key and value pairs that must be the same at decryption. */
export type EncryptionContext = Readonly<Record<string, string>>;

// version (1) | key id, a UUID (16) | nonce (12) | tag (16) | ciphertext
const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + 16 + NONCE_BYTES + TAG_BYTES;

/** Encrypts with AES-256-GCM; the encryption context is authenticated, as KMS does. The result names its key. */
export function encrypt(key: KeyRecord, plaintext: Uint8Array, context: EncryptionContext): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", Buffer.from(key.materialBase64, "base64"), nonce);
  cipher.setAAD(canonical(context));
  const body = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const id = Buffer.from(key.keyId.replaceAll("-", ""), "hex");
  return Buffer.concat([Buffer.of(VERSION), id, nonce, cipher.getAuthTag(), body]);
}

/** The id of the key a ciphertext was made with. Throws InvalidCiphertextException for anything KMS did not make. */
export function keyIdOf(ciphertext: Uint8Array): string {
  if (ciphertext.length < HEADER_BYTES || ciphertext[0] !== VERSION) throw invalid();
  const hex = Buffer.from(ciphertext.subarray(1, 17)).toString("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Reverses {@link encrypt}. Throws InvalidCiphertextException when the data, the key or the context is another. */
export function decrypt(key: KeyRecord, ciphertext: Uint8Array, context: EncryptionContext): Uint8Array {
  const nonce = ciphertext.subarray(17, 17 + NONCE_BYTES);
  const tag = ciphertext.subarray(17 + NONCE_BYTES, HEADER_BYTES);
  const decipher = createDecipheriv("aes-256-gcm", Buffer.from(key.materialBase64, "base64"), nonce);
  decipher.setAAD(canonical(context));
  decipher.setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(ciphertext.subarray(HEADER_BYTES)), decipher.final()]);
  } catch {
    // Node tells a failed authentication only by a plain Error; it can mean nothing else here.
    throw invalid();
  }
}

function canonical(context: EncryptionContext): Buffer {
  const entries = Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.from(JSON.stringify(entries), "utf8");
}

function invalid(): AwsError {
  return new AwsError(
    "InvalidCiphertextException",
    400,
    "The ciphertext is invalid or the encryption context differs.",
  );
}
