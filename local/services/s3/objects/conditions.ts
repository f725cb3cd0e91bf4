import { AwsError } from "../../../kernel/aws-error.ts";
import { noSuchKey, preconditionFailed } from "../errors.ts";
import type { ObjectVersion } from "../store/records.ts";

/** Conditions of a read. ETags as the client sent them, a list allowed; times compared to the second. */
export interface ReadConditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  readonly ifModifiedSince?: Date | undefined;
  readonly ifUnmodifiedSince?: Date | undefined;
}

/** Conditions of a write. */
export interface WriteConditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

const unquote = (etag: string): string =>
  etag
    .trim()
    .replace(/^W\//, "")
    .replace(/^"(.*)"$/, "$1");

const matches = (header: string, etag: string): boolean =>
  header.trim() === "*" || header.split(",").some((candidate) => unquote(candidate) === etag);

const seconds = (millis: number): number => Math.floor(millis / 1_000);

/**
 * Checks a read against its conditions in the order of RFC 9110 section 13.2.2. Throws PreconditionFailed (412) or
 * NotModified (304, an answer without a body).
 */
export function checkReadConditions(version: ObjectVersion, conditions: ReadConditions): void {
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = conditions;
  const modified = seconds(version.modifiedMillis);
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, version.etag)) throw preconditionFailed("If-Match");
  } else if (ifUnmodifiedSince !== undefined && modified > seconds(ifUnmodifiedSince.getTime())) {
    throw preconditionFailed("If-Unmodified-Since");
  }
  if (ifNoneMatch !== undefined) {
    if (matches(ifNoneMatch, version.etag)) throw notModified(version);
  } else if (ifModifiedSince !== undefined && modified <= seconds(ifModifiedSince.getTime())) {
    throw notModified(version);
  }
}

/** Checks a copy's source: like a read, but every failure is 412. */
export function checkCopyConditions(version: ObjectVersion, conditions: ReadConditions): void {
  try {
    checkReadConditions(version, conditions);
  } catch (error) {
    if (error instanceof AwsError && error.statusCode === 304)
      throw preconditionFailed("x-amz-copy-source-If-None-Match");
    throw error;
  }
}

/**
 * Checks a write against the object that is there now (undefined: none). Call it in the same tick as the commit.
 * Throws PreconditionFailed, or NoSuchKey for If-Match on nothing.
 */
export function checkWriteConditions(
  key: string,
  current: ObjectVersion | undefined,
  conditions: WriteConditions,
): void {
  if (conditions.ifNoneMatch !== undefined) {
    if (conditions.ifNoneMatch.trim() !== "*") {
      throw new AwsError(
        "NotImplemented",
        501,
        "A header you provided implies functionality that is not implemented: If-None-Match takes only * on a write",
        { Header: "If-None-Match" },
      );
    }
    if (current !== undefined) throw preconditionFailed("If-None-Match");
  }
  if (conditions.ifMatch !== undefined) {
    if (current === undefined) throw noSuchKey(key);
    if (!matches(conditions.ifMatch, current.etag)) throw preconditionFailed("If-Match");
  }
}

const notModified = (version: ObjectVersion): AwsError =>
  new AwsError("NotModified", 304, "Not Modified", { ETag: version.etag, LastModified: version.modifiedMillis });
