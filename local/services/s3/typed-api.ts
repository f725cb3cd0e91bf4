import { authorize } from "../../kernel/authorization.ts";
import type { Principal } from "../../kernel/cloud.ts";
import { copyObject } from "./objects/copy.ts";
import { deleteObject } from "./objects/delete.ts";
import { internalOrigin } from "./objects/events.ts";
import { openSelection, type Selection, select } from "./objects/get.ts";
import { listPage } from "./objects/list.ts";
import { NO_DIGESTS, putObject } from "./objects/put.ts";
import { readUnlessHidden } from "./operations/missing.ts";
import { encryptionOf } from "./operations/properties.ts";
import type { ObjectState } from "./store/object-state.ts";
import type { ObjectVersion } from "./store/records.ts";
import type { ObjectAddress, ObjectSummary, OnBehalf, S3Service, WrittenObject } from "./types.ts";

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
  const ask = (principal: Principal | undefined, operation: string, input: object): void => {
    if (principal !== undefined) authorize(state.cloud, { service: "s3", operation, input, principal });
  };
  const find = (
    operation: string,
    address: ObjectAddress & OnBehalf & { readonly range?: string | undefined },
  ): Promise<Selection> | Selection => {
    const { principal, ...wanted } = address;
    if (principal === undefined) return select(state, wanted);
    const { bucket, key, versionId } = wanted;
    ask(principal, operation, {
      Bucket: bucket,
      Key: key,
      ...(versionId === undefined ? {} : { VersionId: versionId }),
    });
    return readUnlessHidden(state.cloud, principal, bucket, () => select(state, wanted));
  };

  return {
    async putObject(input) {
      const { bucket, key, body, metadata = {}, tags = {}, ifMatch, ifNoneMatch, principal, ...headers } = input;
      ask(principal, "PutObject", { Bucket: bucket, Key: key, Tagging: new URLSearchParams(tags).toString() });
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
    async getObject({ range, ...address }) {
      const header = range === undefined ? undefined : `bytes=${range.start}-${range.end}`;
      const selection = await find("GetObject", { ...address, range: header });
      const { version } = selection;
      return { ...summary(version), stream: openSelection(state, selection), path: state.files.path(version.file) };
    },
    async headObject(address) {
      const { version } = await find("HeadObject", address);
      return { ...summary(version), path: state.files.path(version.file) };
    },
    async *listObjects({ bucket, prefix = "", startAfter = "", principal }) {
      ask(principal, "ListObjectsV2", { Bucket: bucket, Prefix: prefix });
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
