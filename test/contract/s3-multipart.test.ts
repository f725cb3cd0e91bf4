import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
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

describe("multipart uploads", () => {
  const MIB = 1024 * 1024;

  test("parts become one object with the MD5 of MD5s as ETag", async () => {
    const Bucket = await newBucket(true);
    const parts = [Buffer.alloc(5 * MIB, "a"), Buffer.alloc(5 * MIB, "b"), Buffer.from("end")];
    const { UploadId } = await s3.send(
      new CreateMultipartUploadCommand({
        Bucket,
        Key: "big",
        ContentType: "x/y",
        Metadata: { m: "1" },
        ChecksumAlgorithm: "CRC32",
      }),
    );
    const Parts = [];
    for (const [index, Body] of parts.entries()) {
      const PartNumber = index + 1;
      const part = await s3.send(new UploadPartCommand({ Bucket, Key: "big", UploadId, PartNumber, Body }));
      Parts.push({ PartNumber, ETag: part.ETag, ChecksumCRC32: part.ChecksumCRC32 });
    }
    const listed = await s3.send(new ListPartsCommand({ Bucket, Key: "big", UploadId }));
    expect(listed.Parts?.map((part) => part.Size)).toEqual(parts.map((part) => part.length));
    const done = await s3.send(
      new CompleteMultipartUploadCommand({ Bucket, Key: "big", UploadId, MultipartUpload: { Parts } }),
    );
    expect(done.ETag).toBe(`"${md5(Buffer.concat(parts.map(md5))).toString("hex")}-3"`);
    expect(done.ChecksumCRC32).toMatch(/-3$/);
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: "big" }));
    expect(Buffer.compare((await got.Body?.transformToByteArray()) ?? Buffer.alloc(0), Buffer.concat(parts))).toBe(0);
    expect(got).toMatchObject({ ContentType: "x/y", Metadata: { m: "1" }, VersionId: done.VersionId });
    const second = await s3.send(new GetObjectCommand({ Bucket, Key: "big", PartNumber: 3 }));
    expect([await second.Body?.transformToString(), second.PartsCount]).toEqual(["end", 3]);
    const attributes = await s3.send(
      new GetObjectAttributesCommand({ Bucket, Key: "big", ObjectAttributes: ["ObjectSize", "ObjectParts", "ETag"] }),
    );
    expect(attributes).toMatchObject({ ObjectSize: 10 * MIB + 3, ObjectParts: { TotalPartsCount: 3 } });
    expect((await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads ?? []).toEqual([]);
  });

  test("wrong lists of parts are refused", async () => {
    const Bucket = await newBucket();
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "k" }));
    const address = { Bucket, Key: "k", UploadId };
    const one = await s3.send(new UploadPartCommand({ ...address, PartNumber: 1, Body: "small" }));
    const two = await s3.send(new UploadPartCommand({ ...address, PartNumber: 2, Body: "small too" }));
    const complete = (Parts: object[]) =>
      s3.send(new CompleteMultipartUploadCommand({ ...address, MultipartUpload: { Parts } }));
    const first = { PartNumber: 1, ETag: one.ETag };
    const second = { PartNumber: 2, ETag: two.ETag };
    await expect(complete([first, second])).rejects.toMatchObject(failure("EntityTooSmall", 400));
    await expect(complete([second, first])).rejects.toMatchObject(failure("InvalidPartOrder", 400));
    await expect(complete([first, { PartNumber: 3, ETag: one.ETag }])).rejects.toMatchObject(
      failure("InvalidPart", 400),
    );
    await expect(complete([{ PartNumber: 1, ETag: '"x"' }])).rejects.toMatchObject(failure("InvalidPart", 400));
    await s3.send(new AbortMultipartUploadCommand(address));
    await expect(complete([first])).rejects.toMatchObject(failure("NoSuchUpload", 404));
  });

  test("a part may be copied from a range of an object", async () => {
    const Bucket = await newBucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: "source", Body: "0123456789" }));
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "k" }));
    const address = { Bucket, Key: "k", UploadId, PartNumber: 1, CopySource: `${Bucket}/source` };
    await expect(
      s3.send(new UploadPartCopyCommand({ ...address, CopySourceRange: "bytes=5-10" })),
    ).rejects.toMatchObject(failure("InvalidArgument", 400));
    const { CopyPartResult } = await s3.send(new UploadPartCopyCommand({ ...address, CopySourceRange: "bytes=2-5" }));
    await s3.send(
      new CompleteMultipartUploadCommand({
        Bucket,
        Key: "k",
        UploadId,
        MultipartUpload: { Parts: [{ PartNumber: 1, ETag: CopyPartResult?.ETag }] },
      }),
    );
    expect(await textOf(Bucket, "k")).toBe("2345");
  });

  test.each(["CRC32", "CRC64NVME", "SHA256"] as const)(
    "lib-storage uploads with %s in parallel parts",
    async (ChecksumAlgorithm) => {
      const Bucket = await newBucket();
      const Body = Buffer.alloc(12 * MIB, "0123456789abcdef");
      await new Upload({ client: s3, params: { Bucket, Key: "k", Body, ChecksumAlgorithm }, partSize: 5 * MIB }).done();
      const got = await s3.send(new GetObjectCommand({ Bucket, Key: "k" }));
      expect(Buffer.compare((await got.Body?.transformToByteArray()) ?? Buffer.alloc(0), Body)).toBe(0);
    },
  );
});
