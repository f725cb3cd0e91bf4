import { type InstantReader, instantReader } from "./instant-reader.ts";
import { utf8 } from "./text.ts";

const iso = instantReader();

/** The instant of an ISO 8601 text, or of a text that another reader reads: milliseconds since the epoch, NaN when it is none. */
export function instantOf(text: string, read: InstantReader = iso): number {
  const bytes = utf8(text.trim());
  return read(bytes, 0, bytes.length);
}
