import { MlopsError } from "../errors/mlops-error.ts";

/** An object version that was put into the data bucket. */
export interface CreatedObject {
  readonly bucket: string;
  /** As it is: EventBridge does not URL-encode keys. */
  readonly key: string;
  /** `null` text for buckets without versioning. */
  readonly versionId: string;
  readonly sizeBytes: number;
}

/**
 * Reads EventBridge's "Object Created" event of S3
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html).
 *
 * @param body the event as JSON text, as it comes through a queue
 * @throws MlopsError `input.invalid`
 */
export function parseObjectCreated(body: string): CreatedObject {
  let event: unknown;
  try {
    event = JSON.parse(body);
  } catch (cause) {
    throw new MlopsError("input.invalid", "the queue's message is not JSON; expected an EventBridge event of S3", {
      cause,
    });
  }
  const detail = member(event, "detail");
  const object = member(detail, "object");
  const bucket = member(member(detail, "bucket"), "name");
  const key = member(object, "key");
  const size = member(object, "size");
  const versionId = member(object, "version-id");
  if (typeof bucket !== "string" || typeof key !== "string" || key === "") {
    throw new MlopsError(
      "input.invalid",
      'the event lacks detail.bucket.name or detail.object.key; expected "Object Created"',
    );
  }
  return {
    bucket,
    key,
    versionId: typeof versionId === "string" ? versionId : "null",
    sizeBytes: typeof size === "number" ? size : 0,
  };
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}
