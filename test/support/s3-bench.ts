import { createHash } from "node:crypto";
import { CreateBucketCommand, GetObjectCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { createS3 } from "../../local/services/s3/index.ts";
import { createSts } from "../../local/services/sts/index.ts";
import { startCloud } from "./start-cloud.ts";

/** A client of a cloud with S3, and what the contract tests of S3 do again and again. */
export interface S3Bench {
  readonly s3: S3Client;
  /** Makes a bucket of its own for a test. */
  newBucket(versioned?: boolean): Promise<string>;
  textOf(bucket: string, key: string, versionId?: string): Promise<string>;
  stop(): Promise<void>;
}

/** Starts a cloud with S3 and opens a client of it. */
export async function openS3Bench(): Promise<S3Bench> {
  const cloud = await startCloud({ factories: [createSts, createS3] });
  const s3 = new S3Client({ ...cloud.clientConfig });
  let buckets = 0;
  return {
    s3,
    async newBucket(versioned = false) {
      buckets += 1;
      const Bucket = `contract-${process.pid}-${buckets}`;
      await s3.send(new CreateBucketCommand({ Bucket }));
      if (versioned) {
        await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
      }
      return Bucket;
    },
    async textOf(Bucket, Key, VersionId) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, VersionId }));
      return (await Body?.transformToString()) ?? "";
    },
    async stop() {
      s3.destroy();
      await cloud.stop();
    },
  };
}

/** What an SDK error of this code and status looks like. */
export const failure = (code: string, status: number): object => ({
  name: code,
  $metadata: { httpStatusCode: status },
});

/** MD5, which S3 gives as the ETag of an object that came in one piece. */
export const md5 = (bytes: Uint8Array): Buffer => createHash("md5").update(bytes).digest();
