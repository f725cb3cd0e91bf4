/** Kinds of a cell: CSV fields are text, JSON values have their own type. */
export const CellKind = { text: 0, jsonText: 1, jsonNumber: 2, jsonBoolean: 3, absent: 4, nested: 5 } as const;

/** One record as a scanner hands it on: cells are byte ranges [start, end) of `bytes`, valid only during the call. */
export interface Row {
  bytes: Uint8Array;
  starts: Int32Array;
  ends: Int32Array;
  kinds: Uint8Array;
  /** Number of cells. */
  count: number;
}

/** A row with room for a number of cells. */
export function createRow(capacity: number): Row {
  return {
    bytes: new Uint8Array(0),
    starts: new Int32Array(capacity),
    ends: new Int32Array(capacity),
    kinds: new Uint8Array(capacity),
    count: 0,
  };
}

/** What a scanner tells the ingest; each answer says whether to go on. */
export interface RowSink {
  /** A complete record. */
  row(row: Row): void;
  /** Something wrong that the scanner can go on after. */
  problem(kind: "text-after-quote" | "unclosed-quote", value: () => string): void;
  /** A field or a line is too long; the scan ends. */
  tooLong(kind: "field" | "quoted-field" | "line", value: () => string): void;
}

/** Longest field, longest line, and most cells of a line that are read. */
export const SCAN_LIMITS = { fieldBytes: 1_000_000, lineBytes: 8_000_000, cells: 16_384 } as const;

/** Turns chunks of bytes into records. Chunks may end anywhere. */
export interface Scanner {
  /** Scans the next bytes; false when the scan has ended because of a line or field that is too long. */
  write(chunk: Uint8Array): boolean;
  /** Scans what is left after the last chunk. */
  end(): void;
}
