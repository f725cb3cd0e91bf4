import { randomBytes } from "node:crypto";
import { AwsError } from "../../../kernel/aws-error.ts";
import { type ChecksumAlgorithm, checksumMember } from "../body/checksums.ts";
import { type ReceivedBody, receiveBody } from "../body/receive.ts";
import { invalidArgument, invalidRequest } from "../errors.ts";
import type { ObjectState } from "../store/object-state.ts";
import type { ObjectProperties, ObjectVersion, Upload, UploadPart } from "../store/records.ts";
import type { ObjectBody } from "../types.ts";
import { checkWriteConditions } from "./conditions.ts";
import { type CopySource, selectSource } from "./copy.ts";
import { openSelection } from "./get.ts";
import { receiveVerified, type StatedDigests } from "./put.ts";
import { parseCopyRange } from "./ranges.ts";
import { validateKey, validateMetadata, validateTags } from "./validate.ts";

const MAX_PART_NUMBER = 10_000;

/** Starts a multipart upload. Checksums of parts are composed unless a full-object one is asked for (always so for CRC64NVME). */
export function createUpload(
  state: ObjectState,
  request: {
    readonly bucket: string;
    readonly key: string;
    readonly properties: ObjectProperties;
    readonly checksumAlgorithm?: ChecksumAlgorithm | undefined;
    readonly checksumType?: "FULL_OBJECT" | "COMPOSITE" | undefined;
  },
): Upload {
  const { bucket, key, properties, checksumAlgorithm, checksumType } = request;
  state.bucket(bucket);
  validateKey(key);
  validateMetadata(properties.metadata);
  validateTags(properties.tags);
  if (checksumType === "FULL_OBJECT" && (checksumAlgorithm === "SHA1" || checksumAlgorithm === "SHA256")) {
    throw invalidRequest(
      `The FULL_OBJECT checksum type cannot be used with the ${checksumAlgorithm} checksum algorithm.`,
    );
  }
  if (checksumType === "COMPOSITE" && checksumAlgorithm === "CRC64NVME") {
    throw invalidRequest("The COMPOSITE checksum type cannot be used with the CRC64NVME checksum algorithm.");
  }
  const upload: Upload = {
    ...properties,
    bucket,
    key,
    uploadId: randomBytes(48).toString("base64url"),
    startedMillis: state.cloud.now(),
    checksumAlgorithm,
    checksumType:
      checksumAlgorithm === undefined
        ? undefined
        : (checksumType ?? (checksumAlgorithm === "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE")),
  };
  state.uploads.add(upload);
  return upload;
}

/** Which part of which upload. */
export interface PartAddress {
  readonly bucket: string;
  readonly key: string;
  readonly uploadId: string;
  readonly partNumber: number;
}

function findUpload(state: ObjectState, address: PartAddress): Upload {
  state.bucket(address.bucket);
  const { partNumber } = address;
  if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > MAX_PART_NUMBER) {
    throw invalidArgument(
      "Part number must be an integer between 1 and 10000, inclusive",
      "partNumber",
      String(partNumber),
    );
  }
  return state.uploads.get(address.bucket, address.key, address.uploadId);
}

function commitPart(
  state: ObjectState,
  { uploadId, checksumAlgorithm }: Upload,
  address: PartAddress,
  received: ReceivedBody,
): UploadPart {
  const part: UploadPart = {
    uploadId,
    partNumber: address.partNumber,
    file: received.adopt(),
    sizeBytes: received.sizeBytes,
    etag: received.md5.toString("hex"),
    modifiedMillis: state.cloud.now(),
    checksum: checksumAlgorithm === undefined ? undefined : received.digests.get(checksumAlgorithm)?.toString("base64"),
  };
  try {
    // The upload may have been completed or aborted while the part came in.
    state.uploads.get(address.bucket, address.key, address.uploadId);
  } catch (error) {
    state.files.remove(part.file);
    throw error;
  }
  const replaced = state.uploads.setPart(part);
  if (replaced !== undefined) state.files.remove(replaced.file);
  return part;
}

