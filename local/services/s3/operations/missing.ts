import { authorize } from "../../../kernel/authorization.ts";
import { AwsError } from "../../../kernel/aws-error.ts";
import type { Cloud, Principal } from "../../../kernel/cloud.ts";

/**
 * Reads an object; when it does not exist, only who may list the bucket is told so, everybody else is refused
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html, "Permissions").
 */
export async function readUnlessHidden<T>(
  cloud: Cloud,
  principal: Principal,
  bucket: string,
  read: () => Promise<T> | T,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof AwsError && (error.code === "NoSuchKey" || error.code === "NoSuchVersion")) {
      authorize(cloud, { service: "s3", operation: "HeadBucket", input: { Bucket: bucket }, principal });
    }
    throw error;
  }
}

/** Operations that read one object. */
export const READS_OBJECT: ReadonlySet<string> = new Set(["GetObject", "HeadObject"]);
