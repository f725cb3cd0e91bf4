import type { ModelDefinition } from "../definition/schema.ts";
import { ByteWriter } from "./byte-writer.ts";
import type { IngestColumns } from "./ingest-columns.ts";
import { KEY_SEPARATOR, KeyCells } from "./key-cell.ts";
import { KeySketchBuilder } from "./key-sketch.ts";
import type { Row } from "./row.ts";
import { hashFraction, SPLITS, type Split, splitOf } from "./split.ts";
import { csvField, utf8 } from "./text.ts";

const COMMA = 0x2c;
const LF = 0x0a;
const CLOSE_ROW = utf8("}}\n");
/** What comes after the row's number and after the label of a held-out row. */
export const LABEL_MEMBER = '","label":';
export const FEATURES_MEMBER = ',"features":{';

/** Bytes to append to the part of each side. */
export type IngestOutput = Record<Split, Uint8Array>;

/** Number of rows by side. */
export type SplitRows = { total: number } & Record<Split, number>;

/** Decides the side of each row and writes it: CSV for train and validation, JSON Lines for test. */
export class RowWriter {
  readonly rows: SplitRows = { total: 0, train: 0, validation: 0, test: 0 };
  private readonly outputs: Record<Split, ByteWriter> = {
    train: new ByteWriter(),
    validation: new ByteWriter(),
    test: new ByteWriter(),
  };
  /** Which keys have come, for the rules about repeated and known rows. */
  readonly keys = new KeySketchBuilder();
  private readonly keyBytes = new ByteWriter(1_024);
  private readonly key = () => this.keyBytes.memory.subarray(0, this.keyBytes.length);
  /** How cells are written into keys. */
  readonly keyCells: KeyCells;
  private readonly columns: IngestColumns;
  readonly shares: { validation: number; test: number };
  private readonly header: Uint8Array;
  /** What comes before each feature of a held-out row, and before the row's number. */
  readonly memberNames: Uint8Array[];
  readonly idStart: Uint8Array;

  constructor(
    columns: IngestColumns,
    { split, missing }: Pick<ModelDefinition["data"], "split" | "missing">,
    batchId: string,
  ) {
    this.columns = columns;
    this.shares = split;
    this.keyCells = new KeyCells(new Set(missing));
    const names = columns.features.map(({ name }) => name);
    this.header = utf8(`${[...names, columns.target.name].map((name) => csvField(name)).join(",")}\n`);
    this.memberNames = names.map((name, index) => utf8(`${index === 0 ? "" : ","}${JSON.stringify(name)}:`));
    this.idStart = utf8(`{"id":${JSON.stringify(`${batchId}:`).slice(0, -1)}`);
  }

  /** Writes the row that the columns have read. `row` gives the key's bytes, `number` is 1 for the first data row. */
  write(row: Row, number: number): void {
    const fraction = this.fraction(row);
    this.keys.count(1);
    this.keys.sample(fraction, number, this.key);
    const split = splitOf(fraction, this.shares);
    const out = this.outputs[split];
    this.rows.total++;
    if (split === "test") this.writeHeldOut(out, number);
    else this.writeTraining(out, split);
    this.rows[split]++;
  }

  /** Appends rows that the fast lane has written to a part. */
  append(split: Split, bytes: Uint8Array, rows: number): void {
    if (rows === 0) return;
    const out = this.outputs[split];
    if (split !== "test" && this.rows[split] === 0) out.all(this.header);
    out.all(bytes);
    this.rows[split] += rows;
    this.rows.total += rows;
  }

  private fraction(row: Row): number {
    const { keyBytes, keyCells } = this;
    keyBytes.clear();
    for (const { cell, form } of this.columns.key) {
      if (cell >= 0) {
        const { bytes, starts, ends, kinds } = row;
        keyCells.write(keyBytes, bytes, starts[cell] as number, ends[cell] as number, kinds[cell] as number, form);
      }
      keyBytes.byte(KEY_SEPARATOR);
    }
    return hashFraction(keyBytes.memory, 0, keyBytes.length);
  }

  private writeTraining(out: ByteWriter, split: Split): void {
    if (this.rows[split] === 0) out.all(this.header);
    const { features, target } = this.columns;
    for (let i = 0; i < features.length; i++) {
      features[i]?.column.writeCsv(out);
      out.byte(COMMA);
    }
    target.column.writeCsv(out);
    out.byte(LF);
  }

  private writeHeldOut(out: ByteWriter, number: number): void {
    const { features, target } = this.columns;
    out.all(this.idStart);
    out.ascii(`${number}${LABEL_MEMBER}`);
    target.column.writeJson(out);
    out.ascii(FEATURES_MEMBER);
    for (let i = 0; i < features.length; i++) {
      out.all(this.memberNames[i] as Uint8Array);
      features[i]?.column.writeJson(out);
    }
    out.all(CLOSE_ROW);
  }

  /** What was written since the last call; the bytes are good until the next row. */
  take(): IngestOutput {
    const [train, validation, test] = SPLITS.map((split) => this.outputs[split].take());
    return { train: train as Uint8Array, validation: validation as Uint8Array, test: test as Uint8Array };
  }
}
