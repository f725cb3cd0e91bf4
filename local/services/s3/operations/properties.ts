import { AwsError } from "../../../kernel/aws-error.ts";
import {
  CHECKSUM_ALGORITHMS,
  type ChecksumAlgorithm,
  checksumMember,
  DIGEST_BYTES,
  isChecksumAlgorithm,
  type StoredChecksum,
} from "../body/checksums.ts";
import { invalidArgument, invalidRequest, notImplemented } from "../errors.ts";
import type { StatedDigests } from "../objects/put.ts";
import type { ObjectState } from "../store/object-state.ts";
import type { ObjectProperties, ObjectVersion, StoredEncryption } from "../store/records.ts";
import type { ContentHeaders } from "../types.ts";
import { refuseMembers, type S3Call } from "./call.ts";

type Input = Readonly<Record<string, unknown>>;

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
const isoOrHttpDate = (value: unknown): string | undefined =>
  value instanceof Date ? value.toUTCString() : text(value);

/** Content headers in an input of a write. */
export function contentHeadersOf(input: Input): ContentHeaders {
  return {
    contentType: text(input["ContentType"]) ?? "binary/octet-stream",
    cacheControl: text(input["CacheControl"]),
    contentDisposition: text(input["ContentDisposition"]),
    contentEncoding: text(input["ContentEncoding"]),
    contentLanguage: text(input["ContentLanguage"]),
    expires: isoOrHttpDate(input["Expires"]),
  };
}

/** Reads a `x-amz-tagging` value, tags as in a query string. */
export function parseTagging(tagging: string | undefined): Record<string, string> {
  const tags: Record<string, string> = {};
  for (const [key, value] of new URLSearchParams(tagging ?? "")) {
    if (Object.hasOwn(tags, key)) {
      throw new AwsError("InvalidTag", 400, "Cannot provide multiple Tags with the same key", { TagKey: key });
    }
    tags[key] = value;
  }
  return tags;
}

interface EncryptionRule {
  readonly ApplyServerSideEncryptionByDefault?: { readonly SSEAlgorithm?: string; readonly KMSMasterKeyID?: string };
  readonly BucketKeyEnabled?: boolean;
}

/** The encryption an input asks for, or the bucket's default. */
export function encryptionOf(state: ObjectState, input: Input): StoredEncryption {
  const algorithm = text(input["ServerSideEncryption"]);
  if (algorithm !== undefined) {
    if (!["AES256", "aws:kms", "aws:kms:dsse"].includes(algorithm)) {
      throw invalidArgument(
        "The encryption method specified is not supported",
        "x-amz-server-side-encryption",
        algorithm,
      );
    }
    const bucketKey = input["BucketKeyEnabled"];
    return {
      algorithm,
      keyId: text(input["SSEKMSKeyId"]),
      bucketKey: typeof bucketKey === "boolean" ? bucketKey : undefined,
    };
  }
  const configuration = state.bucket(String(input["Bucket"])).configurations["ServerSideEncryptionConfiguration"];
  const rule = (configuration as { readonly Rules?: readonly EncryptionRule[] } | undefined)?.Rules?.[0];
  const byDefault = rule?.ApplyServerSideEncryptionByDefault;
  return {
    algorithm: byDefault?.SSEAlgorithm ?? "AES256",
    keyId: byDefault?.KMSMasterKeyID,
    bucketKey: rule?.BucketKeyEnabled,
  };
}

const UNSUPPORTED_ON_WRITE = [
  "SSECustomerAlgorithm",
  "SSECustomerKey",
  "SSEKMSEncryptionContext",
  "ObjectLockMode",
  "ObjectLockRetainUntilDate",
  "ObjectLockLegalHoldStatus",
  "WriteOffsetBytes",
  "GrantFullControl",
  "GrantRead",
  "GrantReadACP",
  "GrantWriteACP",
  "GrantWrite",
];

