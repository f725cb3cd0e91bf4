import type { ByteWriter } from "./byte-writer.ts";
import type { NumberTotals } from "./number-summary.ts";
import type { FeatureProfile, TargetProfile } from "./profile.ts";
import type { ReasonCollector } from "./reason-collector.ts";

/** What all columns of one ingest share. */
export interface ColumnContext {
  reasons: ReasonCollector;
  /** Texts that mean: no value. */
  missing: ReadonlySet<string>;
  /** Data row that is being read, 1 = first. */
  row: number;
}

/** Reads, checks, profiles and writes the cells of one column. */
export interface Column {
  /** Reads the cell of a row: bytes [start, end) of one of `CellKind`. The bytes must stay until it is written. */
  read(bytes: Uint8Array, start: number, end: number, kind: number): void;
  /** Writes the cell that was read last as a CSV field (empty when it is missing). */
  writeCsv(out: ByteWriter): void;
  /** Writes the cell that was read last as a JSON value (null when it is missing). */
  writeJson(out: ByteWriter): void;
}

/** A text that a column knows: how it is written, and how its rows are counted. */
export interface LaneLevel {
  /** As CSV field and as JSON; empty and null when it means: no value. */
  csv: Uint8Array;
  json: Uint8Array;
  /** Counts rows that have it. */
  add(rows: number): void;
}

/** How the fast lane reads a column. */
export type LaneColumn =
  | {
      kind: "number";
      min: number;
      max: number;
      integer: boolean;
      /** Whether a row must have a value. */
      required: boolean;
      absorb(totals: NumberTotals): void;
      addFar(x: number): void;
    }
  | {
      kind: "level";
      /** The level of bytes [start, end); undefined when their rows need the column's `read`. */
      level(bytes: Uint8Array, start: number, end: number): LaneLevel | undefined;
      /** The level of an empty field; undefined when it is wrong. */
      empty: LaneLevel | undefined;
    }
  | {
      /** By the column's own `read`, called for cells that it accepts. */
      kind: "hosted";
      /** Whether `read` finds nothing wrong in bytes [start, end); changes nothing. */
      accepts(bytes: Uint8Array, start: number, end: number): boolean;
      /** How many times the bytes of a cell it may write. */
      growth: number;
    };

/** Column of a feature. */
export interface FeatureColumn extends Column {
  profile(): FeatureProfile;
  lane(): LaneColumn;
}

/** Column of the target. */
export interface TargetColumn extends Column {
  profile(): TargetProfile;
  lane(): LaneColumn;
  /** What all rows have in common when they have the same target, else undefined. */
  constant(): string | undefined;
}

/** The JSON text of a missing value. */
export const JSON_NULL = new Uint8Array([0x6e, 0x75, 0x6c, 0x6c]);
