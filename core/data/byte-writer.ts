/** Growable byte buffer that output rows are written to. */
export class ByteWriter {
  private bytes: Uint8Array;
  length = 0;

  constructor(capacityBytes = 65_536) {
    this.bytes = new Uint8Array(capacityBytes);
  }

  private reserve(extra: number): void {
    if (this.length + extra <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + extra));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  /** Appends one byte. */
  byte(value: number): void {
    if (this.length === this.bytes.length) this.reserve(1);
    this.bytes[this.length++] = value;
  }

  /** Appends source[start, end). */
  slice(source: Uint8Array, start: number, end: number): void {
    const size = end - start;
    this.reserve(size);
    if (size > 48) {
      this.bytes.set(source.subarray(start, end), this.length);
      this.length += size;
      return;
    }
    const target = this.bytes;
    let at = this.length;
    for (let i = start; i < end; i++) target[at++] = source[i] as number;
    this.length = at;
  }

  /** Appends a whole array. */
  all(source: Uint8Array): void {
    this.slice(source, 0, source.length);
  }

  /** Appends text that is ASCII only. */
  ascii(text: string): void {
    this.reserve(text.length);
    for (let i = 0; i < text.length; i++) this.bytes[this.length + i] = text.charCodeAt(i);
    this.length += text.length;
  }

  /** What was written, good until the next write; the writer is empty afterwards and keeps its memory. */
  take(): Uint8Array {
    const taken = this.bytes.subarray(0, this.length);
    this.length = 0;
    return taken;
  }

  /** The memory that was written to; only the first `length` bytes count, and only until the next write. */
  get memory(): Uint8Array {
    return this.bytes;
  }

  /** Forgets what was written. */
  clear(): void {
    this.length = 0;
  }
}
