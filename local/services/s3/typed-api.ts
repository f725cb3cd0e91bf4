import { copyObject } from "./objects/copy.ts";
import { deleteObject } from "./objects/delete.ts";
import { internalOrigin } from "./objects/events.ts";
import { openSelection, select } from "./objects/get.ts";
import { listPage } from "./objects/list.ts";
import { NO_DIGESTS, putObject } from "./objects/put.ts";
import { encryptionOf } from "./operations/properties.ts";
import type { ObjectState } from "./store/object-state.ts";
import type { ObjectVersion } from "./store/records.ts";
import type { ObjectSummary, S3Service, WrittenObject } from "./types.ts";

const PAGE_KEYS = 1_000;

function summary(version: ObjectVersion): ObjectSummary {
  return {
    ...version.headers,
    bucket: version.bucket,
    key: version.key,
    size: version.sizeBytes,
    etag: version.etag,
    versionId: version.versionId,
    metadata: version.metadata,
    tags: version.tags,
    lastModified: new Date(version.modifiedMillis),
  };
}

const written = (version: ObjectVersion): WrittenObject => ({
  etag: version.etag,
  versionId: version.versionId,
  size: version.sizeBytes,
});

type TypedApi = Pick<
  S3Service,
  "putObject" | "getObject" | "headObject" | "listObjects" | "copyObject" | "deleteObject" | "deleteObjects"
>;

/** The typed in-process API over the object store. */
export function typedApi(state: ObjectState): TypedApi {
  return {
    async putObject(input) {
      const { bucket, key, body, metadata = {}, tags = {}, ifMatch, ifNoneMatch, ...headers } = input;
      const version = await putObject(
        state,
        {
          bucket,
          key,
          body,
          properties: {
            headers: {
              contentType: headers.contentType ?? "binary/octet-stream",
              cacheControl: headers.cacheControl,
              contentDisposition: headers.contentDisposition,
              contentEncoding: headers.contentEncoding,
              contentLanguage: headers.contentLanguage,
              expires: headers.expires,
            },
            metadata,
            tags,
            storageClass: "STANDARD",
            encryption: encryptionOf(state, { Bucket: bucket }),
          },
          digests: NO_DIGESTS,
          conditions: { ifMatch, ifNoneMatch },
        },
        internalOrigin(),
      );
      return written(version);
    },
    async getObject({ bucket, key, versionId, range }) {
      const header = range === undefined ? undefined : `bytes=${range.start}-${range.end}`;
      const selection = select(state, { bucket, key, versionId, range: header });
      const { version } = selection;
      return { ...summary(version), stream: openSelection(state, selection), path: state.files.path(version.file) };
    },
    async headObject({ bucket, key, versionId }) {
      const { version } = select(state, { bucket, key, versionId });
      return { ...summary(version), path: state.files.path(version.file) };
    },
    async *listObjects({ bucket, prefix = "", startAfter = "" }) {
      let after = startAfter;
      for (;;) {
        const page = listPage(state, { bucket, prefix, delimiter: "", after, maxKeys: PAGE_KEYS });
        for (const version of page.objects) yield summary(version);
        if (!page.truncated || page.last === undefined) return;
        after = page.last;
      }
    },
    async copyObject({ source, bucket, key, metadata, contentType }) {
      const version = await copyObject(
        state,
        {
          source: { ...source, conditions: {} },
          bucket,
          key,
          replace: { metadata, headers: contentType === undefined ? undefined : { contentType } },
          conditions: {},
        },
        internalOrigin(),
      );
      return written(version);
    },
    async deleteObject(input) {
      const { versionId, deleteMarker } = deleteObject(state, input, internalOrigin());
      return versionId === undefined ? { deleteMarker } : { versionId, deleteMarker };
    },
    async deleteObjects({ bucket, keys }) {
      state.bucket(bucket);
      for (const key of keys) deleteObject(state, { bucket, key }, internalOrigin());
    },
  };
}
