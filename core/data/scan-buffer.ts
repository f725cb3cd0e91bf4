/**
 * Holds the line that is being scanned: its beginning is kept when a chunk ends, everything before it is given up.
 * Every byte is copied a constant number of times on average, however small the chunks are.
 */
export class ScanBuffer {
  bytes = new Uint8Array(262_144);
  /** End of the valid bytes. */
  end = 0;

  /**
   * Appends a chunk, and makes room for it where needed by moving what is kept to the front.
   *
   * @param keepFrom first byte that is still needed
   * @returns by how much everything moved to the front
   */
  append(chunk: Uint8Array, keepFrom: number): number {
    let moved = 0;
    if (this.end + chunk.length > this.bytes.length) {
      const kept = this.end - keepFrom;
      if (kept + chunk.length > this.bytes.length / 2) {
        const grown = new Uint8Array(Math.max(this.bytes.length * 2, (kept + chunk.length) * 2));
        grown.set(this.bytes.subarray(keepFrom, this.end));
        this.bytes = grown;
      } else {
        this.bytes.copyWithin(0, keepFrom, this.end);
      }
      moved = keepFrom;
      this.end = kept;
    }
    this.bytes.set(chunk, this.end);
    this.end += chunk.length;
    return moved;
  }
}
