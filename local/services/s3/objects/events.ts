import { randomBytes } from "node:crypto";
import type { ObjectState } from "../store/object-state.ts";
import { NULL_VERSION, type ObjectVersion } from "../store/records.ts";

/** Where a change came from; it ends in the event's detail. */
export interface ChangeOrigin {
  readonly requestId: string;
  readonly sourceAddress: string;
}

/** The origin of changes made in process. */
export function internalOrigin(): ChangeOrigin {
  return { requestId: randomBytes(8).toString("hex").toUpperCase(), sourceAddress: "127.0.0.1" };
}

const sequencer = (sequence: number): string => sequence.toString(16).toUpperCase().padStart(18, "0");

function publish(
  state: ObjectState,
  detailType: string,
  version: ObjectVersion,
  object: Record<string, unknown>,
  origin: ChangeOrigin,
  more: Record<string, unknown>,
): void {
  const notification = state.buckets.get(version.bucket)?.configurations["NotificationConfiguration"];
  const enabled =
    typeof notification === "object" && notification !== null && "EventBridgeConfiguration" in notification;
  if (!enabled) return;
  if (version.versionId !== NULL_VERSION) object["version-id"] = version.versionId;
  state.cloud.publish({
    source: "aws.s3",
    detailType,
    resources: [`arn:${state.cloud.partition}:s3:::${version.bucket}`],
    time: new Date(state.cloud.now()),
    detail: {
      version: "0",
      bucket: { name: version.bucket },
      object,
      "request-id": origin.requestId,
      requester: state.cloud.accountId,
      "source-ip-address": origin.sourceAddress,
      ...more,
    },
  });
}

/** Emits `Object Created`, when the bucket sends its events to EventBridge. */
export function publishCreated(
  state: ObjectState,
  version: ObjectVersion,
  reason: "PutObject" | "CopyObject" | "CompleteMultipartUpload",
  origin: ChangeOrigin,
): void {
  const object = {
    key: version.key,
    size: version.sizeBytes,
    etag: version.etag,
    sequencer: sequencer(version.sequence),
  };
  publish(state, "Object Created", version, object, origin, { reason });
}

/** Emits `Object Deleted`; `version` is what was removed, or the delete marker that was added. */
export function publishDeleted(
  state: ObjectState,
  version: ObjectVersion,
  deletionType: "Permanently Deleted" | "Delete Marker Created",
  reason: "DeleteObject" | "Lifecycle Expiration",
  origin: ChangeOrigin,
): void {
  const object = { key: version.key, sequencer: sequencer(state.nextSequence()) };
  publish(state, "Object Deleted", version, object, origin, { reason, "deletion-type": deletionType });
}
