import { CsvScanner } from "./csv-scanner.ts";
import type { FastLane } from "./fast-lane.ts";
import type { RowSink, Scanner } from "./row.ts";

const LF = 0x0a;
const CR = 0x0d;
/** Chunks below this size are looked through for a line end before the lane reads the open record again. */
const SMALL_BYTES = 1_024;
/** Longer records are read by the other lane, which holds lines of any length. */
const MAX_RECORD_BYTES = 49_152;

/** What the two lanes tell the ingest. */
export interface LaneSink extends RowSink {
  /** Records that the fast lane has read. */
  laneRows(rows: number): void;
  /** Number of the data row that comes next, 1 = first. */
  readonly nextRowNumber: number;
}

/**
 * Scanner of CSV with two lanes: the fast one reads the records that are as they should be, `CsvScanner` reads all others, one at a
 * time, and knows what to say about them. Which lane a record takes changes no result.
 */
export class FastCsvScanner implements Scanner {
  private readonly slow: CsvScanner;
  private readonly sink: LaneSink;
  private lane: FastLane | undefined;
  private isDecided = false;
  private pendingEnd = 0;
  private pendingHasLineEnd = false;

  constructor(delimiter: string, sink: LaneSink) {
    this.slow = new CsvScanner(delimiter, sink);
    this.sink = sink;
  }

  /** Begins to use a fast lane, or none for this file; called from inside of `row`, for the header. */
  use(lane: FastLane | undefined): void {
    this.lane = lane;
    this.isDecided = true;
    this.pendingEnd = lane?.input ?? 0;
  }

  write(chunk: Uint8Array): boolean {
    if (this.isDecided && this.lane === undefined) return this.slow.write(chunk);
    let at = 0;
    while (at < chunk.length) {
      if (this.lane !== undefined && this.slow.isBetweenRecords) {
        const size = Math.min(chunk.length - at, this.lane.room(this.pendingEnd));
        if (!this.quick(this.lane, chunk.subarray(at, at + size))) return false;
        at += size;
      } else {
        const next = pieceEnd(chunk, at, chunk.length);
        if (!this.slow.write(chunk.subarray(at, next))) return false;
        at = next;
      }
    }
    return true;
  }

  end(): void {
    const { lane } = this;
    if (lane !== undefined && this.pendingEnd > lane.input) {
      const rest = lane.slice(lane.input, this.pendingEnd);
      this.pendingEnd = lane.input;
      if (!this.slow.write(rest)) return;
    }
    this.slow.end();
  }

  private quick(lane: FastLane, chunk: Uint8Array): boolean {
    const end = lane.append(chunk, this.pendingEnd);
    this.pendingEnd = end;
    this.pendingHasLineEnd ||= chunk.length >= SMALL_BYTES || chunk.includes(LF) || chunk.includes(CR);
    if (!this.pendingHasLineEnd && end - lane.input <= MAX_RECORD_BYTES) return true;
    this.pendingHasLineEnd = false;
    let at = lane.input;
    while (at < end) {
      const result = lane.run(at, end, this.sink.nextRowNumber);
      this.sink.laneRows(result.rows);
      at = result.at;
      if (!result.isOdd && end - at <= MAX_RECORD_BYTES) break;
      // One record for the other lane.
      const bytes = lane.slice(at, end);
      let done = 0;
      do {
        const next = pieceEnd(bytes, done, bytes.length);
        if (!this.slow.write(bytes.subarray(done, next))) return false;
        done = next;
      } while (done < bytes.length && !this.slow.isBetweenRecords);
      at += done;
    }
    this.pendingEnd = lane.moveToFront(at, end);
    return true;
  }
}

/** Position after the next line end, or the end. */
function pieceEnd(bytes: Uint8Array, start: number, end: number): number {
  for (let i = start; i < end; i++) if (bytes[i] === LF || bytes[i] === CR) return i + 1;
  return end;
}
