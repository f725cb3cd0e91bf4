import { JobFailure } from "./errors.ts";

/** A place in S3; the key may be a prefix and may be empty. */
export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

/** Parses `s3://bucket/key`. Gives `undefined` for anything else. */
export function parseS3Uri(uri: string): S3Location | undefined {
  const match = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(uri);
  return match ? { bucket: match[1] ?? "", key: match[2] ?? "" } : undefined;
}

/** Parses an S3 URI of a running job, which fails when it is none. */
export function requireS3Uri(uri: string | undefined, member: string): S3Location {
  const location = uri === undefined ? undefined : parseS3Uri(uri);
  if (!location) throw new JobFailure("ClientError", `${member} is not an S3 URI: ${uri ?? "missing"}`);
  return location;
}

/** Writes `s3://bucket/key`. */
export function s3Uri(location: S3Location): string {
  return `s3://${location.bucket}/${location.key}`;
}

/** `a/b` below `prefix`, with exactly one slash between. */
export function joinKey(prefix: string, rest: string): string {
  if (prefix === "") return rest;
  return prefix.endsWith("/") ? `${prefix}${rest}` : `${prefix}/${rest}`;
}
