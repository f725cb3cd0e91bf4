import { decode } from "./text.ts";

const MAX_ROWS = 8_192;
/** Rows with long texts are fewer, so that memory stays bounded. */
const MAX_CHARACTERS = 16_000_000;
const QUOTE = 0x22;
const LF = 0x0a;

/** Rows of the training part as text, in the order of the file: one array for each row, features in the definition's order, then the target. */
export interface SampledRows {
  rows: readonly (readonly string[])[];
}

/**
 * Takes every n-th row out of a stream of whole CSV rows that the factory itself has written (LF, RFC 4180 quotes, header line
 * first); n doubles whenever there are more than 8,192 (or 16 million characters), so the sample is spread over the whole file and memory is bounded.
 */
export class RowSampler {
  private lines: string[] = [];
  private characters = 0;
  private stride = 1;
  private seen = 0;
  private chunks = 0;
  private isHeaderPast = false;

  /** Adds the next rows; a chunk begins and ends with a row. */
  add(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    // Of a large file not every chunk is searched for rows.
    const skip = Math.max(1, this.stride / 16);
    if (this.chunks++ % skip !== 0) return;
    const hasQuotes = chunk.includes(QUOTE);
    let start = 0;
    while (start < chunk.length) {
      const end = hasQuotes ? quotedRowEnd(chunk, start) : chunk.indexOf(LF, start);
      if (end < 0) return;
      this.row(chunk, start, end);
      start = end + 1;
    }
  }

  private row(chunk: Uint8Array, start: number, end: number): void {
    if (!this.isHeaderPast) {
      this.isHeaderPast = true;
      return;
    }
    if (this.seen++ % Math.min(16, this.stride) !== 0) return;
    const line = decode(chunk, start, end);
    this.lines.push(line);
    this.characters += line.length;
    if (this.lines.length <= MAX_ROWS && this.characters <= MAX_CHARACTERS) return;
    this.lines = this.lines.filter((_, index) => index % 2 === 0);
    this.characters = this.lines.reduce((sum, { length }) => sum + length, 0);
    this.stride *= 2;
  }

  /** The rows of the sample. */
  build(): SampledRows {
    return { rows: this.lines.map(fieldsOf) };
  }
}

function quotedRowEnd(chunk: Uint8Array, start: number): number {
  let isQuoted = false;
  for (let i = start; i < chunk.length; i++) {
    if (chunk[i] === QUOTE) isQuoted = !isQuoted;
    else if (chunk[i] === LF && !isQuoted) return i;
  }
  return -1;
}

function fieldsOf(line: string): string[] {
  if (!line.includes('"')) return line.split(",");
  const fields: string[] = [];
  const pattern = /(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g;
  for (const [, quoted, plain] of line.matchAll(pattern)) fields.push(quoted?.replaceAll('""', '"') ?? plain ?? "");
  return fields;
}
