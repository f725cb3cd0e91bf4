import type { StoredChecksum } from "../body/checksums.ts";
import type { ContentHeaders } from "../types.ts";

/** How an object says it is encrypted at rest; the local cloud keeps the bytes as they are. */
export interface StoredEncryption {
  readonly algorithm: string;
  readonly keyId?: string | undefined;
  readonly bucketKey?: boolean | undefined;
}

/** What travels with an object besides its bytes. */
export interface ObjectProperties {
  readonly headers: ContentHeaders;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly storageClass: string;
  readonly encryption: StoredEncryption;
  readonly websiteRedirect?: string | undefined;
}

/** One version of one object, or a delete marker. The durable record. */
export interface ObjectVersion extends ObjectProperties {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string;
  /** Orders the versions of a key and feeds the event's sequencer; never reused. */
  readonly sequence: number;
  readonly modifiedMillis: number;
  readonly deleteMarker: boolean;
  /** Name of the data file; empty for a delete marker. */
  readonly file: string;
  readonly sizeBytes: number;
  /** Without quotes. */
  readonly etag: string;
  readonly checksum?: StoredChecksum | undefined;
  /** Sizes of the parts, for an object that came by multipart upload. */
  readonly partSizesBytes?: readonly number[] | undefined;
}

/** State of a bucket's versioning; undefined means never enabled. */
export type VersioningStatus = "Enabled" | "Suspended" | undefined;

/** A bucket with its configurations, each in AWS's own shape under the name of its Put operation. */
export interface Bucket {
  readonly name: string;
  readonly createdMillis: number;
  readonly versioning?: VersioningStatus;
  readonly configurations: Readonly<Record<string, unknown>>;
}

/** A multipart upload in progress. */
export interface Upload extends ObjectProperties {
  readonly uploadId: string;
  readonly bucket: string;
  readonly key: string;
  readonly startedMillis: number;
  readonly checksumAlgorithm?: StoredChecksum["algorithm"] | undefined;
  readonly checksumType?: StoredChecksum["type"] | undefined;
}

/** One part of a multipart upload. */
export interface UploadPart {
  readonly uploadId: string;
  readonly partNumber: number;
  readonly file: string;
  readonly sizeBytes: number;
  readonly etag: string;
  readonly modifiedMillis: number;
  /** Base64, of the upload's algorithm. */
  readonly checksum?: string | undefined;
}

/** The version id of objects written without versioning. */
export const NULL_VERSION = "null";
