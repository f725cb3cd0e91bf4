import { createReadStream, openSync } from "node:fs";
import type { Readable } from "node:stream";
import { AwsError } from "../../../kernel/aws-error.ts";
import { noSuchKey } from "../errors.ts";
import type { ObjectState } from "../store/object-state.ts";
import type { ObjectVersion } from "../store/records.ts";
import { checkReadConditions, type ReadConditions } from "./conditions.ts";
import { type ByteRange, parseRange } from "./ranges.ts";

const READ_BUFFER_BYTES = 256 * 1024;

/** What to read of an object. */
export interface ReadRequest {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string | undefined;
  readonly conditions?: ReadConditions | undefined;
  /** The `Range` header. */
  readonly range?: string | undefined;
  /** One part of an object that came by multipart upload, from 1. */
  readonly partNumber?: number | undefined;
}

/** A version that may be read, and the part of it that is asked for (undefined: all). */
export interface Selection {
  readonly version: ObjectVersion;
  readonly range?: ByteRange | undefined;
}

/**
 * Finds the version to read and checks the conditions. Throws NoSuchKey (with the marker's id when a delete marker hides
 * the object), MethodNotAllowed for a delete marker asked for by id, PreconditionFailed, NotModified, InvalidRange, InvalidPartNumber.
 */
export function select(state: ObjectState, request: ReadRequest): Selection {
  const version = state.find(request.bucket, request.key, request.versionId);
  if (version.deleteMarker) {
    const members = { DeleteMarker: true, MarkerVersionId: version.versionId, Key: version.key };
    if (request.versionId === undefined) {
      throw new AwsError("NoSuchKey", 404, noSuchKey(version.key).message, members);
    }
    throw new AwsError("MethodNotAllowed", 405, "The specified method is not allowed against this resource.", {
      ...members,
      LastModified: version.modifiedMillis,
    });
  }
  checkReadConditions(version, request.conditions ?? {});
  if (request.partNumber !== undefined) return { version, range: partRange(version, request.partNumber) };
  return { version, range: request.range === undefined ? undefined : parseRange(request.range, version.sizeBytes) };
}

function partRange(version: ObjectVersion, partNumber: number): ByteRange | undefined {
  const sizes = version.partSizesBytes ?? [version.sizeBytes];
  const size = sizes[partNumber - 1];
  if (size === undefined) {
    throw new AwsError("InvalidPartNumber", 416, "The requested partnumber is not satisfiable", {
      PartNumberRequested: partNumber,
      ActualPartCount: sizes.length,
    });
  }
  if (size === 0) return undefined;
  const start = sizes.slice(0, partNumber - 1).reduce((sum, part) => sum + part, 0);
  return { start, end: start + size - 1 };
}

/** Opens the bytes of a selection. The file is open when this returns: deleting the object afterwards does not disturb the reader. */
export function openSelection(state: ObjectState, { version, range }: Selection): Readable {
  const fd = openSync(state.files.path(version.file), "r");
  return createReadStream("", {
    fd,
    highWaterMark: READ_BUFFER_BYTES,
    ...(range === undefined ? {} : { start: range.start, end: range.end }),
  });
}

/** How many bytes a selection has. */
export const selectionSize = ({ version, range }: Selection): number =>
  range === undefined ? version.sizeBytes : range.end - range.start + 1;
