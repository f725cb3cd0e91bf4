import { deleteObject } from "../objects/delete.ts";
import { internalOrigin } from "../objects/events.ts";
import { abortUpload } from "../objects/multipart.ts";
import type { ObjectState } from "../store/object-state.ts";
import type { Bucket, ObjectVersion } from "../store/records.ts";

const DAY_MILLIS = 86_400_000;

interface Tag {
  readonly Key: string;
  readonly Value: string;
}

interface Filter {
  readonly Prefix?: string;
  readonly Tag?: Tag;
  readonly Tags?: readonly Tag[];
  readonly ObjectSizeGreaterThan?: number;
  readonly ObjectSizeLessThan?: number;
}

/** A rule as S3 stores it; transitions are kept but have no effect here. */
export interface LifecycleRule {
  readonly Status: string;
  readonly Prefix?: string;
  readonly Filter?: Filter & { readonly And?: Filter };
  readonly Expiration?: {
    readonly Days?: number;
    readonly Date?: string | Date;
    readonly ExpiredObjectDeleteMarker?: boolean;
  };
  readonly NoncurrentVersionExpiration?: {
    readonly NoncurrentDays?: number;
    readonly NewerNoncurrentVersions?: number;
  };
  readonly AbortIncompleteMultipartUpload?: { readonly DaysAfterInitiation?: number };
}

function applies(rule: LifecycleRule, key: string, version: ObjectVersion | undefined): boolean {
  const filters = [{ Prefix: rule.Prefix }, rule.Filter ?? {}, rule.Filter?.And ?? {}] as readonly Filter[];
  return filters.every((filter) => {
    if (filter.Prefix !== undefined && !key.startsWith(filter.Prefix)) return false;
    const tags = [...(filter.Tags ?? []), ...(filter.Tag === undefined ? [] : [filter.Tag])];
    if (tags.some((tag) => version?.tags[tag.Key] !== tag.Value)) return false;
    const size = version?.sizeBytes ?? 0;
    if (filter.ObjectSizeGreaterThan !== undefined && size <= filter.ObjectSizeGreaterThan) return false;
    return filter.ObjectSizeLessThan === undefined || size < filter.ObjectSizeLessThan;
  });
}

/** Removes what the enabled rules of a bucket say is due at `nowMillis`. Returns how many versions and uploads it touched. */
export function expire(state: ObjectState, bucket: Bucket, nowMillis: number): number {
  const stored = bucket.configurations["LifecycleConfiguration"] as { Rules?: readonly LifecycleRule[] } | undefined;
  let touched = 0;
  for (const rule of stored?.Rules ?? []) {
    if (rule.Status !== "Enabled") continue;
    // The index changes during the walk: take the keys first.
    for (const { key, versions } of [...state.index(bucket.name).entries()]) {
      touched += expireKey(state, bucket, rule, key, [...versions], nowMillis);
    }
    touched += abortUploads(state, bucket, rule, nowMillis);
  }
  return touched;
}

function expireKey(
  state: ObjectState,
  bucket: Bucket,
  rule: LifecycleRule,
  key: string,
  versions: readonly ObjectVersion[],
  nowMillis: number,
): number {
  const remove = (version: ObjectVersion | undefined): number => {
    const request = { bucket: bucket.name, key, versionId: version?.versionId };
    deleteObject(state, request, internalOrigin(), "Lifecycle Expiration");
    return 1;
  };
  let touched = 0;
  const [newest, ...older] = versions;
  const { NoncurrentDays: days, NewerNoncurrentVersions: keep = 0 } = rule.NoncurrentVersionExpiration ?? {};
  if (days !== undefined) {
    for (const [position, version] of older.entries()) {
      // A version is noncurrent since its successor came.
      const since = versions[position]?.modifiedMillis ?? nowMillis;
      if (position >= keep && applies(rule, key, version) && nowMillis - since >= days * DAY_MILLIS)
        touched += remove(version);
    }
  }
  if (newest === undefined || rule.Expiration === undefined || !applies(rule, key, newest)) return touched;
  const { Days, Date: date, ExpiredObjectDeleteMarker } = rule.Expiration;
  if (newest.deleteMarker) {
    const alone = state.versions(bucket.name, key).length === 1;
    return alone && (ExpiredObjectDeleteMarker === true || Days !== undefined) ? touched + remove(newest) : touched;
  }
  const due =
    (Days !== undefined && nowMillis - newest.modifiedMillis >= Days * DAY_MILLIS) ||
    (date !== undefined && nowMillis >= new Date(date).getTime());
  return due ? touched + remove(undefined) : touched;
}

function abortUploads(state: ObjectState, bucket: Bucket, rule: LifecycleRule, nowMillis: number): number {
  const days = rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation;
  if (days === undefined) return 0;
  let aborted = 0;
  for (const upload of state.uploads.inBucket(bucket.name)) {
    if (!applies(rule, upload.key, undefined) || nowMillis - upload.startedMillis < days * DAY_MILLIS) continue;
    abortUpload(state, bucket.name, upload.key, upload.uploadId);
    aborted += 1;
  }
  return aborted;
}
