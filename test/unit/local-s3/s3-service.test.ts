import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createS3 } from "../../../local/services/s3/index.ts";
import type { S3Service } from "../../../local/services/s3/types.ts";
import { createTestCloud, type TestCloud } from "../../support/test-cloud.ts";

const bucket = "unit-bucket";
const DAY_MILLIS = 86_400_000;
let stateDirectory: string;
let now: number;
let test$: TestCloud;
let s3: S3Service;

async function open(): Promise<void> {
  test$ = await createTestCloud({ services: [createS3], stateDirectory, now: () => now });
  s3 = test$.cloud.service<S3Service>("s3");
}

const call = (operation: string, input: object) => test$.cloud.call("s3", operation, { Bucket: bucket, ...input });

beforeEach(async () => {
  stateDirectory = mkdtempSync(join(tmpdir(), "s3-unit-"));
  now = Date.UTC(2026, 0, 1);
  await open();
  await call("CreateBucket", {});
});

afterEach(async () => {
  await test$.stop();
  rmSync(stateDirectory, { recursive: true, force: true });
});

function dataFiles(): string[] {
  const root = join(stateDirectory, "s3", "data");
  return readdirSync(root).flatMap((shard) => readdirSync(join(root, shard)));
}

describe("the typed API", () => {
  test("streams in and out, with the file on disk", async () => {
    const body = Readable.from([Buffer.from("one "), Buffer.from("two")]);
    const put = await s3.putObject({
      bucket,
      key: "a/b",
      body,
      contentType: "text/plain",
      metadata: { m: "1" },
      tags: { t: "2" },
    });
    expect(put).toMatchObject({ size: 7, versionId: "null" });
    const got = await s3.getObject({ bucket, key: "a/b" });
    expect(await text(got.stream)).toBe("one two");
    expect(got).toMatchObject({
      size: 7,
      etag: put.etag,
      contentType: "text/plain",
      metadata: { m: "1" },
      tags: { t: "2" },
    });
    expect(statSync(got.path).size).toBe(7);
    expect(await text((await s3.getObject({ bucket, key: "a/b", range: { start: 4, end: 5 } })).stream)).toBe("tw");
  });

  test("a reader is not disturbed when its object is replaced", async () => {
    await s3.putObject({ bucket, key: "k", body: "old" });
    const reading = await s3.getObject({ bucket, key: "k" });
    await s3.putObject({ bucket, key: "k", body: "new" });
    expect(await text(reading.stream)).toBe("old");
    expect(dataFiles()).toHaveLength(1);
  });

  test("lists more than a page of keys in order", async () => {
    for (let index = 0; index < 1_001; index += 1) {
      await s3.putObject({ bucket, key: `k${String(index).padStart(5, "0")}`, body: "" });
    }
    const keys: string[] = [];
    for await (const { key } of s3.listObjects({ bucket, prefix: "k" })) keys.push(key);
    expect(keys).toHaveLength(1_001);
    expect(keys).toEqual([...keys].sort());
  });

  test("a body that breaks off leaves nothing behind", async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.alloc(2_000_000);
      throw new Error("connection lost");
    }
    await expect(s3.putObject({ bucket, key: "k", body: broken() })).rejects.toThrow("connection lost");
    await expect(s3.headObject({ bucket, key: "k" })).rejects.toMatchObject({ code: "NoSuchKey" });
    expect(readdirSync(join(stateDirectory, "s3", "incoming"))).toEqual([]);
    expect(dataFiles()).toEqual([]);
  });
});

describe("events", () => {
  beforeEach(() =>
    call("PutBucketNotificationConfiguration", { NotificationConfiguration: { EventBridgeConfiguration: {} } }),
  );

  test("writes and deletes tell EventBridge in AWS's shape", async () => {
    await call("PutBucketVersioning", { VersioningConfiguration: { Status: "Enabled" } });
    const { versionId, etag } = await s3.putObject({ bucket, key: "a b/ü.csv", body: "12345" });
    await s3.copyObject({ source: { bucket, key: "a b/ü.csv" }, bucket, key: "copy" });
    await s3.deleteObject({ bucket, key: "copy" });
    await s3.deleteObject({ bucket, key: "a b/ü.csv", versionId });
    const events = test$.published;
    expect(
      events.map((event) => [event["detail-type"], event.detail["reason"], event.detail["deletion-type"]]),
    ).toEqual([
      ["Object Created", "PutObject", undefined],
      ["Object Created", "CopyObject", undefined],
      ["Object Deleted", "DeleteObject", "Delete Marker Created"],
      ["Object Deleted", "DeleteObject", "Permanently Deleted"],
    ]);
    expect(events[0]).toMatchObject({
      source: "aws.s3",
      resources: [`arn:aws:s3:::${bucket}`],
      detail: {
        version: "0",
        bucket: { name: bucket },
        object: { key: "a b/ü.csv", size: 5, etag, "version-id": versionId },
        requester: "000000000000",
        "source-ip-address": "127.0.0.1",
      },
    });
    const sequencers = events.map((event) => (event.detail["object"] as { sequencer: string }).sequencer);
    expect(sequencers).toEqual([...sequencers].sort());
  });

  test("a multipart upload is one event, at its completion", async () => {
    const { UploadId } = await call("CreateMultipartUpload", { Key: "k" });
    const { ETag } = await call("UploadPart", { Key: "k", UploadId, PartNumber: 1, Body: Buffer.from("x") });
    await call("CompleteMultipartUpload", {
      Key: "k",
      UploadId,
      MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
    });
    expect(test$.published.map((event) => event.detail["reason"])).toEqual(["CompleteMultipartUpload"]);
  });

  test("other targets of notifications are refused by name", async () => {
    const QueueConfigurations = [{ QueueArn: "arn:aws:sqs:us-east-1:0:q", Events: ["s3:ObjectCreated:*"] }];
    await expect(
      call("PutBucketNotificationConfiguration", { NotificationConfiguration: { QueueConfigurations } }),
    ).rejects.toMatchObject({ code: "NotImplemented", message: expect.stringContaining("QueueConfigurations") });
  });
});

