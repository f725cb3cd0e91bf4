import type { ModelDefinition } from "../definition/schema.ts";
import { CsvScanner } from "./csv-scanner.ts";
import { RECORD_BEGINS, RECORD_STATES, RecordState, recordTable } from "./record-states.ts";
import { decode } from "./text.ts";

const QUOTE = 0x22;
const MARK = [0xef, 0xbb, 0xbf] as const;

/** What follows from a state at the beginning of a range: the state at its end, and how many records begin in between. */
export interface RangeOutcome {
  end: number;
  records: number;
}

/** Half-open range of byte offsets of a file. */
export interface ByteRange {
  from: number;
  to: number;
}

/** Result of the first pass over one range; plain JSON. */
export interface RangeScan extends ByteRange {
  schemaVersion: 1;
  format: ModelDefinition["data"]["format"];
  /** By the state at `from` (`RecordState`). */
  outcomes: RangeOutcome[];
  /** Column names of a CSV file, when the range begins the file and holds the whole header line; else null. */
  header: string[] | null;
}

/** First pass over one range. */
export interface RangeScanner {
  /** Takes the next bytes of the range; together they must be exactly the bytes [from, to). */
  write(chunk: Uint8Array): void;
  /** Ends the range. */
  end(): RangeScan;
}

/** One state that is followed through the range, for all beginnings that have led to it. */
interface Lane {
  state: number;
  records: number;
  /** Beginnings, and how many records each had more than the lane when it joined. */
  starts: { start: number; extra: number }[];
}

/**
 * Makes the first pass over a range: nobody knows yet whether it begins within quotes, so all states are followed at once
 * (a data-parallel finite state machine: Mytkowicz, Musuvathi, Schulte 2014, https://doi.org/10.1145/2541940.2541988). They
 * meet after a few bytes; what stays is at most one state outside of quotes and one inside.
 */
export function createRangeScanner(definition: ModelDefinition, range: ByteRange): RangeScanner {
  return new Scan(definition, range);
}

class Scan implements RangeScanner {
  private readonly range: ByteRange;
  private readonly format: ModelDefinition["data"]["format"];
  private readonly table: Uint8Array;
  private lanes: Lane[];
  private seen = 0;
  private markSeen = 0;
  private header: string[] | null = null;
  private headerScanner: CsvScanner | undefined;

  constructor(definition: ModelDefinition, range: ByteRange) {
    this.range = range;
    this.format = definition.data.format;
    this.table = recordTable(definition.data);
    const isFirst = range.from === 0;
    const states = isFirst ? [RecordState.lineStart] : Array.from({ length: RECORD_STATES }, (_, state) => state);
    this.lanes = states.map((state) => ({ state, records: 0, starts: [{ start: state, extra: 0 }] }));
    if (isFirst && definition.data.format === "csv") this.headerScanner = this.createHeaderScanner(definition);
  }

  private createHeaderScanner(definition: ModelDefinition): CsvScanner {
    return new CsvScanner(definition.data.delimiter, {
      row: ({ bytes, starts, ends, count }) => {
        this.header ??= Array.from({ length: Math.min(count, starts.length) }, (_, cell) =>
          decode(bytes, starts[cell] as number, ends[cell] as number),
        );
        this.headerScanner = undefined;
      },
      // What is wrong with the header is said by the second pass.
      problem: () => {},
      tooLong: () => {
        this.headerScanner = undefined;
      },
    });
  }

  write(chunk: Uint8Array): void {
    let bytes = chunk;
    if (this.range.from === 0 && this.seen === this.markSeen) bytes = this.withoutMark(chunk);
    this.seen += chunk.length;
    for (const lane of this.lanes) this.follow(lane, bytes);
    if (this.lanes.length > 1) this.join();
    // Small pieces, so that the scan ends soon after the header.
    for (let at = 0; at < bytes.length && this.headerScanner !== undefined; at += 4_096) {
      this.headerScanner.write(bytes.subarray(at, at + 4_096));
    }
  }

  /** Leaves out a byte order mark, which may be divided between chunks; a beginning of one that is none decides nothing. */
  private withoutMark(chunk: Uint8Array): Uint8Array {
    let at = 0;
    while (at < chunk.length && this.markSeen < 3 && chunk[at] === MARK[this.markSeen]) {
      at++;
      this.markSeen++;
    }
    if (at < chunk.length && this.markSeen > 0 && this.markSeen < 3) {
      const bytes = new Uint8Array(this.markSeen + chunk.length - at);
      bytes.set(MARK.slice(0, this.markSeen));
      bytes.set(chunk.subarray(at), this.markSeen);
      this.markSeen = -1;
      return bytes;
    }
    if (at < chunk.length) this.markSeen = -1;
    return chunk.subarray(at);
  }

  private follow(lane: Lane, bytes: Uint8Array): void {
    const { table } = this;
    const { length } = bytes;
    let { state, records } = lane;
    let i = 0;
    while (i < length) {
      if (state === RecordState.quoted) {
        const quote = bytes.indexOf(QUOTE, i);
        if (quote < 0) break;
        i = quote;
      }
      const next = table[(state << 8) | (bytes[i] as number)] as number;
      records += next >>> 3;
      state = next & (RECORD_BEGINS - 1);
      i++;
    }
    lane.state = state;
    lane.records = records;
  }

  private join(): void {
    const joined: Lane[] = [];
    for (const lane of this.lanes) {
      const same = joined.find((other) => other.state === lane.state);
      if (same === undefined) joined.push(lane);
      else {
        const more = lane.records - same.records;
        same.starts.push(...lane.starts.map(({ start, extra }) => ({ start, extra: extra + more })));
      }
    }
    this.lanes = joined;
  }

  end(): RangeScan {
    const outcomes: RangeOutcome[] = Array.from({ length: RECORD_STATES }, () => ({ end: 0, records: 0 }));
    for (const { state, records, starts } of this.lanes) {
      for (const { start, extra } of starts) outcomes[start] = { end: state, records: records + extra };
    }
    return { schemaVersion: 1, format: this.format, ...this.range, outcomes, header: this.header };
  }
}
