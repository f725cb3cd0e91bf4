import { createHash } from "node:crypto";
import {
  CopyObjectCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { failure, md5, openS3Bench, type S3Bench } from "../support/s3-bench.ts";

let bench: S3Bench;
let s3: S3Client;
let newBucket: S3Bench["newBucket"];
let textOf: S3Bench["textOf"];

beforeAll(async () => {
  bench = await openS3Bench();
  ({ s3, newBucket, textOf } = bench);
});
afterAll(() => bench.stop());

describe("objects", () => {
  test("a put object comes back with its bytes, type, metadata and ETag", async () => {
    const Bucket = await newBucket();
    const put = await s3.send(
      new PutObjectCommand({
        Bucket,
        Key: "a/ü b+c.csv",
        Body: "héllo",
        ContentType: "text/csv",
        Metadata: { who: "me" },
      }),
    );
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: "a/ü b+c.csv", ChecksumMode: "ENABLED" }));
    expect(await got.Body?.transformToString()).toBe("héllo");
    expect(got).toMatchObject({
      ContentType: "text/csv",
      ContentLength: 6,
      Metadata: { who: "me" },
      ETag: `"${md5(Buffer.from("héllo")).toString("hex")}"`,
      ServerSideEncryption: "AES256",
      ChecksumCRC32: put.ChecksumCRC32,
    });
    expect(put.ChecksumCRC32).toBeDefined();
    expect(put.VersionId).toBeUndefined();
  });

  test.each(["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const)(
    "a %s checksum is verified and kept",
    async (algorithm) => {
      const Bucket = await newBucket();
      const body = Buffer.from("123456789");
      const put = await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: body, ChecksumAlgorithm: algorithm }));
      const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "k", ChecksumMode: "ENABLED" }));
      const expected = {
        CRC32: "y/Q5Jg==",
        CRC32C: "4waSgw==",
        CRC64NVME: "rosUhgp5mIg=",
        SHA1: createHash("sha1").update(body).digest("base64"),
        SHA256: createHash("sha256").update(body).digest("base64"),
      }[algorithm];
      expect(put[`Checksum${algorithm}`]).toBe(expected);
      expect(head[`Checksum${algorithm}`]).toBe(expected);
      expect(head.ChecksumType).toBe("FULL_OBJECT");
    },
  );

  test("a wrong checksum, Content-MD5 or digest is refused and nothing is stored", async () => {
    const Bucket = await newBucket();
    const wrong = { Bucket, Key: "k", Body: "data" };
    await expect(s3.send(new PutObjectCommand({ ...wrong, ChecksumCRC32: "AAAAAA==" }))).rejects.toMatchObject(
      failure("BadDigest", 400),
    );
    await expect(
      s3.send(new PutObjectCommand({ ...wrong, ContentMD5: md5(Buffer.from("other")).toString("base64") })),
    ).rejects.toMatchObject(failure("BadDigest", 400));
    await expect(s3.send(new PutObjectCommand({ ...wrong, ContentMD5: "bm8=" }))).rejects.toMatchObject(
      failure("InvalidDigest", 400),
    );
    await expect(s3.send(new HeadObjectCommand({ Bucket, Key: "k" }))).rejects.toMatchObject(failure("NotFound", 404));
  });

  test("ranges give parts of an object, and 416 outside it", async () => {
    const Bucket = await newBucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "0123456789" }));
    const range = async (Range: string) => {
      const got = await s3.send(new GetObjectCommand({ Bucket, Key: "k", Range }));
      return [await got.Body?.transformToString(), got.ContentRange, got.$metadata.httpStatusCode];
    };
    expect(await range("bytes=2-4")).toEqual(["234", "bytes 2-4/10", 206]);
    expect(await range("bytes=7-")).toEqual(["789", "bytes 7-9/10", 206]);
    expect(await range("bytes=-2")).toEqual(["89", "bytes 8-9/10", 206]);
    expect(await range("bytes=5-100")).toEqual(["56789", "bytes 5-9/10", 206]);
    expect(await range("bytes=0-1,3-4")).toEqual(["0123456789", undefined, 200]);
    await expect(range("bytes=10-")).rejects.toMatchObject(failure("InvalidRange", 416));
  });

  test("conditional reads answer 304 and 412", async () => {
    const Bucket = await newBucket();
    const { ETag } = await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
    const read = (more: object) => s3.send(new GetObjectCommand({ Bucket, Key: "k", ...more }));
    const past = new Date(Date.now() - 60_000);
    const future = new Date(Date.now() + 60_000);
    await expect(read({ IfNoneMatch: ETag })).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } });
    await expect(read({ IfModifiedSince: future })).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } });
    await expect(read({ IfMatch: '"other"' })).rejects.toMatchObject(failure("PreconditionFailed", 412));
    await expect(read({ IfUnmodifiedSince: past })).rejects.toMatchObject(failure("PreconditionFailed", 412));
    expect((await read({ IfMatch: ETag, IfUnmodifiedSince: past })).ContentLength).toBe(1);
    expect((await read({ IfNoneMatch: '"other"', IfModifiedSince: past })).ContentLength).toBe(1);
  });

  test("conditional writes let one writer win", async () => {
    const Bucket = await newBucket();
    const create = (Body: string) => s3.send(new PutObjectCommand({ Bucket, Key: "k", Body, IfNoneMatch: "*" }));
    const results = await Promise.allSettled([create("a"), create("b"), create("c")]);
    expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
    const { ETag } = await s3.send(new HeadObjectCommand({ Bucket, Key: "k" }));
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "second", IfMatch: ETag }));
    await expect(
      s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "third", IfMatch: ETag })),
    ).rejects.toMatchObject(failure("PreconditionFailed", 412));
    await expect(
      s3.send(new PutObjectCommand({ Bucket, Key: "none", Body: "x", IfMatch: ETag })),
    ).rejects.toMatchObject(failure("NoSuchKey", 404));
    expect(await textOf(Bucket, "k")).toBe("second");
  });

  test("tags are kept, replaced and removed with their object", async () => {
    const Bucket = await newBucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x", Tagging: "team=data&note=a%20b" }));
    const tags = async () => (await s3.send(new GetObjectTaggingCommand({ Bucket, Key: "k" }))).TagSet;
    expect(await tags()).toEqual([
      { Key: "team", Value: "data" },
      { Key: "note", Value: "a b" },
    ]);
    await s3.send(
      new PutObjectTaggingCommand({ Bucket, Key: "k", Tagging: { TagSet: [{ Key: "only", Value: "<&>" }] } }),
    );
    expect(await tags()).toEqual([{ Key: "only", Value: "<&>" }]);
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key: "k" }))).TagCount).toBe(1);
  });

  test("keys up to 1,024 bytes of UTF-8 are allowed, longer ones refused", async () => {
    const Bucket = await newBucket();
    const longest = "é".repeat(512);
    await s3.send(new PutObjectCommand({ Bucket, Key: longest, Body: "x" }));
    expect(await textOf(Bucket, longest)).toBe("x");
    await expect(s3.send(new PutObjectCommand({ Bucket, Key: `${longest}a`, Body: "x" }))).rejects.toMatchObject(
      failure("KeyTooLongError", 400),
    );
  });

  test("keys with path tricks are ordinary keys", async () => {
    const Bucket = await newBucket();
    const keys = [
      "../../etc/passwd",
      "a//b",
      "./x",
      "..",
      "C:\\windows",
      "a/../../b",
      "%2e%2e%2f",
      "a\nb",
      "__proto__",
    ];
    for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
    for (const Key of keys) expect(await textOf(Bucket, Key)).toBe(Key);
    const listed = await s3.send(new ListObjectsV2Command({ Bucket, EncodingType: "url" }));
    expect(listed.Contents?.map((entry) => decodeURIComponent((entry.Key ?? "").replace(/\+/g, " "))).sort()).toEqual(
      [...keys].sort(),
    );
  });

  test("errors carry S3's codes", async () => {
    const Bucket = await newBucket();
    await expect(textOf(Bucket, "none")).rejects.toMatchObject(failure("NoSuchKey", 404));
    await expect(textOf("no-such-bucket-here", "k")).rejects.toMatchObject(failure("NoSuchBucket", 404));
    await expect(
      s3.send(new PutObjectCommand({ Bucket: "no-such-bucket-here", Key: "k", Body: Buffer.alloc(3_000_000) })),
    ).rejects.toMatchObject(failure("NoSuchBucket", 404));
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
    await expect(s3.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject(failure("BucketNotEmpty", 409));
  });

  test("DeleteObjects deletes many, and what is not there too", async () => {
    const Bucket = await newBucket();
    for (const Key of ["a", "b", "c"]) await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
    const Objects = [{ Key: "a" }, { Key: "b" }, { Key: "none" }];
    const { Deleted } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(Deleted?.map((entry) => entry.Key)).toEqual(["a", "b", "none"]);
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket }));
    expect(Contents?.map((entry) => entry.Key)).toEqual(["c"]);
  });
});

