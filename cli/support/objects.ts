import { GetObjectCommand } from "@aws-sdk/client-s3";
import type { Session } from "./session.ts";

/** Reads a JSON object of the data bucket. */
export async function readJson<T>(session: Session, key: string): Promise<T> {
  const answer = await session.s3.send(new GetObjectCommand({ Bucket: session.outputs.DataBucketName, Key: key }));
  return JSON.parse((await answer.Body?.transformToString()) ?? "null") as T;
}
