import type { ObjectState } from "../store/object-state.ts";
import type { ObjectVersion } from "../store/records.ts";
import { checkWriteConditions } from "./conditions.ts";
import { type ChangeOrigin, publishDeleted } from "./events.ts";
import { newVersionId } from "./put.ts";

/** Which object to delete; without a version id a versioned bucket gets a delete marker. */
export interface DeleteRequest {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string | undefined;
  readonly ifMatch?: string | undefined;
}

/** What a delete did. `versionId` is undefined in a bucket that was never versioned. */
export interface DeleteResult {
  readonly versionId?: string | undefined;
  /** True when a delete marker was added or removed. */
  readonly deleteMarker: boolean;
}

/** Deletes an object or a version; deleting what is not there succeeds, as in S3. */
export function deleteObject(
  state: ObjectState,
  request: DeleteRequest,
  origin: ChangeOrigin,
  reason: "DeleteObject" | "Lifecycle Expiration" = "DeleteObject",
): DeleteResult {
  const bucket = state.bucket(request.bucket);
  const versions = state.versions(request.bucket, request.key);
  if (request.versionId !== undefined) {
    const version = versions.find((candidate) => candidate.versionId === request.versionId);
    if (version === undefined) return { versionId: request.versionId, deleteMarker: false };
    if (request.ifMatch !== undefined) {
      checkWriteConditions(request.key, version.deleteMarker ? undefined : version, { ifMatch: request.ifMatch });
    }
    state.remove(version);
    publishDeleted(state, version, "Permanently Deleted", reason, origin);
    return { versionId: version.versionId, deleteMarker: version.deleteMarker };
  }
  const current = state.current(request.bucket, request.key);
  checkWriteConditions(request.key, current, { ifMatch: request.ifMatch });
  if (bucket.versioning === undefined) {
    if (current !== undefined) {
      state.remove(current);
      publishDeleted(state, current, "Permanently Deleted", reason, origin);
    }
    return { deleteMarker: false };
  }
  const marker: ObjectVersion = {
    bucket: request.bucket,
    key: request.key,
    versionId: newVersionId(bucket),
    sequence: state.nextSequence(),
    modifiedMillis: state.cloud.now(),
    deleteMarker: true,
    file: "",
    sizeBytes: 0,
    etag: "",
    headers: {},
    metadata: {},
    tags: {},
    storageClass: "STANDARD",
    encryption: { algorithm: "AES256" },
  };
  state.commit(marker);
  publishDeleted(state, marker, "Delete Marker Created", reason, origin);
  return { versionId: marker.versionId, deleteMarker: true };
}