describe("copies", () => {
  test("a copy takes bytes, headers, metadata and tags along, or replaces them", async () => {
    const Bucket = await newBucket();
    await s3.send(
      new PutObjectCommand({
        Bucket,
        Key: "a b",
        Body: "data",
        ContentType: "text/csv",
        Metadata: { m: "1" },
        Tagging: "t=1",
      }),
    );
    await s3.send(new CopyObjectCommand({ Bucket, Key: "copy", CopySource: `${Bucket}/a%20b` }));
    expect(await s3.send(new HeadObjectCommand({ Bucket, Key: "copy" }))).toMatchObject({
      ContentType: "text/csv",
      Metadata: { m: "1" },
      TagCount: 1,
    });
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "a b" }));
    expect(await textOf(Bucket, "copy")).toBe("data");
    const onto = { Bucket, Key: "copy", CopySource: `${Bucket}/copy` };
    await expect(s3.send(new CopyObjectCommand(onto))).rejects.toMatchObject(failure("InvalidRequest", 400));
    await s3.send(new CopyObjectCommand({ ...onto, MetadataDirective: "REPLACE", Metadata: { m: "2" } }));
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key: "copy" }))).Metadata).toEqual({ m: "2" });
    expect(await textOf(Bucket, "copy")).toBe("data");
  });

  test("conditions on the source are checked", async () => {
    const Bucket = await newBucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: "a", Body: "data" }));
    const copy = { Bucket, Key: "b", CopySource: `${Bucket}/a` };
    await expect(s3.send(new CopyObjectCommand({ ...copy, CopySourceIfMatch: '"x"' }))).rejects.toMatchObject(
      failure("PreconditionFailed", 412),
    );
    await expect(s3.send(new CopyObjectCommand({ ...copy, CopySource: `${Bucket}/none` }))).rejects.toMatchObject(
      failure("NoSuchKey", 404),
    );
  });
});

