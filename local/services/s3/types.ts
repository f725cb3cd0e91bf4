import type { Readable } from "node:stream";
import type { LocalService, Principal } from "../../kernel/cloud.ts";

/** What an object is made of: all at once, or as a stream that is never held in memory as a whole. */
export type ObjectBody = AsyncIterable<Uint8Array> | Uint8Array | string;

/** For whom a service calls: a job's role, for instance. Without one the call is the cloud's own and needs no permission. */
export interface OnBehalf {
  readonly principal?: Principal | undefined;
}

/** Names one object, or one version of it. */
export interface ObjectAddress {
  readonly bucket: string;
  readonly key: string;
  /** `null` (as text) names the version written without versioning. */
  readonly versionId?: string | undefined;
}

/** Content headers that S3 keeps with an object and gives back. */
export interface ContentHeaders {
  readonly contentType?: string | undefined;
  readonly cacheControl?: string | undefined;
  readonly contentDisposition?: string | undefined;
  readonly contentEncoding?: string | undefined;
  readonly contentLanguage?: string | undefined;
  readonly expires?: string | undefined;
}

/** Input of {@link S3Service.putObject}. */
export interface PutObjectInput extends ContentHeaders, OnBehalf {
  readonly bucket: string;
  readonly key: string;
  readonly body: ObjectBody;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** `*`: only when no object of that key exists (else PreconditionFailed). */
  readonly ifNoneMatch?: string | undefined;
  /** Only when the current object has this ETag (without quotes). */
  readonly ifMatch?: string | undefined;
}

/** What a write answers. The ETag has no quotes; `versionId` is `null` (as text) in a bucket without versioning. */
export interface WrittenObject {
  readonly etag: string;
  readonly versionId: string;
  readonly size: number;
}

/** What is known of a stored object. Sizes in bytes; the ETag has no quotes. */
export interface ObjectSummary extends ContentHeaders {
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly versionId: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly lastModified: Date;
}

/** An object opened for reading. */
export interface OpenedObject extends ObjectSummary {
  /** The bytes, or those of the asked range. The file is already open: a later delete does not disturb it. */
  readonly stream: Readable;
  /** The immutable file on disk that holds the whole object. Read or link it; never write to it. */
  readonly path: string;
}

/** Input of {@link S3Service.listObjects}. */
export interface ListObjectsInput extends OnBehalf {
  readonly bucket: string;
  readonly prefix?: string | undefined;
  /** Only keys behind this one, in UTF-8 binary order. */
  readonly startAfter?: string | undefined;
}

/** The local S3, with its typed in-process API. Everything throws AwsError with S3's own codes. */
export interface S3Service extends LocalService {
  /** Streams the body to disk and commits it in one step; emits `Object Created` when the bucket notifies EventBridge. */
  putObject(input: PutObjectInput): Promise<WrittenObject>;
  /** Opens an object. `range` is inclusive, in bytes: `{ start: 0, end: 9 }` gives ten bytes. */
  getObject(
    input: ObjectAddress & OnBehalf & { readonly range?: { start: number; end: number } | undefined },
  ): Promise<OpenedObject>;
  headObject(input: ObjectAddress & OnBehalf): Promise<ObjectSummary & { readonly path: string }>;
  /** Current objects in UTF-8 binary order of their keys. Objects written during the walk may or may not appear. */
  listObjects(input: ListObjectsInput): AsyncIterable<ObjectSummary>;
  copyObject(input: {
    readonly source: ObjectAddress;
    readonly bucket: string;
    readonly key: string;
    readonly metadata?: Readonly<Record<string, string>> | undefined;
    readonly contentType?: string | undefined;
  }): Promise<WrittenObject>;
  /** Deletes like S3: without a version id in a versioned bucket this adds a delete marker. Deleting what is not there succeeds. */
  deleteObject(input: ObjectAddress): Promise<{ readonly versionId?: string; readonly deleteMarker: boolean }>;
  deleteObjects(input: { readonly bucket: string; readonly keys: readonly string[] }): Promise<void>;
}
