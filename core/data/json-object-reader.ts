import { LevelTable } from "./level-table.ts";
import { NumberParser } from "./number-parser.ts";
import { CellKind, createRow, type Row, SCAN_LIMITS } from "./row.ts";
import { decode, utf8 } from "./text.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/**
 * Reads flat JSON objects (https://www.rfc-editor.org/rfc/rfc8259) into cells, one for each member name seen so far.
 * Strings are unescaped in place; nested values are checked and marked, not read.
 */
export class JsonObjectReader {
  /** Member names in the order of their first appearance: the columns. */
  readonly names: readonly string[];
  /** The object that was read last; `count` is the number of names, cells of absent members have the kind `absent`. */
  readonly row: Row = createRow(SCAN_LIMITS.cells);
  private readonly keys = new LevelTable(SCAN_LIMITS.cells);
  private readonly numbers = new NumberParser();
  private readonly seenIn = new Float64Array(SCAN_LIMITS.cells);
  private objects = 0;
  private bytes: Uint8Array = new Uint8Array(0);
  private at = 0;
  private end = 0;
  private textStart = 0;
  private textEnd = 0;

  constructor() {
    this.names = this.keys.names;
  }

  /**
   * Reads one object from bytes [start, end), which have no white space around.
   *
   * @returns undefined, or what is wrong: a sentence, or the member name that occurs twice
   */
  read(bytes: Uint8Array, start: number, end: number): { malformed: string } | { duplicate: string } | undefined {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
    this.objects++;
    const { row } = this;
    row.bytes = bytes;
    row.kinds.fill(CellKind.absent, 0, this.names.length);
    row.count = this.names.length;
    if (bytes[start] !== OPEN) return { malformed: "it does not begin with {" };
    this.at++;
    this.space();
    if (bytes[this.at] === CLOSE) return this.finish();
    for (;;) {
      this.space();
      if (bytes[this.at] !== QUOTE || !this.string()) return { malformed: "a member name in quotes is expected" };
      const column = this.keys.intern(bytes, this.textStart, this.textEnd);
      if (column < 0) return { malformed: `there are more than ${SCAN_LIMITS.cells} different member names` };
      this.space();
      if (bytes[this.at] !== COLON) return { malformed: "a colon is expected after a member name" };
      this.at++;
      this.space();
      const kind = this.value();
      if (kind === undefined)
        return { malformed: `the value of ${JSON.stringify(this.names[column])} is not valid JSON` };
      if (this.seenIn[column] === this.objects) return { duplicate: this.names[column] ?? "" };
      this.seenIn[column] = this.objects;
      row.kinds[column] = kind;
      row.starts[column] = this.textStart;
      row.ends[column] = this.textEnd;
      this.space();
      if (bytes[this.at] === COMMA) this.at++;
      else if (this.at < end && bytes[this.at] === CLOSE) return this.finish();
      else return { malformed: "a comma or } is expected after a value" };
    }
  }

  private finish(): { malformed: string } | undefined {
    this.at++;
    this.row.count = this.names.length;
    return this.at === this.end ? undefined : { malformed: "text follows the object" };
  }

  private space(): void {
    while (this.at < this.end) {
      const byte = this.bytes[this.at];
      if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d && byte !== 0x0a) return;
      this.at++;
    }
  }

  /** Reads the string at `at` into [textStart, textEnd), unescaped; false when it is malformed. */
  private string(): boolean {
    const { bytes, end } = this;
    const open = this.at;
    let i = open + 1;
    let escaped = false;
    for (; i < end; i++) {
      const byte = bytes[i] as number;
      if (byte === QUOTE) break;
      if (byte === BACKSLASH) {
        escaped = true;
        i++;
      } else if (byte < 0x20) {
        return false;
      }
    }
    if (i >= end) return false;
    this.at = i + 1;
    this.textStart = open + 1;
    this.textEnd = i;
    if (!escaped) return true;
    const text = parsed(decode(bytes, open, i + 1));
    if (typeof text !== "string") return false;
    // Unescaped text is never longer than its escaped form, so it fits in its own place.
    const plain = utf8(text);
    bytes.set(plain, this.textStart);
    this.textEnd = this.textStart + plain.length;
    return true;
  }

  /** Reads the value at `at`; undefined when it is malformed. */
  private value(): number | undefined {
    const { bytes } = this;
    const start = this.at;
    const first = bytes[start];
    if (first === QUOTE) return this.string() ? CellKind.jsonText : undefined;
    if (first === OPEN || first === 0x5b) return this.nested();
    while (this.at < this.end && !isTokenEnd(bytes[this.at] as number)) this.at++;
    this.textStart = start;
    this.textEnd = this.at;
    if (first === 0x2d || (first !== undefined && first >= 0x30 && first <= 0x39)) {
      this.numbers.parse(bytes, start, this.at);
      return this.numbers.isJson ? CellKind.jsonNumber : undefined;
    }
    const literal = decode(bytes, start, Math.min(this.at, start + 6));
    if (literal === "true" || literal === "false") return CellKind.jsonBoolean;
    return literal === "null" ? CellKind.absent : undefined;
  }

  private nested(): number | undefined {
    const { bytes, end } = this;
    const start = this.at;
    let depth = 0;
    let quoted = false;
    for (let i = start; i < end; i++) {
      const byte = bytes[i] as number;
      if (quoted) {
        if (byte === BACKSLASH) i++;
        else if (byte === QUOTE) quoted = false;
      } else if (byte === QUOTE) {
        quoted = true;
      } else if (byte === OPEN || byte === 0x5b) {
        depth++;
      } else if (byte === CLOSE || byte === 0x5d) {
        depth--;
        if (depth > 0) continue;
        this.at = i + 1;
        this.textStart = start;
        this.textEnd = i + 1;
        return parsed(decode(bytes, start, i + 1)) === undefined ? undefined : CellKind.nested;
      }
    }
    return undefined;
  }
}

function isTokenEnd(byte: number): boolean {
  return byte === COMMA || byte === CLOSE || byte === 0x20 || byte === 0x09 || byte === 0x0d;
}

/** The JSON value of a text, undefined when it is no JSON: malformed input is an expected outcome here. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
