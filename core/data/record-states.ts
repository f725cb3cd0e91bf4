import type { ModelDefinition } from "../definition/schema.ts";

/**
 * Where a byte position is in the records of a text file: at the start of a line, at the start of another field, within a field
 * (where quotes mean nothing), within quotes, right after a quote within quotes.
 */
export const RecordState = { lineStart: 0, fieldStart: 1, field: 2, quoted: 3, quoteSeen: 4 } as const;

/** Number of states. */
export const RECORD_STATES = 5;

/** Set in an entry of the table when the byte is the first one of a record. */
export const RECORD_BEGINS = 8;

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;

/**
 * Transition table of the record structure: entry `state * 256 + byte` is the next state, plus RECORD_BEGINS where the byte
 * begins a record. Blank lines are no records. For CSV this is the grammar of csv-scanner.ts without its messages; JSON Lines
 * have no quotes across lines, and lines of white space are blank.
 */
export function recordTable(data: Pick<ModelDefinition["data"], "format" | "delimiter">): Uint8Array {
  const table = new Uint8Array(RECORD_STATES * 256);
  const { lineStart, fieldStart, field, quoted, quoteSeen } = RecordState;
  const isCsv = data.format === "csv";
  const delimiter = data.delimiter.charCodeAt(0);
  for (let byte = 0; byte < 256; byte++) {
    const isNewline = byte === LF || (isCsv && byte === CR);
    const isBlank = !isCsv && (byte === 0x20 || byte === 0x09 || byte === CR);
    const isQuote = isCsv && byte === QUOTE;
    const isDelimiter = isCsv && byte === delimiter;
    const set = (state: number, next: number) => {
      table[state * 256 + byte] = next;
    };
    if (isNewline) set(lineStart, lineStart);
    else if (isBlank) set(lineStart, lineStart);
    else set(lineStart, RECORD_BEGINS | (isQuote ? quoted : isDelimiter ? fieldStart : field));
    const afterField = isNewline ? lineStart : isDelimiter ? fieldStart : field;
    set(fieldStart, isQuote ? quoted : afterField);
    set(field, afterField);
    set(quoted, isQuote ? quoteSeen : quoted);
    set(quoteSeen, isQuote ? quoted : afterField);
  }
  return table;
}
