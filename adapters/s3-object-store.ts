import { createHash } from "node:crypto";
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from "@aws-sdk/client-s3";
import type {
  ListedObject,
  ObjectInfo,
  ObjectLocation,
  ObjectStore,
  ObjectWriter,
  WrittenObject,
} from "../app/ports/object-store.ts";
import { callAws, describeFailure, isNotFound, mapAwsError } from "./call-aws.ts";
import { clientSettings } from "./client-settings.ts";
import { copyInParts, MAX_SINGLE_COPY_BYTES } from "./s3-copy.ts";
import { S3ObjectWriter } from "./s3-object-writer.ts";

/** Streams may pause while the other side works; a whole minute without a byte is a broken connection. */
const REQUEST_TIMEOUT_MILLIS = 60_000;

/** An S3 client. With an endpoint override buckets stand in the path, because names below it do not resolve. */
export function createS3Client(): S3Client {
  return new S3Client({
    ...clientSettings(REQUEST_TIMEOUT_MILLIS),
    forcePathStyle: process.env["AWS_ENDPOINT_URL"] !== undefined || process.env["AWS_ENDPOINT_URL_S3"] !== undefined,
  });
}

/** Objects in S3. */
export class S3ObjectStore implements ObjectStore {
  private readonly client: S3Client;

  constructor(client: S3Client = createS3Client()) {
    this.client = client;
  }

  async head(location: ObjectLocation): Promise<ObjectInfo | null> {
    try {
      const output = await this.client.send(new HeadObjectCommand(address(location)));
      return infoOf(location.key, output);
    } catch (error) {
      return missing(`look at ${location.key}`, error);
    }
  }

  async read(
    location: ObjectLocation,
    range?: { readonly from: number; readonly to: number },
  ): Promise<{ info: ObjectInfo; body: AsyncIterable<Uint8Array> } | null> {
    const part = range === undefined ? {} : { Range: `bytes=${range.from}-${range.to - 1}` };
    try {
      const output = await this.client.send(new GetObjectCommand({ ...address(location), ...part }));
      const body = output.Body as AsyncIterable<Uint8Array> | undefined;
      const info = infoOf(location.key, output);
      const total = /\/(\d+)$/.exec(output.ContentRange ?? "")?.[1];
      return {
        info: total === undefined ? info : { ...info, sizeBytes: Number(total) },
        body: mapStreamErrors(location.key, body ?? emptyBody()),
      };
    } catch (error) {
      return missing(`read ${location.key}`, error);
    }
  }

  async readText(location: ObjectLocation): Promise<{ text: string; info: ObjectInfo } | null> {
    const found = await this.read(location);
    if (found === null) return null;
    const chunks: Uint8Array[] = [];
    for await (const chunk of found.body) chunks.push(chunk);
    return { text: Buffer.concat(chunks).toString("utf8"), info: found.info };
  }

  async writeText(
    location: ObjectLocation,
    text: string,
    options: { contentType?: string; ifMatch?: string; ifNoneMatch?: true } = {},
  ): Promise<WrittenObject | null> {
    const body = Buffer.from(text, "utf8");
    try {
      const output = await this.client.send(
        new PutObjectCommand({
          Bucket: location.bucket,
          Key: location.key,
          Body: body,
          ContentType: options.contentType ?? "text/plain; charset=utf-8",
          ...(options.ifMatch !== undefined && { IfMatch: options.ifMatch }),
          ...(options.ifNoneMatch === true && { IfNoneMatch: "*" }),
        }),
      );
      return {
        key: location.key,
        versionId: output.VersionId ?? "null",
        sizeBytes: body.length,
        sha256: createHash("sha256").update(body).digest("hex"),
      };
    } catch (error) {
      const { name, statusCode } = describeFailure(error);
      const lost = statusCode === 412 || name === "PreconditionFailed" || name === "ConditionalRequestConflict";
      // A conditional write over an object that is gone has lost as well.
      if (lost || (options.ifMatch !== undefined && isNotFound(error))) return null;
      throw mapAwsError(`write ${location.key}`, error);
    }
  }

  openWriter(location: ObjectLocation, contentType: string): ObjectWriter {
    return new S3ObjectWriter(this.client, location, contentType);
  }

  async copy(from: ObjectLocation, to: ObjectLocation, tags: Readonly<Record<string, string>> = {}): Promise<void> {
    const Tagging = new URLSearchParams(tags).toString();
    const what = `copy ${from.key} to ${to.key}`;
    await callAws(what, async () => {
      const head = await this.client.send(new HeadObjectCommand(address(from)));
      const sizeBytes = head.ContentLength ?? 0;
      const source = copySource(from);
      if (sizeBytes > MAX_SINGLE_COPY_BYTES) {
        await copyInParts(this.client, source, sizeBytes, to, Tagging);
        return;
      }
      await this.client.send(
        new CopyObjectCommand({
          Bucket: to.bucket,
          Key: to.key,
          CopySource: source,
          // Tags that people put on an upload would need further permissions to be read.
          TaggingDirective: "REPLACE",
          ...(Tagging !== "" && { Tagging }),
        }),
      );
    });
  }

  async delete(location: ObjectLocation): Promise<void> {
    await callAws(`delete ${location.key}`, () => this.client.send(new DeleteObjectCommand(address(location))));
  }

  async *list(bucket: string, prefix: string, startAfter?: string): AsyncGenerator<ListedObject> {
    const pages = paginateListObjectsV2(
      { client: this.client },
      { Bucket: bucket, Prefix: prefix, ...(startAfter !== undefined && { StartAfter: startAfter }) },
    );
    try {
      for await (const page of pages) {
        for (const { Key, Size, ETag, LastModified } of page.Contents ?? []) {
          if (Key === undefined) continue;
          yield { key: Key, sizeBytes: Size ?? 0, etag: ETag ?? "", lastModified: LastModified ?? new Date(0) };
        }
      }
    } catch (error) {
      throw mapAwsError(`list ${prefix}`, error);
    }
  }
}

function address({ bucket, key, versionId }: ObjectLocation): { Bucket: string; Key: string; VersionId?: string } {
  return { Bucket: bucket, Key: key, ...(versionId !== undefined && { VersionId: versionId }) };
}

function copySource({ bucket, key, versionId }: ObjectLocation): string {
  const path = `${bucket}/${key.split("/").map(encodeURIComponent).join("/")}`;
  return versionId === undefined ? path : `${path}?versionId=${encodeURIComponent(versionId)}`;
}

function infoOf(
  key: string,
  output: Pick<HeadObjectCommandOutput, "VersionId" | "ContentLength" | "ETag">,
): ObjectInfo {
  return {
    key,
    versionId: output.VersionId ?? "null",
    sizeBytes: output.ContentLength ?? 0,
    etag: output.ETag ?? "",
  };
}

/** A delete marker answers 405 to a read of its own version, and is a missing object as well. */
function missing(what: string, error: unknown): null {
  const { statusCode } = describeFailure(error);
  if (isNotFound(error) || statusCode === 404 || statusCode === 405) return null;
  throw mapAwsError(what, error);
}

async function* mapStreamErrors(key: string, body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw mapAwsError(`read ${key} to its end`, error);
  }
}

async function* emptyBody(): AsyncGenerator<Uint8Array> {}
