import { randomBytes } from "node:crypto";
import { AwsError } from "../../../kernel/aws-error.ts";
import { type ChecksumAlgorithm, checksumHeader, type StoredChecksum } from "../body/checksums.ts";
import { type ReceivedBody, receiveBody } from "../body/receive.ts";
import { badDigest } from "../errors.ts";
import type { ObjectState } from "../store/object-state.ts";
import { type Bucket, NULL_VERSION, type ObjectProperties, type ObjectVersion } from "../store/records.ts";
import type { ObjectBody } from "../types.ts";
import { checkWriteConditions, type WriteConditions } from "./conditions.ts";
import { type ChangeOrigin, publishCreated } from "./events.ts";
import { validateKey, validateMetadata, validateTags } from "./validate.ts";

/** Digests that the client states about the body. Values in base64 unless said otherwise; trailing ones are asked for after the body. */
export interface StatedDigests {
  readonly contentMd5?: string | undefined;
  /** Hex, of the payload as signed. */
  readonly contentSha256?: string | undefined;
  readonly checksums: Readonly<Partial<Record<ChecksumAlgorithm, string>>>;
  /** Algorithms to compute beyond the stated ones: of trailing headers, or asked for without a value. */
  readonly algorithms: readonly ChecksumAlgorithm[];
  /** Trailing headers, names in lower case; filled once the body has been read. */
  readonly trailers?: Readonly<Record<string, string>> | undefined;
}

/** No digest stated. */
export const NO_DIGESTS: StatedDigests = { checksums: {}, algorithms: [] };

/** A write of an object. */
export interface PutRequest {
  readonly bucket: string;
  readonly key: string;
  readonly body: ObjectBody;
  readonly properties: ObjectProperties;
  readonly digests: StatedDigests;
  readonly conditions: WriteConditions;
}

/** A fresh version id: 32 characters, or `null` in a bucket that is not versioned now. */
export function newVersionId(bucket: Bucket): string {
  return bucket.versioning === "Enabled" ? randomBytes(24).toString("base64url") : NULL_VERSION;
}

/** Reads a body to disk and verifies every digest the client stated. Nothing is left behind when one does not fit. */
export async function receiveVerified(
  state: ObjectState,
  body: ObjectBody,
  digests: StatedDigests,
  alsoCompute: readonly ChecksumAlgorithm[] = [],
): Promise<ReceivedBody> {
  const algorithms = new Set<ChecksumAlgorithm>([
    ...(Object.keys(digests.checksums) as ChecksumAlgorithm[]),
    ...digests.algorithms,
    ...alsoCompute,
  ]);
  if (digests.contentSha256 !== undefined) algorithms.add("SHA256");
  const received = await receiveBody(state.files, body, algorithms);
  try {
    verify(received, digests);
  } catch (error) {
    received.discard();
    throw error;
  }
  return received;
}

function verify(received: ReceivedBody, digests: StatedDigests): void {
  if (digests.contentMd5 !== undefined) {
    if (Buffer.from(digests.contentMd5, "base64").length !== 16) {
      throw new AwsError("InvalidDigest", 400, "The Content-MD5 you specified was invalid.");
    }
    if (received.md5.toString("base64") !== digests.contentMd5) throw badDigest("Content-MD5");
  }
  const sha256 = received.digests.get("SHA256")?.toString("hex");
  if (digests.contentSha256 !== undefined && sha256 !== digests.contentSha256.toLowerCase()) {
    throw new AwsError(
      "XAmzContentSHA256Mismatch",
      400,
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
      { ClientComputedContentSHA256: digests.contentSha256, S3ComputedContentSHA256: sha256 },
    );
  }
  for (const [algorithm, digest] of received.digests) {
    const stated = digests.checksums[algorithm] ?? digests.trailers?.[checksumHeader(algorithm)];
    if (stated !== undefined && stated !== digest.toString("base64")) throw badDigest(algorithm);
  }
}

/** The checksum to keep with the object: the one that the client named, if any. */
export function checksumToKeep(received: ReceivedBody, digests: StatedDigests): StoredChecksum | undefined {
  const [algorithm] = [...(Object.keys(digests.checksums) as ChecksumAlgorithm[]), ...digests.algorithms];
  const digest = algorithm === undefined ? undefined : received.digests.get(algorithm);
  if (algorithm === undefined || digest === undefined) return undefined;
  return { algorithm, value: digest.toString("base64"), type: "FULL_OBJECT" };
}

/** Writes an object: stream to disk, verify, check the conditions and commit in one step, notify. */
export async function putObject(state: ObjectState, request: PutRequest, origin: ChangeOrigin): Promise<ObjectVersion> {
  const { bucket, key, properties } = request;
  state.bucket(bucket);
  validateKey(key);
  validateMetadata(properties.metadata);
  validateTags(properties.tags);
  // Refuse early what is refused anyway; the check that counts comes with the commit.
  checkWriteConditions(key, state.current(bucket, key), request.conditions);
  const received = await receiveVerified(state, request.body, request.digests);
  let version: ObjectVersion;
  try {
    const owner = state.bucket(bucket);
    checkWriteConditions(key, state.current(bucket, key), request.conditions);
    version = {
      ...properties,
      bucket,
      key,
      versionId: newVersionId(owner),
      sequence: state.nextSequence(),
      modifiedMillis: state.cloud.now(),
      deleteMarker: false,
      file: received.adopt(),
      sizeBytes: received.sizeBytes,
      etag: received.md5.toString("hex"),
      checksum: checksumToKeep(received, request.digests),
    };
    state.commit(version);
  } catch (error) {
    received.discard();
    throw error;
  }
  publishCreated(state, version, "PutObject", origin);
  return version;
}
