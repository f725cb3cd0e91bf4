import { GetObjectCommand, paginateListObjectsV2 } from "@aws-sdk/client-s3";
import type { DemoContext } from "./context.ts";

const counts = new Map<string, number>();

/** How many requests data capture has written for the model until now; a file is read once, because it never changes. */
export async function capturedRecords(context: DemoContext): Promise<number> {
  const { session, model } = context;
  const where = { Bucket: session.outputs.DataBucketName, Prefix: `${model}/capture/` };
  let total = 0;
  for await (const page of paginateListObjectsV2({ client: session.s3 }, where)) {
    for (const { Key } of page.Contents ?? []) {
      if (Key === undefined) continue;
      let count = counts.get(Key);
      if (count === undefined) {
        const answer = await session.s3.send(new GetObjectCommand({ Bucket: where.Bucket, Key }));
        const text = (await answer.Body?.transformToString()) ?? "";
        count = text.split("\n").filter((line) => line !== "").length;
        counts.set(Key, count);
      }
      total += count;
    }
  }
  return total;
}