describe("restarts", () => {
  test("objects, versions and uploads under way are still there", async () => {
    await call("PutBucketVersioning", { VersioningConfiguration: { Status: "Enabled" } });
    await s3.putObject({ bucket, key: "k", body: "one" });
    await s3.putObject({ bucket, key: "k", body: "two" });
    const { UploadId } = await call("CreateMultipartUpload", { Key: "m" });
    const { ETag } = await call("UploadPart", { Key: "m", UploadId, PartNumber: 1, Body: Buffer.from("part") });
    await test$.stop();
    await open();
    expect(await text((await s3.getObject({ bucket, key: "k" })).stream)).toBe("two");
    expect((await call("ListObjectVersions", {})).Versions).toHaveLength(2);
    await call("CompleteMultipartUpload", {
      Key: "m",
      UploadId,
      MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
    });
    expect(await text((await s3.getObject({ bucket, key: "m" })).stream)).toBe("part");
  });

  test("what a killed process left half written is removed and never seen", async () => {
    const { path } = await (async () => {
      await s3.putObject({ bucket, key: "k", body: "whole" });
      return s3.headObject({ bucket, key: "k" });
    })();
    await test$.stop();
    writeFileSync(join(stateDirectory, "s3", "incoming", "torn"), "half");
    writeFileSync(`${path}-renamed-but-never-committed`, "half");
    await open();
    expect(readdirSync(join(stateDirectory, "s3", "incoming"))).toEqual([]);
    expect(dataFiles()).toHaveLength(1);
    expect((await call("ListObjectsV2", {})).Contents.map((entry: { Key: string }) => entry.Key)).toEqual(["k"]);
  });
});

describe("lifecycle rules", () => {
  const rule = (more: object) =>
    call("PutBucketLifecycleConfiguration", {
      LifecycleConfiguration: { Rules: [{ ID: "r", Status: "Enabled", Filter: { Prefix: "old/" }, ...more }] },
    });
  const later = async (days: number): Promise<void> => {
    now += days * DAY_MILLIS;
    await test$.stop();
    await open();
  };

  test("expire objects of their prefix, uploads and noncurrent versions", async () => {
    await call("PutBucketVersioning", { VersioningConfiguration: { Status: "Enabled" } });
    await rule({
      Expiration: { Days: 3 },
      NoncurrentVersionExpiration: { NoncurrentDays: 2 },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
    });
    await s3.putObject({ bucket, key: "old/a", body: "1" });
    await s3.putObject({ bucket, key: "old/a", body: "2" });
    await s3.putObject({ bucket, key: "new/a", body: "1" });
    await call("CreateMultipartUpload", { Key: "old/m" });
    await later(1);
    expect((await call("ListObjectVersions", {})).Versions).toHaveLength(3);
    expect((await call("ListMultipartUploads", {})).Uploads).toHaveLength(0);
    await later(1);
    expect((await call("ListObjectVersions", {})).Versions).toHaveLength(2);
    await later(1);
    await expect(s3.headObject({ bucket, key: "old/a" })).rejects.toMatchObject({ code: "NoSuchKey" });
    expect((await s3.headObject({ bucket, key: "new/a" })).size).toBe(1);
  });

  test("are given back as they were put, dates included", async () => {
    const Expiration = { Date: new Date(Date.UTC(2026, 5, 1)) };
    await rule({ Expiration });
    await later(0);
    const { Rules } = await call("GetBucketLifecycleConfiguration", {});
    expect(new Date(Rules[0].Expiration.Date)).toEqual(Expiration.Date);
  });
});

describe("buckets", () => {
  test("have AWS's defaults: encrypted, public access blocked, ACLs off", async () => {
    expect((await call("GetBucketEncryption", {})).ServerSideEncryptionConfiguration.Rules[0]).toMatchObject({
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" },
    });
    expect((await call("GetPublicAccessBlock", {})).PublicAccessBlockConfiguration.BlockPublicPolicy).toBe(true);
    expect((await call("GetBucketOwnershipControls", {})).OwnershipControls.Rules[0].ObjectOwnership).toBe(
      "BucketOwnerEnforced",
    );
    await expect(call("GetBucketPolicy", {})).rejects.toMatchObject({ code: "NoSuchBucketPolicy" });
  });

  test.each(["ab", "Upper", "a..b", "192.168.0.1", "-dash", "x".repeat(64)])(
    "the name %s is refused",
    async (Bucket) => {
      await expect(call("CreateBucket", { Bucket })).rejects.toMatchObject({ code: "InvalidBucketName" });
    },
  );
});
