import type { ByteWriter } from "./byte-writer.ts";
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

/** Column of a feature. */
export interface FeatureColumn extends Column {
  profile(): FeatureProfile;
}

/** Column of the target. */
export interface TargetColumn extends Column {
  profile(): TargetProfile;
  /** What all rows have in common when they have the same target, else undefined. */
  constant(): string | undefined;
}

/** The JSON text of a missing value. */
export const JSON_NULL = new Uint8Array([0x6e, 0x75, 0x6c, 0x6c]);
