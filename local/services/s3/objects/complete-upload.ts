import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { type ChecksumAlgorithm, createDigest, type Digest, type StoredChecksum } from "../body/checksums.ts";
import { badDigest, invalidRequest, noSuchUpload } from "../errors.ts";
import type { ObjectState } from "../store/object-state.ts";
import type { ObjectVersion, Upload, UploadPart } from "../store/records.ts";
import type { WriteConditions } from "./conditions.ts";
import { type ChangeOrigin, publishCreated } from "./events.ts";
import { checkCompletion, type ListedPart, matchParts } from "./multipart.ts";
import { newVersionId } from "./put.ts";

const COPY_BUFFER_BYTES = 1024 * 1024;
const completing = new WeakMap<ObjectState, Set<string>>();

/** What ends a multipart upload with an object. */
export interface CompleteRequest {
  readonly bucket: string;
  readonly key: string;
  readonly uploadId: string;
  readonly parts: readonly ListedPart[];
  readonly conditions: WriteConditions;
  /** The checksum of the whole object that the client states, base64; with `-<parts>` when composite. */
  readonly checksums: Readonly<Partial<Record<ChecksumAlgorithm, string>>>;
  /** The size that the client expects, in bytes. */
  readonly expectedSizeBytes?: number | undefined;
}

/**
 * Joins the parts into one file and commits the object. The parts stay until the object is committed, so that a crash in
 * between leaves the upload as it was. Throws what {@link matchParts} throws, PreconditionFailed, BadDigest.
 */
export async function completeUpload(
  state: ObjectState,
  request: CompleteRequest,
  origin: ChangeOrigin,
): Promise<ObjectVersion> {
  const { bucket, key, uploadId } = request;
  state.bucket(bucket);
  const upload = state.uploads.get(bucket, key, uploadId);
  const busy = completing.get(state) ?? new Set<string>();
  completing.set(state, busy);
  if (busy.has(uploadId)) throw noSuchUpload(uploadId);
  busy.add(uploadId);
  try {
    return await join(state, upload, request, origin);
  } finally {
    busy.delete(uploadId);
  }
}

async function join(
  state: ObjectState,
  upload: Upload,
  request: CompleteRequest,
  origin: ChangeOrigin,
): Promise<ObjectVersion> {
  const parts = matchParts(state, upload, request.parts);
  checkCompletion(state, upload, request.conditions);
  const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
  if (request.expectedSizeBytes !== undefined && request.expectedSizeBytes !== sizeBytes) {
    throw invalidRequest(
      `The provided 'x-amz-mp-object-size' header value ${request.expectedSizeBytes} does not match what was computed: ${sizeBytes}`,
    );
  }
  const fullObject = upload.checksumType === "FULL_OBJECT" ? upload.checksumAlgorithm : undefined;
  const digest = fullObject === undefined ? undefined : createDigest(fullObject);
  const path = state.files.newIncoming();
  try {
    await concatenate(
      path,
      parts.map((part) => state.files.path(part.file)),
      digest,
    );
    const checksum = checksumOf(upload, parts, digest);
    const stated = checksum === undefined ? undefined : request.checksums[checksum.algorithm];
    if (checksum !== undefined && stated !== undefined && stated !== checksum.value)
      throw badDigest(checksum.algorithm);
    const owner = state.bucket(upload.bucket);
    state.uploads.get(upload.bucket, upload.key, upload.uploadId);
    checkCompletion(state, upload, request.conditions);
    const { headers, metadata, tags, storageClass, encryption, websiteRedirect } = upload;
    const version: ObjectVersion = {
      ...{ headers, metadata, tags, storageClass, encryption, websiteRedirect },
      bucket: upload.bucket,
      key: upload.key,
      versionId: newVersionId(owner),
      sequence: state.nextSequence(),
      modifiedMillis: state.cloud.now(),
      deleteMarker: false,
      file: state.files.adopt(path),
      sizeBytes,
      etag: etagOfParts(parts),
      checksum,
      partSizesBytes: parts.map((part) => part.sizeBytes),
    };
    state.commit(version);
    for (const part of state.uploads.remove(upload.uploadId)) state.files.remove(part.file);
    publishCreated(state, version, "CompleteMultipartUpload", origin);
    return version;
  } finally {
    state.files.removeIncoming(path);
  }
}

/** The MD5 of the parts' MD5s, with the number of parts: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html */
function etagOfParts(parts: readonly UploadPart[]): string {
  const hash = createHash("md5");
  for (const part of parts) hash.update(part.etag, "hex");
  return `${hash.digest("hex")}-${parts.length}`;
}

function checksumOf(
  upload: Upload,
  parts: readonly UploadPart[],
  digest: Digest | undefined,
): StoredChecksum | undefined {
  const { checksumAlgorithm: algorithm } = upload;
  if (algorithm === undefined) return undefined;
  if (digest !== undefined) return { algorithm, value: digest.finish().toString("base64"), type: "FULL_OBJECT" };
  const composite = createDigest(algorithm);
  for (const part of parts) composite.update(Buffer.from(part.checksum ?? "", "base64"));
  return { algorithm, value: `${composite.finish().toString("base64")}-${parts.length}`, type: "COMPOSITE" };
}

async function concatenate(target: string, sources: readonly string[], digest: Digest | undefined): Promise<void> {
  const buffer = Buffer.allocUnsafe(COPY_BUFFER_BYTES);
  const out = await open(target, "wx");
  try {
    for (const source of sources) {
      const file = await open(source, "r");
      try {
        await append(file, out, buffer, digest);
      } finally {
        await file.close();
      }
    }
  } finally {
    await out.close();
  }
}

async function append(
  source: FileHandle,
  target: FileHandle,
  buffer: Buffer,
  digest: Digest | undefined,
): Promise<void> {
  for (;;) {
    const { bytesRead } = await source.read(buffer, 0, buffer.length, null);
    if (bytesRead === 0) return;
    digest?.update(buffer.subarray(0, bytesRead));
    for (let at = 0; at < bytesRead; ) at += (await target.write(buffer, at, bytesRead - at)).bytesWritten;
  }
}
