import { AwsError } from "../../../kernel/aws-error.ts";
import { invalidArgument } from "../errors.ts";

const MAX_KEY_BYTES = 1_024;
const MAX_METADATA_BYTES = 2_048;
const MAX_TAGS = 10;

/** Throws KeyTooLongError above 1,024 bytes of UTF-8, InvalidArgument for an empty key. */
export function validateKey(key: string): void {
  if (key === "") throw invalidArgument("The object key must not be empty", "key", key);
  // Half a surrogate pair has no UTF-8: two such keys would be one.
  if (/\p{Surrogate}/u.test(key)) throw invalidArgument("The object key is not valid Unicode", "key", key);
  const sizeBytes = Buffer.byteLength(key, "utf8");
  if (sizeBytes > MAX_KEY_BYTES) {
    throw new AwsError("KeyTooLongError", 400, "Your key is too long", {
      Size: sizeBytes,
      MaxSizeAllowed: MAX_KEY_BYTES,
    });
  }
}

/** Throws MetadataTooLarge above 2 KB of names and values. */
export function validateMetadata(metadata: Readonly<Record<string, string>>): void {
  let sizeBytes = 0;
  for (const [name, value] of Object.entries(metadata)) sizeBytes += Buffer.byteLength(name) + Buffer.byteLength(value);
  if (sizeBytes > MAX_METADATA_BYTES) {
    throw new AwsError("MetadataTooLarge", 400, "Your metadata headers exceed the maximum allowed metadata size", {
      Size: sizeBytes,
      MaxSizeAllowed: MAX_METADATA_BYTES,
    });
  }
}

/** Throws InvalidTag or BadRequest as S3 does: at most 10 tags, keys to 128 and values to 256 characters. */
export function validateTags(tags: Readonly<Record<string, string>>): void {
  const entries = Object.entries(tags);
  if (entries.length > MAX_TAGS) {
    throw new AwsError("BadRequest", 400, "Object tags cannot be greater than 10");
  }
  for (const [key, value] of entries) {
    if (key === "" || key.length > 128)
      throw new AwsError("InvalidTag", 400, "The TagKey you have provided is invalid", { TagKey: key });
    if (value.length > 256) {
      throw new AwsError("InvalidTag", 400, "The TagValue you have provided is invalid", {
        TagKey: key,
        TagValue: value,
      });
    }
  }
}

/** Throws InvalidBucketName unless the name follows S3's rules for general purpose buckets. */
export function validateBucketName(name: string): void {
  const valid =
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) &&
    !name.includes("..") &&
    !/^\d+\.\d+\.\d+\.\d+$/.test(name) &&
    !name.startsWith("xn--") &&
    !name.endsWith("-s3alias");
  if (!valid) throw new AwsError("InvalidBucketName", 400, "The specified bucket is not valid.", { BucketName: name });
}
