import { AwsError } from "../../../kernel/aws-error.ts";
import { type ChecksumAlgorithm, createDigest, type StoredChecksum } from "../body/checksums.ts";
import { MAX_PUT_BYTES } from "../body/receive.ts";
import { invalidRequest } from "../errors.ts";
import type { ObjectState } from "../store/object-state.ts";
import type { ObjectProperties, ObjectVersion } from "../store/records.ts";
import { checkCopyConditions, checkWriteConditions, type ReadConditions, type WriteConditions } from "./conditions.ts";
import { type ChangeOrigin, publishCreated } from "./events.ts";
import { openSelection } from "./get.ts";
import { newVersionId } from "./put.ts";
import { validateKey, validateMetadata, validateTags } from "./validate.ts";

/** The source of a copy and what must hold of it. */
export interface CopySource {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string | undefined;
  readonly conditions: ReadConditions;
}

/** A copy. `replace` holds what the copy does not take over from its source. */
export interface CopyRequest {
  readonly source: CopySource;
  readonly bucket: string;
  readonly key: string;
  readonly replace: Partial<ObjectProperties>;
  readonly checksumAlgorithm?: ChecksumAlgorithm | undefined;
  readonly conditions: WriteConditions;
}

/** Finds the source of a copy: an object that is there, not a delete marker, whose conditions hold. */
export function selectSource(state: ObjectState, source: CopySource): ObjectVersion {
  const version = state.find(source.bucket, source.key, source.versionId);
  if (version.deleteMarker) {
    if (source.versionId === undefined) {
      throw new AwsError("NoSuchKey", 404, "The specified key does not exist.", { Key: source.key });
    }
    throw invalidRequest("The source of a copy request may not specifically refer to a delete marker by version id.");
  }
  checkCopyConditions(version, source.conditions);
  return version;
}

/** Copies an object inside the store. The bytes are shared by a hard link: data files never change. */
export async function copyObject(
  state: ObjectState,
  request: CopyRequest,
  origin: ChangeOrigin,
): Promise<ObjectVersion> {
  const { bucket, key, replace } = request;
  state.bucket(bucket);
  validateKey(key);
  const source = selectSource(state, request.source);
  if (source.sizeBytes > MAX_PUT_BYTES) {
    throw invalidRequest(
      `The specified copy source is larger than the maximum allowable size for a copy source: ${MAX_PUT_BYTES}`,
    );
  }
  const ontoItself = source.bucket === bucket && source.key === key && request.source.versionId === undefined;
  if (ontoItself && Object.values(replace).every((value) => value === undefined)) {
    throw invalidRequest(
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
  validateMetadata(replace.metadata ?? {});
  validateTags(replace.tags ?? {});
  checkWriteConditions(key, state.current(bucket, key), request.conditions);
  // Linked before anything waits, so that the source may be deleted meanwhile.
  const file = state.files.duplicate(source.file);
  let version: ObjectVersion;
  try {
    const digested = await digestOfCopy(state, { ...source, file }, request.checksumAlgorithm);
    const owner = state.bucket(bucket);
    checkWriteConditions(key, state.current(bucket, key), request.conditions);
    version = {
      bucket,
      key,
      versionId: newVersionId(owner),
      sequence: state.nextSequence(),
      modifiedMillis: state.cloud.now(),
      deleteMarker: false,
      file,
      sizeBytes: source.sizeBytes,
      headers: replace.headers ?? source.headers,
      metadata: replace.metadata ?? source.metadata,
      tags: replace.tags ?? source.tags,
      storageClass: replace.storageClass ?? "STANDARD",
      encryption: replace.encryption ?? source.encryption,
      websiteRedirect: replace.websiteRedirect,
      ...digested,
    };
    state.commit(version);
  } catch (error) {
    state.files.remove(file);
    throw error;
  }
  publishCreated(state, version, "CopyObject", origin);
  return version;
}

/** A copy is one part: an ETag or checksum over parts must be computed anew over the bytes. */
async function digestOfCopy(
  state: ObjectState,
  source: ObjectVersion,
  algorithm: ChecksumAlgorithm | undefined,
): Promise<{ etag: string; checksum: StoredChecksum | undefined }> {
  const kept = source.checksum;
  const wanted = algorithm ?? kept?.algorithm;
  const checksumFits = wanted === undefined || (kept?.algorithm === wanted && kept.type === "FULL_OBJECT");
  if (!source.etag.includes("-") && checksumFits) return { etag: source.etag, checksum: kept };
  const md5 = createDigest("MD5");
  const digest = wanted === undefined ? undefined : createDigest(wanted);
  for await (const chunk of openSelection(state, { version: source })) {
    md5.update(chunk);
    digest?.update(chunk);
  }
  return {
    etag: md5.finish().toString("hex"),
    checksum:
      wanted === undefined || digest === undefined
        ? undefined
        : { algorithm: wanted, value: digest.finish().toString("base64"), type: "FULL_OBJECT" },
  };
}
