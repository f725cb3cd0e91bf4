import type { ByteWriter } from "./byte-writer.ts";
import { type ColumnContext, type FeatureColumn, JSON_NULL, type LaneColumn, type LaneLevel } from "./column.ts";
import { LevelTable } from "./level-table.ts";
import type { BooleanProfile } from "./profile.ts";
import { CellKind } from "./row.ts";
import { nestedValue, notABoolean } from "./rules/type.ts";
import { decode, utf8 } from "./text.ts";

const TRUE = utf8("true");
const FALSE = utf8("false");
const WORDS: ReadonlyMap<string, boolean> = new Map([
  ...["true", "t", "yes", "y", "1"].map((word): [string, boolean] => [word, true]),
  ...["false", "f", "no", "n", "0"].map((word): [string, boolean] => [word, false]),
]);

/** Longer texts are looked at each time, so that memory stays bounded. */
const MAX_INTERNED_BYTES = 100;

/** Column of a boolean feature: true/false, t/f, yes/no, y/n, 1/0 in any case; written as true and false. */
export class BooleanColumn implements FeatureColumn {
  private readonly table = new LevelTable(1_000);
  private readonly meanings: (boolean | null | undefined)[] = [];
  private readonly name: string;
  private readonly context: ColumnContext;
  private current: boolean | undefined;
  private nulls = 0;
  private count = 0;
  private trueCount = 0;
  private invalid = 0;

  constructor(name: string, context: ColumnContext) {
    this.name = name;
    this.context = context;
  }

  read(bytes: Uint8Array, start: number, end: number, kind: number): void {
    this.current = undefined;
    if (kind === CellKind.absent || start === end) {
      this.nulls++;
      return;
    }
    const value = kind === CellKind.nested ? undefined : this.meaningOf(bytes, start, end);
    if (value === undefined) {
      const { row, reasons } = this.context;
      this.invalid++;
      const text = () => decode(bytes, start, Math.min(end, start + 400));
      const message = kind === CellKind.nested ? nestedValue : notABoolean;
      reasons.note({ rule: "type", column: this.name, row, value: text, message });
    } else if (value === null) {
      this.nulls++;
    } else {
      this.current = value;
      this.count++;
      if (value) this.trueCount++;
    }
  }

  /** What a cell means: null is missing, undefined is wrong. */
  private meaningOf(bytes: Uint8Array, start: number, end: number): boolean | null | undefined {
    const id = end - start > MAX_INTERNED_BYTES ? -1 : this.table.intern(bytes, start, end);
    if (id < 0) return this.understand(decode(bytes, start, end));
    if (id === this.meanings.length) this.meanings.push(this.understand(decode(bytes, start, end)));
    return this.meanings[id];
  }

  private understand(text: string): boolean | null | undefined {
    const trimmed = text.trim();
    const word = WORDS.get(trimmed.toLowerCase());
    if (word !== undefined) return word;
    return trimmed === "" || this.context.missing.has(trimmed) ? null : undefined;
  }

  writeCsv(out: ByteWriter): void {
    if (this.current !== undefined) out.all(this.current ? TRUE : FALSE);
  }

  writeJson(out: ByteWriter): void {
    out.all(this.current === undefined ? JSON_NULL : this.current ? TRUE : FALSE);
  }

  profile(): BooleanProfile {
    const { count, nulls, trueCount, invalid } = this;
    return { type: "boolean", count, nulls, invalid, trueCount };
  }

  lane(): LaneColumn {
    const missing: LaneLevel = {
      csv: new Uint8Array(0),
      json: JSON_NULL,
      add: (rows) => {
        this.nulls += rows;
      },
    };
    const side = (isTrue: boolean): LaneLevel => ({
      csv: isTrue ? TRUE : FALSE,
      json: isTrue ? TRUE : FALSE,
      add: (rows) => {
        this.count += rows;
        if (isTrue) this.trueCount += rows;
      },
    });
    return {
      kind: "level",
      level: (bytes, start, end) => {
        const meaning = this.meaningOf(bytes, start, end);
        return meaning === undefined ? undefined : meaning === null ? missing : side(meaning);
      },
      empty: missing,
    };
  }
}
