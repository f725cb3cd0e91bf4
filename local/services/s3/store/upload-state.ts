import type { Cloud } from "../../../kernel/cloud.ts";
import type { DurableMap } from "../../../kernel/durable-map.ts";
import { noSuchUpload } from "../errors.ts";
import type { Upload, UploadPart } from "./records.ts";

/** Multipart uploads in progress and their parts, durable. */
export class UploadState {
  readonly #uploads: DurableMap<Upload>;
  readonly #records: DurableMap<UploadPart>;
  readonly #parts = new Map<string, Map<number, UploadPart>>();

  constructor(cloud: Cloud) {
    this.#uploads = cloud.table<Upload>("s3", "uploads");
    this.#records = cloud.table<UploadPart>("s3", "parts");
    for (const part of [...this.#records.values()]) {
      // The upload's record goes first when an upload ends: parts without one are left over from a crash.
      if (this.#uploads.has(part.uploadId)) this.#of(part.uploadId).set(part.partNumber, part);
      else this.#records.delete(`${part.uploadId}/${part.partNumber}`);
    }
  }

  add(upload: Upload): void {
    this.#uploads.set(upload.uploadId, upload);
  }

  /** The upload, or NoSuchUpload when there is none of that id for that object. */
  get(bucket: string, key: string, uploadId: string): Upload {
    const upload = this.#uploads.get(uploadId);
    if (upload === undefined || upload.bucket !== bucket || upload.key !== key) throw noSuchUpload(uploadId);
    return upload;
  }

  /** Uploads into a bucket, oldest first. */
  inBucket(bucket: string): Upload[] {
    return [...this.#uploads.values()].filter((upload) => upload.bucket === bucket);
  }

  /** Stores a part; gives the part of the same number that it replaced. */
  setPart(part: UploadPart): UploadPart | undefined {
    const parts = this.#of(part.uploadId);
    const replaced = parts.get(part.partNumber);
    this.#records.set(`${part.uploadId}/${part.partNumber}`, part);
    parts.set(part.partNumber, part);
    return replaced;
  }

  part(uploadId: string, partNumber: number): UploadPart | undefined {
    return this.#parts.get(uploadId)?.get(partNumber);
  }

  /** Parts by ascending number. */
  parts(uploadId: string): UploadPart[] {
    return [...(this.#parts.get(uploadId)?.values() ?? [])].sort((a, b) => a.partNumber - b.partNumber);
  }

  allParts(): Iterable<UploadPart> {
    return this.#records.values();
  }

  /** Forgets an upload; gives its parts, whose files the caller removes. */
  remove(uploadId: string): UploadPart[] {
    const parts = this.parts(uploadId);
    this.#uploads.delete(uploadId);
    for (const part of parts) this.#records.delete(`${uploadId}/${part.partNumber}`);
    this.#parts.delete(uploadId);
    return parts;
  }

  #of(uploadId: string): Map<number, UploadPart> {
    let parts = this.#parts.get(uploadId);
    if (parts === undefined) {
      parts = new Map();
      this.#parts.set(uploadId, parts);
    }
    return parts;
  }
}