/** Refuses what a write asks for and this cloud has not; canned ACLs are refused as a bucket without ACLs does. */
export function refuseUnsupportedWrite(input: Input): void {
  refuseMembers(input, UNSUPPORTED_ON_WRITE);
  const acl = text(input["ACL"]);
  if (acl !== undefined && acl !== "private" && acl !== "bucket-owner-full-control") {
    throw new AwsError("AccessControlListNotSupported", 400, "The bucket does not allow ACLs");
  }
}

/** Everything that an input says about an object besides its bytes. */
export function propertiesOf(state: ObjectState, input: Input): ObjectProperties {
  refuseUnsupportedWrite(input);
  return {
    headers: contentHeadersOf(input),
    metadata: (input["Metadata"] as Record<string, string> | undefined) ?? {},
    tags: parseTagging(text(input["Tagging"])),
    storageClass: text(input["StorageClass"]) ?? "STANDARD",
    encryption: encryptionOf(state, input),
    websiteRedirect: text(input["WebsiteRedirectLocation"]),
  };
}

/** Reads an algorithm's name; throws NotImplemented for one that is not supported here. */
export function algorithmOf(name: unknown): ChecksumAlgorithm | undefined {
  if (name === undefined) return undefined;
  if (isChecksumAlgorithm(String(name))) return String(name) as ChecksumAlgorithm;
  throw notImplemented(`checksum algorithm ${String(name)}`);
}

/** The checksum members of an input; throws when a value does not have the algorithm's length or the algorithm is not supported. */
export function checksumsOf(input: Input): Partial<Record<ChecksumAlgorithm, string>> {
  const found: Partial<Record<ChecksumAlgorithm, string>> = {};
  for (const [member, value] of Object.entries(input)) {
    if (!/^Checksum[A-Z]/.test(member) || ["ChecksumAlgorithm", "ChecksumType", "ChecksumMode"].includes(member))
      continue;
    const algorithm = algorithmOf(member.slice("Checksum".length));
    if (algorithm === undefined || value === undefined) continue;
    const [base64 = ""] = String(value).split("-");
    if (Buffer.from(base64, "base64").length !== DIGEST_BYTES[algorithm]) {
      throw invalidRequest(`Value for x-amz-checksum-${algorithm.toLowerCase()} header is invalid.`);
    }
    found[algorithm] = String(value);
  }
  return found;
}

/** Every digest that a request states about its body, in headers and in announced trailers. */
export function digestsOf(input: Input, call: S3Call): StatedDigests {
  const checksums = checksumsOf(input);
  const announced = CHECKSUM_ALGORITHMS.filter((algorithm) =>
    call.trailerNames?.includes(`x-amz-checksum-${algorithm.toLowerCase()}`),
  );
  const unknown = call.trailerNames?.find(
    (name) => !announced.some((algorithm) => name === `x-amz-checksum-${algorithm.toLowerCase()}`),
  );
  if (unknown !== undefined) throw notImplemented(`trailing header ${unknown}`);
  const asked = algorithmOf(input["ChecksumAlgorithm"]);
  return {
    contentMd5: text(input["ContentMD5"]),
    contentSha256: call.contentSha256,
    checksums,
    algorithms: asked === undefined || announced.includes(asked) ? announced : [...announced, asked],
    trailers: call.trailers,
  };
}

/** Output members that tell an object's checksum. */
export function checksumMembers(checksum: StoredChecksum | undefined): Record<string, string> {
  if (checksum === undefined) return {};
  return { [checksumMember(checksum.algorithm)]: checksum.value, ChecksumType: checksum.type };
}

/** Output members that tell an object's encryption. */
export function encryptionMembers({ algorithm, keyId, bucketKey }: StoredEncryption): Record<string, unknown> {
  return { ServerSideEncryption: algorithm, SSEKMSKeyId: keyId, BucketKeyEnabled: bucketKey };
}

/** `VersionId` as S3 shows it: absent while the bucket was never versioned. */
export function versionMember(
  state: ObjectState,
  version: Pick<ObjectVersion, "bucket" | "versionId">,
): Record<string, string> {
  return state.bucket(version.bucket).versioning === undefined ? {} : { VersionId: version.versionId };
}

/** An ETag with its quotes. */
export const quoted = (etag: string): string => `"${etag}"`;
