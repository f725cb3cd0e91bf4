import { createHash } from "node:crypto";
import { invalidArgument } from "../errors.ts";
import { listPage, listVersionsPage } from "../objects/list.ts";
import type { ObjectState } from "../store/object-state.ts";
import type { ObjectVersion } from "../store/records.ts";
import type { S3Operation } from "./call.ts";
import { quoted } from "./properties.ts";

const MAX_PAGE = 1_000;

/** How many entries a page may have: the client's number, at most 1,000. */
export function pageSize(asked: number | undefined, name: string): number {
  if (asked !== undefined && asked < 0) {
    throw invalidArgument(`Argument ${name} must be an integer between 0 and 2147483647`, name, String(asked));
  }
  return Math.min(asked ?? MAX_PAGE, MAX_PAGE);
}

/** Encodes a key as `encoding-type=url` asks for: like a form field, slashes kept. */
export function urlEncoder(encodingType: string | undefined): (text: string) => string {
  if (encodingType === undefined) return (text) => text;
  if (encodingType !== "url")
    throw invalidArgument("Invalid Encoding Method specified in Request", "encoding-type", encodingType);
  return (text) =>
    encodeURIComponent(text)
      .replace(/%2F/g, "/")
      .replace(/%20/g, "+")
      .replace(/[!'()]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The canonical user id that stands for an account: 64 hex digits. */
export const canonicalUserId = (accountId: string): string => createHash("sha256").update(accountId).digest("hex");

const token = {
  encode: (last: string): string => `1${Buffer.from(last, "utf8").toString("base64url")}`,
  decode(text: string): string {
    const decoded = Buffer.from(text.slice(1), "base64url").toString("utf8");
    if (token.encode(decoded) !== text) {
      throw invalidArgument("The continuation token provided is incorrect", "continuation-token", text);
    }
    return decoded;
  },
};

function entryOf(version: ObjectVersion, encode: (text: string) => string): Record<string, unknown> {
  return {
    Key: encode(version.key),
    LastModified: new Date(version.modifiedMillis),
    ETag: quoted(version.etag),
    ChecksumAlgorithm: version.checksum === undefined ? undefined : [version.checksum.algorithm],
    ChecksumType: version.checksum?.type,
    Size: version.sizeBytes,
    StorageClass: version.storageClass,
  };
}

/** Operations that list objects and versions, in AWS's shapes. */
export function listOperations(state: ObjectState): Record<string, S3Operation> {
  const owner = { ID: canonicalUserId(state.cloud.accountId) };
  return {
    ListObjectsV2(input) {
      const encode = urlEncoder(input.EncodingType);
      const maxKeys = pageSize(input.MaxKeys, "max-keys");
      const from: string =
        input.ContinuationToken === undefined ? (input.StartAfter ?? "") : token.decode(input.ContinuationToken);
      const page = listPage(state, {
        bucket: input.Bucket,
        prefix: input.Prefix ?? "",
        delimiter: input.Delimiter ?? "",
        after: from,
        maxKeys,
      });
      return {
        Name: input.Bucket,
        Prefix: encode(input.Prefix ?? ""),
        Delimiter: input.Delimiter === undefined ? undefined : encode(input.Delimiter),
        MaxKeys: maxKeys,
        EncodingType: input.EncodingType,
        KeyCount: page.objects.length + page.commonPrefixes.length,
        IsTruncated: page.truncated,
        ContinuationToken: input.ContinuationToken,
        NextContinuationToken: page.truncated && page.last !== undefined ? token.encode(page.last) : undefined,
        StartAfter: input.StartAfter === undefined ? undefined : encode(input.StartAfter),
        Contents: page.objects.map((version) => ({
          ...entryOf(version, encode),
          Owner: input.FetchOwner === true ? owner : undefined,
        })),
        CommonPrefixes: page.commonPrefixes.map((common) => ({ Prefix: encode(common) })),
      };
    },
    ListObjects(input) {
      const encode = urlEncoder(input.EncodingType);
      const maxKeys = pageSize(input.MaxKeys, "max-keys");
      const page = listPage(state, {
        bucket: input.Bucket,
        prefix: input.Prefix ?? "",
        delimiter: input.Delimiter ?? "",
        after: input.Marker ?? "",
        maxKeys,
      });
      return {
        Name: input.Bucket,
        Prefix: encode(input.Prefix ?? ""),
        Marker: encode(input.Marker ?? ""),
        // Without a delimiter the client continues behind the last key itself.
        NextMarker:
          page.truncated && input.Delimiter !== undefined && page.last !== undefined ? encode(page.last) : undefined,
        Delimiter: input.Delimiter === undefined ? undefined : encode(input.Delimiter),
        MaxKeys: maxKeys,
        EncodingType: input.EncodingType,
        IsTruncated: page.truncated,
        Contents: page.objects.map((version) => ({ ...entryOf(version, encode), Owner: owner })),
        CommonPrefixes: page.commonPrefixes.map((common) => ({ Prefix: encode(common) })),
      };
    },
    ListObjectVersions(input) {
      const encode = urlEncoder(input.EncodingType);
      const maxKeys = pageSize(input.MaxKeys, "max-keys");
      const page = listVersionsPage(state, {
        bucket: input.Bucket,
        prefix: input.Prefix ?? "",
        delimiter: input.Delimiter ?? "",
        keyMarker: input.KeyMarker ?? "",
        versionIdMarker: input.VersionIdMarker || undefined,
        maxKeys,
      });
      const common = ({ version, isLatest }: (typeof page.versions)[number]): Record<string, unknown> => ({
        Key: encode(version.key),
        VersionId: version.versionId,
        IsLatest: isLatest,
        LastModified: new Date(version.modifiedMillis),
        Owner: owner,
      });
      return {
        Name: input.Bucket,
        Prefix: encode(input.Prefix ?? ""),
        KeyMarker: encode(input.KeyMarker ?? ""),
        VersionIdMarker: input.VersionIdMarker ?? "",
        NextKeyMarker: page.nextKeyMarker === undefined ? undefined : encode(page.nextKeyMarker),
        NextVersionIdMarker: page.nextVersionIdMarker,
        Delimiter: input.Delimiter === undefined ? undefined : encode(input.Delimiter),
        MaxKeys: maxKeys,
        EncodingType: input.EncodingType,
        IsTruncated: page.truncated,
        Versions: page.versions
          .filter(({ version }) => !version.deleteMarker)
          .map((listed) => ({ ...entryOf(listed.version, encode), ...common(listed) })),
        DeleteMarkers: page.versions.filter(({ version }) => version.deleteMarker).map(common),
        CommonPrefixes: page.commonPrefixes.map((rolled) => ({ Prefix: encode(rolled) })),
      };
    },
  };
}
