import { createHash } from "node:crypto";
import type { MessageAttribute } from "../services/sqs/types.ts";

const STRING_TRANSPORT = 1;
const BINARY_TRANSPORT = 2;

/** The MD5 of a message body, lower-case hex. */
export function md5OfBody(body: string): string {
  return createHash("md5").update(body, "utf8").digest("hex");
}

/**
 * The MD5 of message attributes that SDKs verify, lower-case hex: over the attributes in order of name, each as
 * length + name, length + type, one byte for the transport, length + value (lengths are four bytes, big endian).
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation
 */
export function md5OfAttributes(attributes: Readonly<Record<string, MessageAttribute>>): string {
  const hash = createHash("md5");
  const update = (bytes: Uint8Array): void => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  for (const [name, attribute] of Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1))) {
    update(Buffer.from(name, "utf8"));
    update(Buffer.from(attribute.DataType, "utf8"));
    if (attribute.BinaryValue === undefined) {
      hash.update(Buffer.from([STRING_TRANSPORT]));
      update(Buffer.from(attribute.StringValue ?? "", "utf8"));
    } else {
      hash.update(Buffer.from([BINARY_TRANSPORT]));
      update(attribute.BinaryValue);
    }
  }
  return hash.digest("hex");
}

/** The size that counts against the message limit: body, and each attribute's name, type and value, in bytes. */
export function messageSizeBytes(body: string, attributes: Readonly<Record<string, MessageAttribute>>): number {
  let size = Buffer.byteLength(body, "utf8");
  for (const [name, attribute] of Object.entries(attributes)) {
    size += Buffer.byteLength(name, "utf8") + Buffer.byteLength(attribute.DataType, "utf8");
    size += attribute.BinaryValue?.length ?? Buffer.byteLength(attribute.StringValue ?? "", "utf8");
  }
  return size;
}
