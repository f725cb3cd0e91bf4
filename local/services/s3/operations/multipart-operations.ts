import { checksumMember } from "../body/checksums.ts";
import { completeUpload } from "../objects/complete-upload.ts";
import { commonPrefixOf } from "../objects/list.ts";
import { abortUpload, createUpload, type ListedPart, uploadPart, uploadPartCopy } from "../objects/multipart.ts";
import { compareKeys } from "../store/key-order.ts";
import type { ObjectState } from "../store/object-state.ts";
import type { Upload, UploadPart } from "../store/records.ts";
import { refuseMembers, type S3Operation } from "./call.ts";
import { pageSize, urlEncoder } from "./list-operations.ts";
import { parseCopySource } from "./object-operations.ts";
import {
  algorithmOf,
  checksumMembers,
  checksumsOf,
  digestsOf,
  encryptionMembers,
  propertiesOf,
  quoted,
  versionMember,
} from "./properties.ts";

const partChecksum = (upload: Upload, part: UploadPart): Record<string, string> =>
  upload.checksumAlgorithm === undefined || part.checksum === undefined
    ? {}
    : { [checksumMember(upload.checksumAlgorithm)]: part.checksum };

/** Operations of multipart uploads, in AWS's shapes. */
export function multipartOperations(state: ObjectState): Record<string, S3Operation> {
  return {
    CreateMultipartUpload(input) {
      const upload = createUpload(state, {
        bucket: input.Bucket,
        key: input.Key,
        properties: propertiesOf(state, input),
        checksumAlgorithm: algorithmOf(input.ChecksumAlgorithm),
        checksumType: input.ChecksumType,
      });
      return {
        Bucket: upload.bucket,
        Key: upload.key,
        UploadId: upload.uploadId,
        ...encryptionMembers(upload.encryption),
        ChecksumAlgorithm: upload.checksumAlgorithm,
        ChecksumType: upload.checksumType,
      };
    },
    async UploadPart(input, call) {
      refuseMembers(input, ["SSECustomerAlgorithm", "SSECustomerKey"]);
      const { Bucket: bucket, Key: key, UploadId: uploadId, PartNumber: partNumber } = input;
      const digests = digestsOf(input, call);
      const part = await uploadPart(
        state,
        { bucket, key, uploadId, partNumber },
        input.Body ?? new Uint8Array(),
        digests,
      );
      const upload = state.uploads.get(bucket, key, uploadId);
      return { ETag: quoted(part.etag), ...partChecksum(upload, part), ...encryptionMembers(upload.encryption) };
    },
    async UploadPartCopy(input) {
      refuseMembers(input, ["SSECustomerAlgorithm", "CopySourceSSECustomerAlgorithm"]);
      const { Bucket: bucket, Key: key, UploadId: uploadId, PartNumber: partNumber } = input;
      const from = parseCopySource(input);
      const { part, source } = await uploadPartCopy(
        state,
        { bucket, key, uploadId, partNumber },
        from,
        input.CopySourceRange,
      );
      const upload = state.uploads.get(bucket, key, uploadId);
      return {
        CopyPartResult: {
          ETag: quoted(part.etag),
          LastModified: new Date(part.modifiedMillis),
          ...partChecksum(upload, part),
        },
        CopySourceVersionId: versionMember(state, source)["VersionId"],
        ...encryptionMembers(upload.encryption),
      };
    },
    async CompleteMultipartUpload(input, call) {
      refuseMembers(input, ["SSECustomerAlgorithm", "SSECustomerKey"]);
      const listed = ((input.MultipartUpload?.Parts ?? []) as Record<string, unknown>[]).map(
        (part): ListedPart => ({
          partNumber: Number(part["PartNumber"]),
          etag: String(part["ETag"]),
          checksums: checksumsOf(part),
        }),
      );
      const version = await completeUpload(
        state,
        {
          bucket: input.Bucket,
          key: input.Key,
          uploadId: input.UploadId,
          parts: listed,
          conditions: { ifMatch: input.IfMatch, ifNoneMatch: input.IfNoneMatch },
          checksums: checksumsOf(input),
          expectedSizeBytes: input.MpuObjectSize,
        },
        call.origin,
      );
      const path = version.key.split("/").map(encodeURIComponent).join("/");
      return {
        Location: `${state.cloud.endpoint()}/${version.bucket}/${path}`,
        Bucket: version.bucket,
        Key: version.key,
        ETag: quoted(version.etag),
        ...checksumMembers(version.checksum),
        ...versionMember(state, version),
        ...encryptionMembers(version.encryption),
      };
    },
    AbortMultipartUpload(input) {
      abortUpload(state, input.Bucket, input.Key, input.UploadId);
      return {};
    },
    ListParts(input) {
      const { Bucket: bucket, Key: key, UploadId: uploadId } = input;
      state.bucket(bucket);
      const upload = state.uploads.get(bucket, key, uploadId);
      const marker = Number(input.PartNumberMarker ?? 0);
      const maxParts = pageSize(input.MaxParts, "max-parts");
      const behind = state.uploads.parts(uploadId).filter((part) => part.partNumber > marker);
      const page = behind.slice(0, maxParts);
      const truncated = page.length < behind.length;
      return {
        Bucket: bucket,
        Key: key,
        UploadId: uploadId,
        PartNumberMarker: marker,
        NextPartNumberMarker: truncated ? (page.at(-1)?.partNumber ?? marker) : undefined,
        MaxParts: maxParts,
        IsTruncated: truncated,
        StorageClass: upload.storageClass,
        ChecksumAlgorithm: upload.checksumAlgorithm,
        ChecksumType: upload.checksumType,
        Parts: page.map((part) => ({
          PartNumber: part.partNumber,
          LastModified: new Date(part.modifiedMillis),
          ETag: quoted(part.etag),
          Size: part.sizeBytes,
          ...partChecksum(upload, part),
        })),
      };
    },
    ListMultipartUploads(input) {
      state.bucket(input.Bucket);
      const prefix: string = input.Prefix ?? "";
      const delimiter: string = input.Delimiter ?? "";
      const keyMarker: string = input.KeyMarker ?? "";
      const maxUploads = pageSize(input.MaxUploads, "max-uploads");
      const encode = urlEncoder(input.EncodingType);
      const uploads: Upload[] = [];
      const prefixes = new Set<string>();
      let truncated = false;
      let skipping = keyMarker !== "" && input.UploadIdMarker !== undefined;
      for (const upload of state.uploads.inBucket(input.Bucket).sort((a, b) => compareKeys(a.key, b.key))) {
        if (!upload.key.startsWith(prefix)) continue;
        const order = compareKeys(upload.key, keyMarker);
        if (keyMarker !== "" && (order < 0 || (order === 0 && input.UploadIdMarker === undefined))) continue;
        if (order === 0 && skipping) {
          skipping = upload.uploadId !== input.UploadIdMarker;
          continue;
        }
        const rolled = commonPrefixOf(upload.key, prefix, delimiter);
        if (rolled !== undefined && (prefixes.has(rolled) || compareKeys(rolled, keyMarker) <= 0)) continue;
        if (uploads.length + prefixes.size >= maxUploads) {
          truncated = maxUploads > 0;
          break;
        }
        if (rolled === undefined) uploads.push(upload);
        else prefixes.add(rolled);
      }
      const lastPrefix = [...prefixes].at(-1);
      const last = uploads.at(-1);
      const lastIsPrefix = lastPrefix !== undefined && (last === undefined || compareKeys(lastPrefix, last.key) > 0);
      return {
        Bucket: input.Bucket,
        KeyMarker: encode(keyMarker),
        UploadIdMarker: input.UploadIdMarker ?? "",
        NextKeyMarker: truncated ? encode(lastIsPrefix ? lastPrefix : (last?.key ?? "")) : undefined,
        NextUploadIdMarker: truncated && !lastIsPrefix ? last?.uploadId : undefined,
        Prefix: input.Prefix === undefined ? undefined : encode(prefix),
        Delimiter: input.Delimiter === undefined ? undefined : encode(delimiter),
        EncodingType: input.EncodingType,
        MaxUploads: maxUploads,
        IsTruncated: truncated,
        Uploads: uploads.map((upload) => ({
          UploadId: upload.uploadId,
          Key: encode(upload.key),
          Initiated: new Date(upload.startedMillis),
          StorageClass: upload.storageClass,
          ChecksumAlgorithm: upload.checksumAlgorithm,
          ChecksumType: upload.checksumType,
        })),
        CommonPrefixes: [...prefixes].map((common) => ({ Prefix: encode(common) })),
      };
    },
  };
}
