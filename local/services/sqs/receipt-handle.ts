import { sqsError } from "./errors.ts";

/** What a receipt handle names: a message and one receiving of it. */
export interface Receipt {
  readonly messageId: string;
  readonly nonce: string;
}

/** The handle that a consumer deletes or changes a received message with. */
export function encodeReceiptHandle(receipt: Receipt): string {
  return Buffer.from(`${receipt.messageId} ${receipt.nonce}`, "utf8").toString("base64");
}

/** Reads a handle. Throws ReceiptHandleIsInvalid when it never was one. */
export function decodeReceiptHandle(handle: string): Receipt {
  const [messageId, nonce, ...rest] = Buffer.from(handle, "base64").toString("utf8").split(" ");
  if (messageId === undefined || nonce === undefined || rest.length > 0 || !/^[0-9a-f-]{36}$/.test(messageId)) {
    throw sqsError("ReceiptHandleIsInvalid", `The input receipt handle "${handle}" is not a valid receipt handle.`);
  }
  return { messageId, nonce };
}