describe("versioning", () => {
  test("versions, delete markers and null versions follow S3's rules", async () => {
    const Bucket = await newBucket();
    const put = async (Body: string) => (await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body }))).VersionId;
    await put("zero");
    const versioning = (Status: "Enabled" | "Suspended") =>
      s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
    await versioning("Enabled");
    const one = await put("one");
    const two = await put("two");
    expect(await textOf(Bucket, "k", "null")).toBe("zero");
    expect(await textOf(Bucket, "k", one)).toBe("one");
    expect(await textOf(Bucket, "k")).toBe("two");
    const deleted = await s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
    expect(deleted.DeleteMarker).toBe(true);
    await expect(textOf(Bucket, "k")).rejects.toMatchObject(failure("NoSuchKey", 404));
    await expect(textOf(Bucket, "k", deleted.VersionId)).rejects.toMatchObject(failure("MethodNotAllowed", 405));
    const listed = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    expect(listed.DeleteMarkers).toMatchObject([{ VersionId: deleted.VersionId, IsLatest: true }]);
    expect(listed.Versions?.map((version) => version.VersionId)).toEqual([two, one, "null"]);
    const undone = await s3.send(new DeleteObjectCommand({ Bucket, Key: "k", VersionId: deleted.VersionId }));
    expect(undone.DeleteMarker).toBe(true);
    expect(await textOf(Bucket, "k")).toBe("two");
    await versioning("Suspended");
    expect(await put("null again")).toBe("null");
    expect(await textOf(Bucket, "k", "null")).toBe("null again");
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
    const after = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    expect(after.DeleteMarkers).toMatchObject([{ VersionId: "null", IsLatest: true }]);
    expect(after.Versions?.map((version) => version.VersionId)).toEqual([two, one]);
    await expect(textOf(Bucket, "k", "nonsense")).rejects.toMatchObject(failure("NoSuchVersion", 404));
  });

  test("version listings page with both markers and roll up prefixes", async () => {
    const Bucket = await newBucket(true);
    for (const Key of ["a", "a", "a", "dir/x", "dir/y", "z"])
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
    const seen: string[] = [];
    let markers: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
    do {
      const page = await s3.send(new ListObjectVersionsCommand({ Bucket, Delimiter: "/", MaxKeys: 2, ...markers }));
      seen.push(...(page.Versions ?? []).map((version) => version.Key ?? ""));
      seen.push(...(page.CommonPrefixes ?? []).map((common) => common.Prefix ?? ""));
      markers = page.IsTruncated ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker } : {};
    } while (markers.KeyMarker);
    expect(seen).toEqual(["a", "a", "a", "dir/", "z"]);
  });
});

