import { type RowSink, SCAN_LIMITS, type Scanner } from "./row.ts";
import { ScanBuffer } from "./scan-buffer.ts";
import { decode } from "./text.ts";

const LF = 0x0a;
const CR = 0x0d;

/** Divides JSON Lines (https://jsonlines.org) into lines, which end with LF or CRLF; blank lines are skipped. */
export class LineScanner implements Scanner {
  private readonly buffer = new ScanBuffer();
  private readonly line: (bytes: Uint8Array, start: number, end: number) => void;
  private readonly sink: Pick<RowSink, "tooLong">;
  private at = 0;
  private lineStart = 0;
  private stopped = false;

  constructor(line: (bytes: Uint8Array, start: number, end: number) => void, sink: Pick<RowSink, "tooLong">) {
    this.line = line;
    this.sink = sink;
  }

  write(chunk: Uint8Array): boolean {
    if (this.stopped) return false;
    const moved = this.buffer.append(chunk, this.lineStart);
    this.at -= moved;
    this.lineStart -= moved;
    const { bytes, end } = this.buffer;
    for (;;) {
      const next = bytes.subarray(0, end).indexOf(LF, this.at);
      if (next < 0) break;
      if (!this.emit(next)) return false;
      this.at = next + 1;
      this.lineStart = this.at;
    }
    this.at = end;
    return this.checkLength(end);
  }

  end(): void {
    if (!this.stopped) this.emit(this.buffer.end);
  }

  private emit(lineEnd: number): boolean {
    if (!this.checkLength(lineEnd)) return false;
    const { bytes } = this.buffer;
    let start = this.lineStart;
    let end = lineEnd;
    while (end > start && (bytes[end - 1] === CR || bytes[end - 1] === 0x20 || bytes[end - 1] === 0x09)) end--;
    while (start < end && (bytes[start] === 0x20 || bytes[start] === 0x09)) start++;
    if (end > start) this.line(bytes, start, end);
    return true;
  }

  private checkLength(end: number): boolean {
    if (end - this.lineStart <= SCAN_LIMITS.lineBytes) return true;
    this.stopped = true;
    const from = this.lineStart;
    this.sink.tooLong("line", () => decode(this.buffer.bytes, from, from + 200));
    return false;
  }
}
