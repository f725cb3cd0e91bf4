import type { Reason } from "../reason.ts";
import { compressed, notCompressed, otherCompression } from "../rules/compressed.ts";

/** How a text file is packed. */
export type Compression = "none" | "gzip" | "zstd";

const EXTENSIONS: readonly (readonly [RegExp, Compression])[] = [
  [/\.(?:gz|gzip)$/i, "gzip"],
  [/\.(?:zst|zstd)$/i, "zstd"],
];

/** Bytes that decide about the compression. */
export const COMPRESSION_MAGIC_BYTES = 4;

/** What the first bytes of a file say; a zstd file may begin with a skippable frame (RFC 8878, 3.1.2). */
export function compressionOf(head: Uint8Array): Compression {
  const [a, b, c, d] = head;
  if (a === 0x1f && b === 0x8b) return "gzip";
  const isFrame = a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd;
  const isSkippable = a !== undefined && a >= 0x50 && a <= 0x5f && b === 0x2a && c === 0x4d && d === 0x18;
  return isFrame || isSkippable ? "zstd" : "none";
}

/**
 * Decides how a text file is unpacked: the definition or the name must say it, and the content must agree.
 *
 * @param setting `data.compression`
 * @param name name of the file
 * @param head its first 4 bytes, fewer when it has not so many
 */
export function chooseCompression(
  setting: "auto" | Compression,
  name: string,
  head: Uint8Array,
): { compression: Compression } | { reason: Reason } {
  const found = compressionOf(head);
  const named = EXTENSIONS.find(([pattern]) => pattern.test(name))?.[1] ?? "none";
  const expected = setting === "auto" ? named : setting;
  const why = setting === "auto" ? "by its name" : `data.compression is ${setting}`;
  if (expected === found) return { compression: found };
  if (found === "none") return head.length === 0 ? { compression: "none" } : { reason: notCompressed(expected, why) };
  if (expected === "none" && setting === "auto") return { reason: compressed(found) };
  return { reason: otherCompression(found, expected === "none" ? "plain text" : expected, why) };
}
