import { createHash } from "node:crypto";
import { once } from "node:events";
import { PassThrough } from "node:stream";
import type { S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import type { ObjectLocation, ObjectWriter, WrittenObject } from "../app/ports/object-store.ts";
import { callAws, mapAwsError } from "./call-aws.ts";

/**
 * At most queue times part, plus one part that is being filled, is in memory: 10 MiB for each open object, of which an ingest has three.
 * 10,000 parts of S3's smallest size are 50 GB, far above what one function may take.
 */
const PART_BYTES = 5 * 1024 * 1024;
const PARTS_AT_A_TIME = 1;

/** Streams into one S3 object by multipart upload; small objects become one PUT. */
export class S3ObjectWriter implements ObjectWriter {
  private readonly location: ObjectLocation;
  private readonly stream = new PassThrough({ highWaterMark: 1024 * 1024 });
  private readonly hash = createHash("sha256");
  private readonly upload: Upload;
  private readonly done: Promise<{ VersionId?: string }>;
  private sizeBytes = 0;
  private failure: unknown;

  constructor(client: S3Client, location: ObjectLocation, contentType: string) {
    this.location = location;
    this.upload = new Upload({
      client,
      params: { Bucket: location.bucket, Key: location.key, Body: this.stream, ContentType: contentType },
      partSize: PART_BYTES,
      queueSize: PARTS_AT_A_TIME,
      leavePartsOnError: false,
    });
    this.done = this.upload.done();
    // A failed upload stops reading, so whoever waits for the stream to drain must be woken up.
    this.done.catch((error: unknown) => {
      this.failure = error;
      this.stream.destroy();
    });
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.throwIfFailed();
    this.hash.update(chunk);
    this.sizeBytes += chunk.length;
    if (this.stream.write(Buffer.from(chunk))) return;
    await Promise.race([once(this.stream, "drain"), once(this.stream, "close")]);
    this.throwIfFailed();
  }

  async close(): Promise<WrittenObject> {
    this.stream.end();
    const { VersionId } = await callAws(`write ${this.location.key}`, () => this.done);
    return {
      key: this.location.key,
      versionId: VersionId ?? "null",
      sizeBytes: this.sizeBytes,
      sha256: this.hash.digest("hex"),
    };
  }

  async abort(): Promise<void> {
    await this.upload.abort();
    this.stream.destroy();
    // Wait until the parts are gone. That the upload ends with an error is what was asked for.
    await this.done.then(
      () => undefined,
      () => undefined,
    );
  }

  private throwIfFailed(): void {
    if (this.failure !== undefined) throw mapAwsError(`write ${this.location.key}`, this.failure);
  }
}
