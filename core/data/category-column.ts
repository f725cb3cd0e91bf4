import type { Feature } from "../definition/schema.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { type ColumnContext, type FeatureColumn, JSON_NULL, type LaneColumn } from "./column.ts";
import { LevelTable } from "./level-table.ts";
import { sortedLevels } from "./merge-profiles.ts";
import type { CategoryProfile } from "./profile.ts";
import type { RuleId } from "./reason.ts";
import { CellKind } from "./row.ts";
import { categoryTooLong } from "./rules/field-too-long.ts";
import { notALevel } from "./rules/range.ts";
import { nestedValue } from "./rules/type.ts";
import { csvField, decode, utf8 } from "./text.ts";

/** Longest category value; a profile keeps thousands of them. */
export const MAX_CATEGORY_BYTES = 2_000;

const SPARE_LEVELS = 64;

/** How a value is written, and what it is. */
interface Level {
  csv: Uint8Array;
  json: Uint8Array;
  isMissing: boolean;
  isAllowed: boolean;
  count: number;
}

const MISSING: Level = { csv: new Uint8Array(0), json: JSON_NULL, isMissing: true, isAllowed: true, count: 0 };

/** Column of a category feature. Values are kept as they are; a value of spaces only is missing. */
export class CategoryColumn implements FeatureColumn {
  private readonly table: LevelTable;
  private readonly levels: Level[] = [];
  private readonly name: string;
  private readonly allowed: ReadonlySet<string> | undefined;
  private readonly allowedList: readonly string[];
  private readonly context: ColumnContext;
  private current = MISSING;
  private nulls = 0;
  private count = 0;
  private otherCount = 0;
  private invalid = 0;

  constructor(name: string, feature: Feature & { type: "category" }, context: ColumnContext) {
    this.name = name;
    this.allowedList = feature.levels ?? [];
    this.allowed = feature.levels === undefined ? undefined : new Set(feature.levels);
    this.context = context;
    // A few more than are accepted, so that texts which mean "no value" have a place, too.
    this.table = new LevelTable(feature.maxLevels + SPARE_LEVELS);
  }

  read(bytes: Uint8Array, start: number, end: number, kind: number): void {
    this.current = MISSING;
    if (kind === CellKind.absent || start === end) {
      this.nulls++;
      return;
    }
    if (kind === CellKind.nested) {
      this.note("type", bytes, start, end, nestedValue);
      return;
    }
    if (end - start > MAX_CATEGORY_BYTES) {
      this.note("field-too-long", bytes, start, end, categoryTooLong(MAX_CATEGORY_BYTES));
      return;
    }
    const held = this.held(bytes, start, end);
    const level = held ?? this.describe(decode(bytes, start, end));
    if (held === undefined && !level.isMissing) this.otherCount++;
    if (level.isMissing) {
      this.nulls++;
      return;
    }
    level.count++;
    this.count++;
    this.current = level;
    if (!level.isAllowed) this.note("range", bytes, start, end, notALevel(this.allowedList));
  }

  /** The level of a text; undefined when it is new and the table is full. */
  private held(bytes: Uint8Array, start: number, end: number): Level | undefined {
    const id = this.table.intern(bytes, start, end);
    if (id >= 0 && id === this.levels.length) this.levels.push(this.describe(decode(bytes, start, end)));
    return id < 0 ? undefined : this.levels[id];
  }

  lane(): LaneColumn {
    const asMissing = {
      csv: MISSING.csv,
      json: MISSING.json,
      add: (rows: number) => {
        this.nulls += rows;
      },
    };
    return {
      kind: "level",
      level: (bytes, start, end) => {
        const level = end - start > MAX_CATEGORY_BYTES ? undefined : this.held(bytes, start, end);
        if (level === undefined || !level.isAllowed) return undefined;
        if (level.isMissing) return asMissing;
        const { csv, json } = level;
        return {
          csv,
          json,
          add: (rows) => {
            level.count += rows;
            this.count += rows;
          },
        };
      },
      empty: asMissing,
    };
  }

  private describe(text: string): Level {
    const isDeclared = this.allowed?.has(text) === true;
    const isMissing = !isDeclared && (text.trim() === "" || this.context.missing.has(text));
    if (isMissing) return { ...MISSING };
    return {
      csv: utf8(csvField(text)),
      json: utf8(JSON.stringify(text)),
      isMissing,
      isAllowed: this.allowed === undefined || isDeclared,
      count: 0,
    };
  }

  private note(rule: RuleId, bytes: Uint8Array, start: number, end: number, message: (value: string) => string): void {
    const value = () => decode(bytes, start, Math.min(end, start + 400));
    this.invalid++;
    this.context.reasons.note({ rule, column: this.name, row: this.context.row, value, message });
  }

  writeCsv(out: ByteWriter): void {
    out.all(this.current.csv);
  }

  writeJson(out: ByteWriter): void {
    out.all(this.current.json);
  }

  profile(): CategoryProfile {
    const named = this.levels.flatMap((level, id): [string, number][] => {
      const name = this.table.names[id];
      return level.isMissing || level.count === 0 || name === undefined ? [] : [[name, level.count]];
    });
    return {
      type: "category",
      count: this.count,
      nulls: this.nulls,
      invalid: this.invalid,
      levels: sortedLevels(named),
      otherCount: this.otherCount,
      distinctOverflow: this.otherCount > 0,
    };
  }
}
