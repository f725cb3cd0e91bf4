import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type S3Client,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import type { ObjectLocation } from "../app/ports/object-store.ts";

/** Above 5 GiB S3 copies in parts only (https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html). */
export const MAX_SINGLE_COPY_BYTES = 5 * 1024 ** 3;
const PART_BYTES = 1024 ** 3;

/** Copies a large object part by part; S3 moves the bytes itself. Leaves no parts behind when it fails. */
export async function copyInParts(
  client: S3Client,
  copySource: string,
  sizeBytes: number,
  to: ObjectLocation,
  tagging: string,
): Promise<void> {
  const target = { Bucket: to.bucket, Key: to.key };
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ ...target, ...(tagging !== "" && { Tagging: tagging }) }),
  );
  try {
    const parts: { PartNumber: number; ETag: string | undefined }[] = [];
    for (let from = 0, number = 1; from < sizeBytes; from += PART_BYTES, number++) {
      const last = Math.min(from + PART_BYTES, sizeBytes) - 1;
      const { CopyPartResult } = await client.send(
        new UploadPartCopyCommand({
          ...target,
          UploadId,
          PartNumber: number,
          CopySource: copySource,
          CopySourceRange: `bytes=${from}-${last}`,
        }),
      );
      parts.push({ PartNumber: number, ETag: CopyPartResult?.ETag });
    }
    await client.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts: parts } }));
  } catch (error) {
    await client.send(new AbortMultipartUploadCommand({ ...target, UploadId }));
    throw error;
  }
}
