import { createHash } from "node:crypto";
import {
  CreateBucketCommand,
  GetObjectTaggingCommand,
  ListMultipartUploadsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { S3ObjectStore } from "../../adapters/s3-object-store.ts";
import type { ObjectStore } from "../../app/ports/object-store.ts";
import { MemoryObjects } from "../support/memory-objects.ts";
import { type StartedCloud, startCloud } from "../support/start-cloud.ts";

let cloud: StartedCloud;
let client: S3Client;
const bucket = "adapters";

beforeAll(async () => {
  cloud = await startCloud();
  client = new S3Client({ ...cloud.clientConfig, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  await client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: "Enabled" } }));
});

afterAll(async () => {
  client.destroy();
  await cloud.stop();
});

const at = (key: string, versionId?: string) => ({ bucket, key, ...(versionId !== undefined && { versionId }) });

describe.each<[string, () => ObjectStore]>([
  ["in memory", () => new MemoryObjects()],
  ["in S3", () => new S3ObjectStore(client)],
])("the object store %s", (name, create) => {
  const prefix = `${name}/ä +%20&=/`;

  it("reads back what was written, by version", async () => {
    const store = create();
    const first = await store.writeText(at(`${prefix}a`), "one");
    await store.writeText(at(`${prefix}a`), "zwei ☃");
    expect((await store.readText(at(`${prefix}a`)))?.text).toBe("zwei ☃");
    expect((await store.readText(at(`${prefix}a`, first?.versionId)))?.text).toBe("one");
    expect(await store.head(at(`${prefix}a`))).toMatchObject({ sizeBytes: Buffer.byteLength("zwei ☃") });
  });

  it("gives null for what is not there", async () => {
    const store = create();
    expect(await store.head(at(`${prefix}none`))).toBeNull();
    expect(await store.read(at(`${prefix}none`))).toBeNull();
    expect(await store.readText(at(`${prefix}none`))).toBeNull();
  });

  it("writes only under its condition", async () => {
    const store = create();
    expect(await store.writeText(at(`${prefix}c`), "1", { ifNoneMatch: true })).not.toBeNull();
    expect(await store.writeText(at(`${prefix}c`), "2", { ifNoneMatch: true })).toBeNull();
    const etag = (await store.head(at(`${prefix}c`)))?.etag ?? "";
    expect(await store.writeText(at(`${prefix}c`), "2", { ifMatch: etag })).not.toBeNull();
    expect(await store.writeText(at(`${prefix}c`), "3", { ifMatch: etag })).toBeNull();
    expect((await store.readText(at(`${prefix}c`)))?.text).toBe("2");
  });

  it("streams small and large objects and says what it stored", async () => {
    const store = create();
    for (const megabytes of [0.001, 20]) {
      const chunk = new Uint8Array(megabytes < 1 ? 1_000 : 1_000_000).fill(65);
      const hash = createHash("sha256");
      const writer = store.openWriter(at(`${prefix}big-${megabytes}`), "text/csv");
      for (let index = 0; index < Math.max(1, megabytes); index++) {
        hash.update(chunk);
        await writer.write(chunk);
      }
      const written = await writer.close();
      expect(written).toMatchObject({
        sizeBytes: chunk.length * Math.max(1, Math.floor(megabytes)),
        sha256: hash.digest("hex"),
      });
      const info = await store.head(at(`${prefix}big-${megabytes}`));
      expect(info).toMatchObject({ sizeBytes: written.sizeBytes, versionId: written.versionId });
    }
  });

  it("leaves nothing behind when a stream is aborted", async () => {
    const store = create();
    for (const size of [10, 12_000_000]) {
      const writer = store.openWriter(at(`${prefix}gone-${size}`), "text/csv");
      await writer.write(new Uint8Array(size));
      await writer.abort();
      expect(await store.head(at(`${prefix}gone-${size}`))).toBeNull();
    }
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
    expect(Uploads).toEqual([]);
  });

  it("copies a version under another name and deletes exactly that version", async () => {
    const store = create();
    const first = await store.writeText(at(`${prefix}from`), "first");
    await store.writeText(at(`${prefix}from`), "second");
    await store.copy(at(`${prefix}from`, first?.versionId), at(`${prefix}to`));
    await store.delete(at(`${prefix}from`, first?.versionId));
    await store.delete(at(`${prefix}from`, first?.versionId));
    expect((await store.readText(at(`${prefix}to`)))?.text).toBe("first");
    expect(await store.head(at(`${prefix}from`, first?.versionId))).toBeNull();
    expect((await store.readText(at(`${prefix}from`)))?.text).toBe("second");
  });

  it("lists sorted by key, below a prefix, after a key", async () => {
    const store = create();
    for (const key of ["b", "a", "c"]) await store.writeText(at(`${prefix}list/${key}`), key);
    const keysOf = async (startAfter?: string) => {
      const keys: string[] = [];
      for await (const object of store.list(bucket, `${prefix}list/`, startAfter)) keys.push(object.key);
      return keys;
    };
    expect(await keysOf()).toEqual(["a", "b", "c"].map((key) => `${prefix}list/${key}`));
    expect(await keysOf(`${prefix}list/a`)).toEqual(["b", "c"].map((key) => `${prefix}list/${key}`));
  });
});

describe("a copy in S3", () => {
  it("has the tags that it is told, not those of its source", async () => {
    const store = new S3ObjectStore(client);
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: "tagged", Body: "a", Tagging: "mine=1" }));
    await store.copy(at("tagged"), at("plain"));
    await store.copy(at("tagged"), at("kind"), { "mlops:kind": "quarantine" });
    const tagsOf = async (Key: string) =>
      (await client.send(new GetObjectTaggingCommand({ Bucket: bucket, Key }))).TagSet;
    expect(await tagsOf("plain")).toEqual([]);
    expect(await tagsOf("kind")).toEqual([{ Key: "mlops:kind", Value: "quarantine" }]);
  });
});
