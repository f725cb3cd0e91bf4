import type { ColumnContext } from "./column.ts";
import { parseInstant } from "./instant-parser.ts";
import { CellKind } from "./row.ts";
import { notADate } from "./rules/type.ts";
import { decode } from "./text.ts";

/** Time of the earliest and the latest row, as they stand in the file. */
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

  constructor(name: string, context: ColumnContext) {
    this.name = name;
    this.context = context;
  }

  /** Reads the cell of a row. */
  read(bytes: Uint8Array, start: number, end: number, kind: number): void {
    let from = start;
    let to = end;
    while (from < to && bytes[from] === 0x20) from++;
    while (to > from && bytes[to - 1] === 0x20) to--;
    const isText = kind === CellKind.text || kind === CellKind.jsonText;
    const instant = isText && to - from <= MAX_BYTES ? parseInstant(bytes, from, to) : Number.NaN;
    if (Number.isNaN(instant)) {
      const value = () => (kind === CellKind.absent ? "" : decode(bytes, start, Math.min(end, start + 400)));
      this.context.reasons.note({ rule: "type", column: this.name, row: this.context.row, value, message: notADate });
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
    return this.max < this.min ? null : { from: this.earliest.text(), to: this.latest.text() };
  }
}
