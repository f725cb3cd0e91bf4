import { isUtf8 } from "node:buffer";

/** Number of bytes at the end of [0, length) that may be the beginning of a character that goes on in the next chunk. */
function incompleteTail(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) return 0;
    if (byte > 0xf4) return 0;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return needed > back ? back : 0;
    }
  }
  return 0;
}

/** Length of the longest beginning that is whole, valid UTF-8. */
function validPrefix(bytes: Uint8Array): number {
  let low = 0;
  let high = bytes.length;
  const good = (length: number) => {
    const part = bytes.subarray(0, length);
    return isUtf8(part.subarray(0, length - incompleteTail(part)));
  };
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (good(middle)) low = middle;
    else high = middle - 1;
  }
  return low - incompleteTail(bytes.subarray(0, low));
}

/** Checks a stream of chunks for valid UTF-8; characters may be divided between chunks. */
export class Utf8Check {
  private pending = new Uint8Array(0);

  /**
   * Checks the next chunk.
   *
   * @returns undefined when it is valid so far, else the position in this chunk where the first wrong character begins,
   *   negative when it begins in an earlier chunk
   */
  next(chunk: Uint8Array): number | undefined {
    let bytes = chunk;
    const carried = this.pending.length;
    if (carried > 0) {
      bytes = new Uint8Array(carried + chunk.length);
      bytes.set(this.pending);
      bytes.set(chunk, carried);
    }
    const tail = incompleteTail(bytes);
    if (!isUtf8(bytes.subarray(0, bytes.length - tail))) return validPrefix(bytes) - carried;
    this.pending = bytes.slice(bytes.length - tail);
    return undefined;
  }

  /** Whether the stream may end here: false within a character. */
  end(): boolean {
    return this.pending.length === 0;
  }
}
