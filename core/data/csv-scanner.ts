import { CellKind, createRow, type Row, type RowSink, SCAN_LIMITS, type Scanner } from "./row.ts";
import { ScanBuffer } from "./scan-buffer.ts";
import { decode } from "./text.ts";

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;
const EXAMPLE_BYTES = 200;

/** Where in a record the scan is. */
const FIELD_START = 0;
const PLAIN = 1;
const QUOTED = 2;
const QUOTE_SEEN = 3;
const AFTER_QUOTED = 4;

/**
 * Scanner of RFC 4180 CSV (https://www.rfc-editor.org/rfc/rfc4180): quotes, doubled quotes, line breaks in quotes; lines end
 * with CRLF, LF or CR. A quote within an unquoted field is a character like others. Blank lines are skipped.
 */
export class CsvScanner implements Scanner {
  private readonly buffer = new ScanBuffer();
  private readonly row: Row = createRow(SCAN_LIMITS.cells);
  private readonly sink: RowSink;
  private readonly delimiter: number;
  private readonly stops = new Uint8Array(256);
  private state = FIELD_START;
  private at = 0;
  private lineStart = 0;
  private fieldStart = 0;
  private quoteEnd = 0;
  private escaped = false;
  private skipLf = false;
  private stopped = false;

  constructor(delimiter: string, sink: RowSink) {
    this.sink = sink;
    this.delimiter = delimiter.charCodeAt(0);
    for (const stop of [this.delimiter, LF, CR]) this.stops[stop] = 1;
  }

  /** Whether the last record has ended and no other has begun. */
  get isBetweenRecords(): boolean {
    return this.state === FIELD_START && this.row.count === 0;
  }

  write(chunk: Uint8Array): boolean {
    if (this.stopped) return false;
    const moved = this.buffer.append(chunk, this.lineStart);
    if (moved > 0) this.shift(moved);
    this.scan();
    if (!this.stopped) this.checkLengths();
    return !this.stopped;
  }

  end(): void {
    if (this.stopped) return;
    const { state } = this;
    if (state === QUOTED) {
      const from = this.fieldStart;
      this.sink.problem("unclosed-quote", () => this.example(from, this.at));
      return;
    }
    const blank = state === FIELD_START && this.row.count === 0;
    if (blank) return;
    if (state === QUOTE_SEEN) this.field(this.fieldStart, this.at - 1);
    else if (state === AFTER_QUOTED) this.field(this.fieldStart, this.quoteEnd);
    else this.field(state === FIELD_START ? this.at : this.fieldStart, this.at);
    this.record();
  }

  private shift(by: number): void {
    this.at -= by;
    this.lineStart -= by;
    this.fieldStart -= by;
    this.quoteEnd -= by;
    const { starts, ends, count } = this.row;
    for (let i = 0; i < Math.min(count, starts.length); i++) {
      starts[i] = (starts[i] as number) - by;
      ends[i] = (ends[i] as number) - by;
    }
  }

  private scan(): void {
    const { bytes, end } = this.buffer;
    const { stops, delimiter } = this;
    let i = this.at;
    while (i < end) {
      if (this.state === FIELD_START) {
        const byte = bytes[i];
        if (this.skipLf) {
          this.skipLf = false;
          if (byte === LF) {
            this.lineStart = ++i;
            continue;
          }
        }
        this.escaped = false;
        if (byte === QUOTE) {
          this.fieldStart = ++i;
          this.state = QUOTED;
          continue;
        }
        this.fieldStart = i;
        this.state = PLAIN;
      }
      if (this.state === PLAIN) {
        while (i < end && stops[bytes[i] as number] === 0) i++;
        if (i === end) break;
        if (bytes[i] === delimiter) {
          this.field(this.fieldStart, i);
        } else {
          this.at = i;
          const blank = this.row.count === 0 && this.fieldStart === i;
          if (!blank) this.field(this.fieldStart, i);
          this.lineEnd(bytes[i] === CR, i + 1, blank);
          if (this.stopped) return;
        }
        i++;
        this.state = FIELD_START;
        continue;
      }
      if (this.state === QUOTED) {
        while (i < end && bytes[i] !== QUOTE) i++;
        if (i === end) break;
        i++;
        this.state = QUOTE_SEEN;
        continue;
      }
      const byte = bytes[i] as number;
      if (this.state === QUOTE_SEEN) {
        if (byte === QUOTE) {
          this.escaped = true;
          this.state = QUOTED;
          i++;
          continue;
        }
        this.quoteEnd = i - 1;
        this.state = AFTER_QUOTED;
        if (stops[byte] === 0) {
          const from = this.fieldStart;
          const to = i + 1;
          this.sink.problem("text-after-quote", () => this.example(from - 1, to));
        }
      }
      while (i < end && stops[bytes[i] as number] === 0) i++;
      if (i === end) break;
      this.field(this.fieldStart, this.quoteEnd);
      if (bytes[i] !== delimiter) {
        this.at = i;
        this.lineEnd(bytes[i] === CR, i + 1, false);
        if (this.stopped) return;
      }
      i++;
      this.state = FIELD_START;
    }
    this.at = i;
  }

  private field(start: number, end: number): void {
    const { row } = this;
    const index = row.count++;
    if (index >= row.starts.length) return;
    row.starts[index] = start;
    row.ends[index] = this.escaped ? this.unescape(start, end) : end;
    row.kinds[index] = CellKind.text;
  }

  /** Replaces doubled quotes by single ones in place; the text only gets shorter. */
  private unescape(start: number, end: number): number {
    const { bytes } = this.buffer;
    this.escaped = false;
    let to = start;
    for (let from = start; from < end; from++) {
      const byte = bytes[from] as number;
      bytes[to++] = byte;
      if (byte === QUOTE) from++;
    }
    return to;
  }

  private lineEnd(carriageReturn: boolean, next: number, blank: boolean): void {
    if (!blank) {
      const tooLong = this.tooLongField() ?? (this.at - this.lineStart > SCAN_LIMITS.lineBytes ? "line" : undefined);
      if (tooLong !== undefined) {
        this.stop(tooLong);
        return;
      }
      this.record();
    }
    this.skipLf = carriageReturn;
    this.lineStart = next;
  }

  private tooLongField(): "field" | undefined {
    if (this.at - this.lineStart <= SCAN_LIMITS.fieldBytes) return undefined;
    const { starts, ends, count } = this.row;
    for (let i = 0; i < Math.min(count, starts.length); i++) {
      if ((ends[i] as number) - (starts[i] as number) > SCAN_LIMITS.fieldBytes) {
        this.fieldStart = starts[i] as number;
        return "field";
      }
    }
    return undefined;
  }

  /** Ends the scan when the unfinished field or line is too long, so that memory stays bounded. */
  private checkLengths(): void {
    const open = this.state !== FIELD_START;
    if (open && this.at - this.fieldStart > SCAN_LIMITS.fieldBytes) {
      this.stop(this.state === PLAIN ? "field" : "quoted-field");
    } else if (this.at - this.lineStart > SCAN_LIMITS.lineBytes) {
      this.stop("line");
    }
  }

  private stop(kind: "field" | "quoted-field" | "line"): void {
    this.stopped = true;
    const from = kind === "line" ? this.lineStart : this.fieldStart;
    this.sink.tooLong(kind, () => this.example(from, this.buffer.end));
  }

  private record(): void {
    this.row.bytes = this.buffer.bytes;
    this.sink.row(this.row);
    this.row.count = 0;
  }

  private example(start: number, end: number): string {
    return decode(this.buffer.bytes, start, Math.min(end, start + EXAMPLE_BYTES));
  }
}
