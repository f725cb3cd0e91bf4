import { AwsError } from "../../../local/kernel/aws-error.ts";
import type { LocalService } from "../../../local/kernel/cloud.ts";

/** An S3 with one namespace of objects, `bucket/key`. */
export function fakeS3(objects: Record<string, string | Buffer>): LocalService & { objects: typeof objects } {
  return {
    id: "s3",
    objects,
    operations: {
      GetObject({ Bucket, Key }: { Bucket: string; Key: string }) {
        const body = objects[`${Bucket}/${Key}`];
        if (body === undefined) throw new AwsError("NoSuchKey", 404, "The specified key does not exist.");
        return { Body: Buffer.from(body) };
      },
      PutObject({ Bucket, Key, Body }: { Bucket: string; Key: string; Body: Buffer }) {
        objects[`${Bucket}/${Key}`] = Buffer.from(Body).toString("utf8");
        return {};
      },
      ListObjectsV2(input: { Bucket: string; Prefix?: string; ContinuationToken?: string }) {
        const prefix = `${input.Bucket}/${input.Prefix ?? ""}`;
        const keys = Object.keys(objects)
          .filter((name) => name.startsWith(prefix))
          .sort();
        const at = Number(input.ContinuationToken ?? 0);
        const page = keys.slice(at, at + 2);
        return {
          Contents: page.map((name) => ({
            Key: name.slice(input.Bucket.length + 1),
            Size: objects[name]?.length,
            ETag: '"etag"',
            LastModified: new Date(1_669_334_401_000),
            StorageClass: "STANDARD",
          })),
          ...(at + 2 < keys.length && { NextContinuationToken: String(at + 2), IsTruncated: true }),
        };
      },
    },
  };
}
