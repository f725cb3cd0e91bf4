import { AwsError } from "../../../kernel/aws-error.ts";
import { invalidArgument, invalidRequest, malformedXml } from "../errors.ts";
import { type CopySource, copyObject } from "../objects/copy.ts";
import { deleteObject } from "../objects/delete.ts";
import { openSelection, type ReadRequest, type Selection, select, selectionSize } from "../objects/get.ts";
import { putObject } from "../objects/put.ts";
import { validateTags } from "../objects/validate.ts";
import type { ObjectState } from "../store/object-state.ts";
import type { ObjectVersion } from "../store/records.ts";
import { refuseMembers, type S3Operation } from "./call.ts";
import {
  algorithmOf,
  checksumMembers,
  contentHeadersOf,
  digestsOf,
  encryptionMembers,
  encryptionOf,
  parseTagging,
  propertiesOf,
  quoted,
  refuseUnsupportedWrite,
  versionMember,
} from "./properties.ts";

type Input = Readonly<Record<string, unknown>>;

/** Reads `CopySource`: `bucket/key` or `/bucket/key`, percent-encoded, with an optional `?versionId=`. */
export function parseCopySource(input: Input): CopySource {
  const raw = String(input["CopySource"]);
  const [path = "", query = ""] = raw.split(/\?versionId=(?=[^?]*$)/);
  let decoded: string;
  try {
    decoded = decodeURIComponent(path.replace(/^\//, ""));
  } catch (cause) {
    if (!(cause instanceof URIError)) throw cause;
    throw invalidArgument(
      "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
      "x-amz-copy-source",
      raw,
    );
  }
  const slash = decoded.indexOf("/");
  if (slash <= 0 || slash === decoded.length - 1) {
    throw invalidArgument(
      "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
      "x-amz-copy-source",
      raw,
    );
  }
  return {
    bucket: decoded.slice(0, slash),
    key: decoded.slice(slash + 1),
    versionId: query === "" ? undefined : decodeURIComponent(query),
    conditions: {
      ifMatch: input["CopySourceIfMatch"] as string | undefined,
      ifNoneMatch: input["CopySourceIfNoneMatch"] as string | undefined,
      ifModifiedSince: input["CopySourceIfModifiedSince"] as Date | undefined,
      ifUnmodifiedSince: input["CopySourceIfUnmodifiedSince"] as Date | undefined,
    },
  };
}

const readRequest = (input: Input): ReadRequest => ({
  bucket: String(input["Bucket"]),
  key: String(input["Key"]),
  versionId: input["VersionId"] as string | undefined,
  range: input["Range"] as string | undefined,
  partNumber: input["PartNumber"] as number | undefined,
  conditions: {
    ifMatch: input["IfMatch"] as string | undefined,
    ifNoneMatch: input["IfNoneMatch"] as string | undefined,
    ifModifiedSince: input["IfModifiedSince"] as Date | undefined,
    ifUnmodifiedSince: input["IfUnmodifiedSince"] as Date | undefined,
  },
});

function readOutput(state: ObjectState, selection: Selection, input: Input): Record<string, unknown> {
  const { version, range } = selection;
  const { headers } = version;
  const tagCount = Object.keys(version.tags).length;
  const override = (member: string, stored: string | undefined): unknown => input[`Response${member}`] ?? stored;
  return {
    AcceptRanges: "bytes",
    LastModified: new Date(version.modifiedMillis),
    ContentLength: selectionSize(selection),
    ContentRange: range === undefined ? undefined : `bytes ${range.start}-${range.end}/${version.sizeBytes}`,
    ETag: quoted(version.etag),
    ...(input["ChecksumMode"] === "ENABLED" && range === undefined ? checksumMembers(version.checksum) : {}),
    ...versionMember(state, version),
    CacheControl: override("CacheControl", headers.cacheControl),
    ContentDisposition: override("ContentDisposition", headers.contentDisposition),
    ContentEncoding: override("ContentEncoding", headers.contentEncoding),
    ContentLanguage: override("ContentLanguage", headers.contentLanguage),
    ContentType: override("ContentType", headers.contentType),
    Expires: override("Expires", headers.expires),
    WebsiteRedirectLocation: version.websiteRedirect,
    ...encryptionMembers(version.encryption),
    Metadata: version.metadata,
    StorageClass: version.storageClass === "STANDARD" ? undefined : version.storageClass,
    PartsCount: input["PartNumber"] === undefined ? undefined : version.partSizesBytes?.length,
    TagCount: tagCount === 0 ? undefined : tagCount,
  };
}

interface DeleteEntry {
  readonly Key: string;
  readonly VersionId?: string;
  readonly ETag?: string;
  readonly LastModifiedTime?: Date;
  readonly Size?: number;
}

const tagSet = (tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

function findTaggable(state: ObjectState, input: Input): ObjectVersion {
  const { version } = select(state, {
    bucket: String(input["Bucket"]),
    key: String(input["Key"]),
    versionId: input["VersionId"] as string | undefined,
  });
  return version;
}

/** Operations on single objects, in AWS's shapes. */
export function objectOperations(state: ObjectState): Record<string, S3Operation> {
  return {
    async PutObject(input, call) {
      const version = await putObject(
        state,
        {
          bucket: input.Bucket,
          key: input.Key,
          body: input.Body ?? new Uint8Array(),
          properties: propertiesOf(state, input),
          digests: digestsOf(input, call),
          conditions: { ifMatch: input.IfMatch, ifNoneMatch: input.IfNoneMatch },
        },
        call.origin,
      );
      return {
        ETag: quoted(version.etag),
        ...checksumMembers(version.checksum),
        ...versionMember(state, version),
        ...encryptionMembers(version.encryption),
      };
    },
    GetObject(input) {
      refuseMembers(input, ["SSECustomerAlgorithm", "SSECustomerKey"]);
      if (input.Range !== undefined && input.PartNumber !== undefined) {
        throw invalidRequest("Cannot specify both Range header and partNumber query parameter");
      }
      const selection = select(state, readRequest(input));
      return { ...readOutput(state, selection, input), Body: openSelection(state, selection) };
    },
    HeadObject(input) {
      refuseMembers(input, ["SSECustomerAlgorithm", "SSECustomerKey"]);
      return readOutput(state, select(state, readRequest(input)), input);
    },
    GetObjectAttributes(input) {
      const { version } = select(state, { bucket: input.Bucket, key: input.Key, versionId: input.VersionId });
      const wanted = new Set<string>(input.ObjectAttributes);
      const parts = version.partSizesBytes;
      return {
        LastModified: new Date(version.modifiedMillis),
        ...versionMember(state, version),
        ETag: wanted.has("ETag") ? version.etag : undefined,
        Checksum: wanted.has("Checksum") && version.checksum ? checksumMembers(version.checksum) : undefined,
        ObjectParts: wanted.has("ObjectParts") && parts ? { TotalPartsCount: parts.length } : undefined,
        StorageClass: wanted.has("StorageClass") ? version.storageClass : undefined,
        ObjectSize: wanted.has("ObjectSize") ? version.sizeBytes : undefined,
      };
    },
    async CopyObject(input, call) {
      refuseUnsupportedWrite(input);
      refuseMembers(input, ["CopySourceSSECustomerAlgorithm", "CopySourceSSECustomerKey"]);
      const replaceMetadata = input.MetadataDirective === "REPLACE";
      const source = parseCopySource(input);
      const version = await copyObject(
        state,
        {
          source,
          bucket: input.Bucket,
          key: input.Key,
          replace: {
            headers: replaceMetadata ? contentHeadersOf(input) : undefined,
            metadata: replaceMetadata ? (input.Metadata ?? {}) : undefined,
            tags: input.TaggingDirective === "REPLACE" ? parseTagging(input.Tagging) : undefined,
            storageClass: input.StorageClass,
            encryption: input.ServerSideEncryption === undefined ? undefined : encryptionOf(state, input),
            websiteRedirect: input.WebsiteRedirectLocation,
          },
          checksumAlgorithm: algorithmOf(input.ChecksumAlgorithm),
          conditions: { ifMatch: input.IfMatch, ifNoneMatch: input.IfNoneMatch },
        },
        call.origin,
      );
      const from = state.buckets.get(source.bucket)?.versioning === undefined ? undefined : source.versionId;
      return {
        CopyObjectResult: {
          ETag: quoted(version.etag),
          LastModified: new Date(version.modifiedMillis),
          ...checksumMembers(version.checksum),
        },
        CopySourceVersionId: from,
        ...versionMember(state, version),
        ...encryptionMembers(version.encryption),
      };
    },
    DeleteObject(input, call) {
      refuseMembers(input, ["MFA", "IfMatchLastModifiedTime", "IfMatchSize"]);
      const { Bucket: bucket, Key: key, VersionId: versionId, IfMatch: ifMatch } = input;
      const result = deleteObject(state, { bucket, key, versionId, ifMatch }, call.origin);
      return { VersionId: result.versionId, DeleteMarker: result.deleteMarker ? true : undefined };
    },
    DeleteObjects(input, call) {
      refuseMembers(input, ["MFA"]);
      state.bucket(input.Bucket);
      const entries: readonly DeleteEntry[] = input.Delete.Objects;
      if (entries.length === 0 || entries.length > 1_000) throw malformedXml("Delete takes 1 to 1000 objects");
      const deleted: object[] = [];
      const errors: object[] = [];
      for (const entry of entries) {
        const { Key: key, VersionId: versionId, ETag: ifMatch } = entry;
        try {
          refuseMembers({ ...entry }, ["LastModifiedTime", "Size"]);
          const result = deleteObject(state, { bucket: input.Bucket, key, versionId, ifMatch }, call.origin);
          deleted.push({
            Key: key,
            VersionId: versionId,
            DeleteMarker: result.deleteMarker ? true : undefined,
            DeleteMarkerVersionId: result.deleteMarker ? result.versionId : undefined,
          });
        } catch (error) {
          if (!(error instanceof AwsError)) throw error;
          errors.push({ Key: key, VersionId: versionId, Code: error.code, Message: error.message });
        }
      }
      return {
        Deleted: input.Delete.Quiet === true || deleted.length === 0 ? undefined : deleted,
        Errors: errors.length === 0 ? undefined : errors,
      };
    },
    GetObjectTagging(input) {
      const version = findTaggable(state, input);
      return { ...versionMember(state, version), TagSet: tagSet(version.tags) };
    },
    PutObjectTagging(input) {
      const version = findTaggable(state, input);
      const tags: Record<string, string> = {};
      for (const { Key, Value } of input.Tagging.TagSet) {
        if (Object.hasOwn(tags, Key)) {
          throw new AwsError("InvalidTag", 400, "Cannot provide multiple Tags with the same key", { TagKey: Key });
        }
        tags[Key] = Value;
      }
      validateTags(tags);
      state.retag(version, tags);
      return versionMember(state, version);
    },
    DeleteObjectTagging(input) {
      const version = findTaggable(state, input);
      state.retag(version, {});
      return versionMember(state, version);
    },
  };
}