describe("listing", () => {
  const keys = ["a", "a/1", "a/2", "b/c/d", "b/e", "é", "ﬀ", "𝄞", "z"];
  const byUtf8 = [...keys].sort((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)));

  test("keys come in UTF-8 binary order, paged without loss", async () => {
    const Bucket = await newBucket();
    for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
    const seen: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 2, ContinuationToken }));
      expect(page.KeyCount).toBeLessThanOrEqual(2);
      seen.push(...(page.Contents ?? []).map((entry) => entry.Key ?? ""));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    expect(seen).toEqual(byUtf8);
    const behind = await s3.send(new ListObjectsV2Command({ Bucket, StartAfter: "b/e" }));
    expect(behind.Contents?.map((entry) => entry.Key)).toEqual(byUtf8.slice(byUtf8.indexOf("b/e") + 1));
  });

  test("a delimiter rolls keys up into common prefixes, also across pages", async () => {
    const Bucket = await newBucket();
    for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
    const all = await s3.send(new ListObjectsV2Command({ Bucket, Delimiter: "/" }));
    expect(all.CommonPrefixes).toEqual([{ Prefix: "a/" }, { Prefix: "b/" }]);
    const inner = await s3.send(new ListObjectsV2Command({ Bucket, Delimiter: "/", Prefix: "b/" }));
    expect(inner.Contents?.map((entry) => entry.Key)).toEqual(["b/e"]);
    expect(inner.CommonPrefixes).toEqual([{ Prefix: "b/c/" }]);
    const seen: string[] = [];
    let Marker: string | undefined;
    do {
      const page = await s3.send(new ListObjectsCommand({ Bucket, Delimiter: "/", MaxKeys: 1, Marker }));
      seen.push(...(page.Contents ?? []).map((entry) => entry.Key ?? ""));
      seen.push(...(page.CommonPrefixes ?? []).map((common) => common.Prefix ?? ""));
      Marker = page.NextMarker;
    } while (Marker);
    expect(seen).toEqual(["a", "a/", "b/", "z", "é", "ﬀ", "𝄞"]);
  });
});
