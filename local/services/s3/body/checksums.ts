import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { crc32c } from "./crc32c.ts";
import { CRC64_EMPTY, crc64nvme } from "./crc64nvme.ts";

/** The checksum algorithms of S3. */
export const CHECKSUM_ALGORITHMS = ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const;

/** One of S3's checksum algorithms. */
export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];

/** Whether a checksum covers the object's bytes or the checksums of its parts. */
export type ChecksumType = "FULL_OBJECT" | "COMPOSITE";

/** A checksum kept with an object: base64, with `-<parts>` behind it when composite. */
export interface StoredChecksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly value: string;
  readonly type: ChecksumType;
}

/** A running digest. */
export interface Digest {
  update(bytes: Uint8Array): void;
  /** The digest's bytes, big-endian; call once. */
  finish(): Buffer;
}

/** The name as it appears in AWS's member and header names: `CRC32` gives `ChecksumCRC32`. */
export const checksumMember = (algorithm: ChecksumAlgorithm): `Checksum${ChecksumAlgorithm}` => `Checksum${algorithm}`;

/** `CRC32` gives `x-amz-checksum-crc32`. */
export const checksumHeader = (algorithm: ChecksumAlgorithm): string => `x-amz-checksum-${algorithm.toLowerCase()}`;

/** True for the name of an algorithm that S3 has. */
export const isChecksumAlgorithm = (name: string): name is ChecksumAlgorithm =>
  (CHECKSUM_ALGORITHMS as readonly string[]).includes(name);

/** How many bytes a digest has. */
export const DIGEST_BYTES: Readonly<Record<ChecksumAlgorithm, number>> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
};

function crcDigest(step: (bytes: Uint8Array, seed: number) => number): Digest {
  let value = 0;
  return {
    update(bytes) {
      value = step(bytes, value);
    },
    finish() {
      const out = Buffer.alloc(4);
      out.writeUInt32BE(value);
      return out;
    },
  };
}

function crc64Digest(): Digest {
  let value = CRC64_EMPTY;
  return {
    update(bytes) {
      value = crc64nvme(bytes, value);
    },
    finish() {
      const out = Buffer.alloc(8);
      out.writeUInt32BE(value.high, 0);
      out.writeUInt32BE(value.low, 4);
      return out;
    },
  };
}

function hashDigest(name: string): Digest {
  const hash = createHash(name);
  return {
    update(bytes) {
      hash.update(bytes);
    },
    finish: () => hash.digest(),
  };
}

/** Starts a digest. The CRC-32 and the hashes run natively, the other CRCs in tables. */
export function createDigest(algorithm: ChecksumAlgorithm | "MD5"): Digest {
  switch (algorithm) {
    case "CRC32":
      return crcDigest(crc32);
    case "CRC32C":
      return crcDigest(crc32c);
    case "CRC64NVME":
      return crc64Digest();
    case "SHA1":
      return hashDigest("sha1");
    case "SHA256":
      return hashDigest("sha256");
    case "MD5":
      return hashDigest("md5");
  }
}