/** Stores one part from a body. */
export async function uploadPart(
  state: ObjectState,
  address: PartAddress,
  body: ObjectBody,
  digests: StatedDigests,
): Promise<UploadPart> {
  const upload = findUpload(state, address);
  const stated = [...(Object.keys(digests.checksums) as ChecksumAlgorithm[]), ...digests.algorithms];
  const algorithm = upload.checksumAlgorithm;
  const foreign = stated.find((candidate) => candidate !== algorithm);
  if (foreign !== undefined && algorithm !== undefined) {
    throw invalidRequest(
      `Checksum Type mismatch occurred, expected checksum Type: ${algorithm.toLowerCase()}, actual checksum Type: ${foreign.toLowerCase()}`,
    );
  }
  const received = await receiveVerified(state, body, digests, algorithm === undefined ? [] : [algorithm]);
  return commitPart(state, upload, address, received);
}

/** Stores one part from a stored object or a range of it; `source` is the version it came from. */
export async function uploadPartCopy(
  state: ObjectState,
  address: PartAddress,
  source: CopySource,
  rangeHeader: string | undefined,
): Promise<{ part: UploadPart; source: ObjectVersion }> {
  const upload = findUpload(state, address);
  const version = selectSource(state, source);
  const range = rangeHeader === undefined ? undefined : parseCopyRange(rangeHeader, version.sizeBytes);
  const algorithm = upload.checksumAlgorithm;
  const stream = openSelection(state, { version, range });
  const received = await receiveBody(state.files, stream, algorithm === undefined ? [] : [algorithm]);
  const part = commitPart(state, upload, address, received);
  return { part, source: version };
}

/** Ends an upload without an object; its parts are removed. */
export function abortUpload(state: ObjectState, bucket: string, key: string, uploadId: string): void {
  state.bucket(bucket);
  state.uploads.get(bucket, key, uploadId);
  for (const part of state.uploads.remove(uploadId)) state.files.remove(part.file);
}

/** A part as the client lists it on completion. */
export interface ListedPart {
  readonly partNumber: number;
  readonly etag: string;
  readonly checksums: Readonly<Partial<Record<ChecksumAlgorithm, string>>>;
}

const MIN_PART_BYTES = 5 * 1024 * 1024;

/** Checks the client's list against the parts that are there; throws InvalidPartOrder, InvalidPart, EntityTooSmall. */
export function matchParts(state: ObjectState, upload: Upload, listed: readonly ListedPart[]): UploadPart[] {
  if (listed.length === 0) throw invalidRequest("You must specify at least one part");
  let previous = 0;
  for (const { partNumber } of listed) {
    if (partNumber <= previous) {
      throw new AwsError(
        "InvalidPartOrder",
        400,
        "The list of parts was not in ascending order. The parts list must be specified in order by part number.",
        { UploadId: upload.uploadId },
      );
    }
    previous = partNumber;
  }
  const parts = listed.map((claim) => {
    const part = state.uploads.part(upload.uploadId, claim.partNumber);
    const etag = claim.etag.replace(/^"(.*)"$/, "$1");
    const checksum = upload.checksumAlgorithm === undefined ? undefined : claim.checksums[upload.checksumAlgorithm];
    if (part === undefined || part.etag !== etag || (checksum !== undefined && checksum !== part.checksum)) {
      throw new AwsError(
        "InvalidPart",
        400,
        "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
        {
          UploadId: upload.uploadId,
          PartNumber: claim.partNumber,
          ETag: etag,
          ...(part !== undefined && part.etag === etag && upload.checksumAlgorithm !== undefined
            ? { Mismatch: checksumMember(upload.checksumAlgorithm) }
            : {}),
        },
      );
    }
    return part;
  });
  for (const part of parts.slice(0, -1)) {
    if (part.sizeBytes >= MIN_PART_BYTES) continue;
    throw new AwsError("EntityTooSmall", 400, "Your proposed upload is smaller than the minimum allowed size", {
      ProposedSize: part.sizeBytes,
      MinSizeAllowed: MIN_PART_BYTES,
      PartNumber: part.partNumber,
      ETag: part.etag,
    });
  }
  return parts;
}

/** The condition check of a completion, shared by its early and its final pass. */
export function checkCompletion(
  state: ObjectState,
  upload: Upload,
  conditions: { ifMatch?: string | undefined; ifNoneMatch?: string | undefined },
): void {
  checkWriteConditions(upload.key, state.current(upload.bucket, upload.key), conditions);
}
