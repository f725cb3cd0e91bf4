import type { ColumnContext } from "./column.ts";
import { parseInstant } from "./instant-parser.ts";
import { type InstantReader, instantReader } from "./instant-reader.ts";
import { instantText } from "./instant-text.ts";
import { CellKind } from "./row.ts";
import { notADate, notATime } from "./rules/type.ts";
import { decode } from "./text.ts";

/** Time of the earliest and the latest row, ISO 8601 as it stands in the file; in UTC where the file has another format. */
export interface TimeRange {
  from: string;
  to: string;
}

/** Longest date that is accepted, in bytes. */
const MAX_BYTES = 48;

/** A date as bytes: times mostly rise from row to row, and most maxima are given up at once. */
class Held {
  private readonly bytes = new Uint8Array(MAX_BYTES);
  private length = 0;

  set(source: Uint8Array, start: number, end: number): void {
    for (let i = start; i < end; i++) this.bytes[i - start] = source[i] as number;
    this.length = end - start;
  }

  text(): string {
    return decode(this.bytes, 0, this.length);
  }
}

/** Column with the time of the row; it is checked and its range is kept, but it is no input of the model. */
export class TimeColumn {
  private readonly name: string;
  private readonly context: ColumnContext;
  private readonly earliest = new Held();
  private readonly latest = new Held();
  private min = Number.POSITIVE_INFINITY;
  private max = Number.NEGATIVE_INFINITY;
  private readonly format: string | undefined;
  private readonly declared: InstantReader | undefined;

  constructor(name: string, context: ColumnContext, format?: string) {
    this.name = name;
    this.context = context;
    this.format = format;
    this.declared = format === undefined ? undefined : instantReader(format);
  }

  /** Whether bytes [start, end) of a text file are a time. */
  accepts(bytes: Uint8Array, start: number, end: number): boolean {
    let from = start;
    let to = end;
    while (from < to && bytes[from] === 0x20) from++;
    while (to > from && bytes[to - 1] === 0x20) to--;
    return !Number.isNaN(this.instant(bytes, from, to));
  }

  private instant(bytes: Uint8Array, from: number, to: number): number {
    return to - from <= MAX_BYTES ? (this.declared ?? parseInstant)(bytes, from, to) : Number.NaN;
  }

  /** Reads the cell of a row. */
  read(bytes: Uint8Array, start: number, end: number, kind: number): void {
    let from = start;
    let to = end;
    while (from < to && bytes[from] === 0x20) from++;
    while (to > from && bytes[to - 1] === 0x20) to--;
    const isText = kind === CellKind.text || kind === CellKind.jsonText || kind === CellKind.jsonNumber;
    const instant = isText ? this.instant(bytes, from, to) : Number.NaN;
    if (Number.isNaN(instant)) {
      const value = () => (kind === CellKind.absent ? "" : decode(bytes, start, Math.min(end, start + 400)));
      const message = this.format === undefined ? notADate : notATime(this.format);
      this.context.reasons.note({ rule: "type", column: this.name, row: this.context.row, value, message });
      return;
    }
    if (instant < this.min) {
      this.min = instant;
      this.earliest.set(bytes, from, to);
    }
    if (instant > this.max) {
      this.max = instant;
      this.latest.set(bytes, from, to);
    }
  }

  /** Counts rows that another reader has read: the earliest and the latest of them, as bytes and milliseconds since the epoch. */
  absorb(earliest: number, earliestText: Uint8Array, latest: number, latestText: Uint8Array): void {
    if (earliest < this.min) {
      this.min = earliest;
      this.earliest.set(earliestText, 0, earliestText.length);
    }
    if (latest > this.max) {
      this.max = latest;
      this.latest.set(latestText, 0, latestText.length);
    }
  }

  /** The range of all rows so far; null without rows. */
  range(): TimeRange | null {
    if (this.max < this.min) return null;
    // Times in another notation would have to be read by its format everywhere; those in ISO 8601 stay as people wrote them.
    if (this.declared !== undefined) return { from: instantText(this.min), to: instantText(this.max) };
    return { from: this.earliest.text(), to: this.latest.text() };
  }
}
