import type { ByteWriter } from "./byte-writer.ts";
import { parseInstant } from "./instant-parser.ts";
import type { InstantReader } from "./instant-reader.ts";
import { NumberParser } from "./number-parser.ts";
import { CellKind } from "./row.ts";
import { decode, utf8 } from "./text.ts";

/** How a key column's values are compared: by their text or number, as a time (in ISO 8601, or as a reader reads it), or as true and false. */
export type KeyForm = "value" | "time" | "boolean" | InstantReader;

/** Longer texts are neither missing nor true or false. */
const MAX_VARYING_BYTES = 100;

/** Ends every cell of a key. */
export const KEY_SEPARATOR = 0x1f;
/** Comes before the 8 bytes of a number that is not whole. */
const FLOAT_MARK = 0x1e;

const numbers = new NumberParser();

/**
 * Appends the canonical form of a key's cell, so that a row has the same key in every format and spelling:
 * - a missing value is nothing;
 * - a time is its milliseconds since the epoch; true/false, t/f, yes/no, y/n, 1/0 of a boolean feature are `true` and `false`;
 * - a whole number is its digits without plus sign and leading zeros (007 and 7 are one key; any length, exact);
 * - another number is its 64-bit float: digits when it is whole (1.0, 1e3), else a mark and its 8 bytes, little-endian (0.50 is 0.5);
 * - true and false in any case are lower-case; any other text is its bytes.
 */
export class KeyCells {
  private readonly missing: ReadonlySet<string>;
  /** 1 for first bytes of texts that may be written in several ways; all others are taken as they are, without a string. */
  readonly mayVary = new Uint8Array(256);

  constructor(missing: ReadonlySet<string>) {
    this.missing = missing;
    for (const first of " \t+-.0123456789tTfF") this.mayVary[first.charCodeAt(0)] = 1;
    for (const text of missing) if (text !== "") this.mayVary[utf8(text)[0] as number] = 1;
  }

  /** Writes bytes [start, end) of a cell of a kind. */
  write(out: ByteWriter, bytes: Uint8Array, start: number, end: number, kind: number, form: KeyForm): void {
    if (kind === CellKind.absent || start === end) return;
    const first = bytes[start] as number;
    const isPlain =
      form === "value" &&
      (this.mayVary[first] === 0 || (first >= 0x31 && first <= 0x39 && isDigits(bytes, start, end)));
    const canonical = isPlain ? undefined : this.canonical(bytes, start, end, form);
    if (canonical === undefined) out.slice(bytes, start, end);
    else if (typeof canonical === "string") out.ascii(canonical);
    else writeFloat(out, canonical);
  }

  /** The canonical text (ASCII) or number, or undefined when the bytes are taken as they are. */
  private canonical(bytes: Uint8Array, start: number, end: number, form: KeyForm): string | number | undefined {
    if (end - start <= MAX_VARYING_BYTES) {
      const text = decode(bytes, start, end);
      const trimmed = text.trim();
      if (trimmed === "" || this.missing.has(text) || this.missing.has(trimmed)) return "";
      if (form === "boolean" && /^(?:true|t|yes|y|1)$/i.test(trimmed)) return "true";
      if (form === "boolean" && /^(?:false|f|no|n|0)$/i.test(trimmed)) return "false";
      if (/^(?:true|false)$/i.test(trimmed)) return trimmed.toLowerCase();
    }
    if (form === "time") return canonicalTime(bytes, start, end, parseInstant);
    return typeof form === "function" ? canonicalTime(bytes, start, end, form) : canonicalNumber(bytes, start, end);
  }
}

function writeFloat(out: ByteWriter, value: number): void {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setFloat64(0, value, true);
  out.byte(FLOAT_MARK);
  out.all(new Uint8Array(bytes.buffer));
}

/** A key as people read it: its cells with bars between them. */
export function keyText(key: Uint8Array): string {
  const cells: string[] = [];
  let start = 0;
  while (start < key.length) {
    if (key[start] === FLOAT_MARK && start + 9 <= key.length) {
      cells.push(String(new DataView(key.buffer, key.byteOffset + start + 1, 8).getFloat64(0, true)));
      start += 10;
      continue;
    }
    const separator = key.indexOf(KEY_SEPARATOR, start);
    const end = separator < 0 ? key.length : separator;
    cells.push(decode(key, start, end));
    start = end + 1;
  }
  return cells.join(" | ");
}

function isDigits(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const digit = (bytes[i] as number) - 0x30;
    if (digit < 0 || digit > 9) return false;
  }
  return true;
}

function canonicalTime(bytes: Uint8Array, start: number, end: number, read: InstantReader): string | undefined {
  let from = start;
  let to = end;
  while (from < to && bytes[from] === 0x20) from++;
  while (to > from && bytes[to - 1] === 0x20) to--;
  const instant = read(bytes, from, to);
  return Number.isNaN(instant) ? undefined : String(Math.floor(instant));
}

function canonicalNumber(bytes: Uint8Array, start: number, end: number): string | number | undefined {
  if (!numbers.parse(bytes, start, end)) return undefined;
  const text = decode(bytes, numbers.start, numbers.end);
  const whole = /^([-+]?)0*(\d+)$/.exec(text);
  if (whole !== null) {
    const digits = whole[2] ?? "0";
    return whole[1] === "-" && digits !== "0" ? `-${digits}` : digits;
  }
  const { value } = numbers;
  return Number.isInteger(value) ? BigInt(value).toString() : value;
}
