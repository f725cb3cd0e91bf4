import type { ModelDefinition } from "../definition/schema.ts";
import type { ByteWriter } from "./byte-writer.ts";
import type { ColumnContext, LaneColumn, TargetColumn } from "./column.ts";
import { LevelTable } from "./level-table.ts";
import { sortedLevels } from "./merge-profiles.ts";
import { NumberParser } from "./number-parser.ts";
import type { TargetProfile } from "./profile.ts";
import type { RuleId } from "./reason.ts";
import { CellKind } from "./row.ts";
import { targetMissing } from "./rules/target-missing.ts";
import { targetValue } from "./rules/target-value.ts";
import { nestedValue } from "./rules/type.ts";
import { csvField, decode, utf8 } from "./text.ts";

/** Most classes of a multiclass target that does not declare them. */
export const MAX_CLASSES = 1_000;

/** Longer texts are looked at each time, so that memory stays bounded; no class has such a name. */
const MAX_CLASS_BYTES = 1_000;

/** One outcome and how it is written. */
interface Outcome {
  name: string;
  csv: Uint8Array;
  json: Uint8Array;
  count: number;
}

const numbers = new NumberParser();

/**
 * The form in which target values are compared: numbers by value (1 and 1.0), true and false in any case, other texts
 * without spaces around.
 */
export function comparable(text: string): string {
  const trimmed = text.trim();
  const bytes = utf8(trimmed);
  if (numbers.parse(bytes, 0, bytes.length)) return String(numbers.value);
  return /^(true|false)$/i.test(trimmed) ? trimmed.toLowerCase() : trimmed;
}

/** Column of the target of a classification, binary (written as 1 and 0) or multiclass (written as the class name). */
export class ClassTarget implements TargetColumn {
  private readonly table = new LevelTable();
  /** Outcome of each interned text; null is missing, undefined is wrong. */
  private readonly meanings: (Outcome | null | undefined)[] = [];
  private readonly outcomes = new Map<string, Outcome>();
  private readonly name: string;
  private readonly isBinary: boolean;
  private readonly positive: ReadonlySet<string>;
  private readonly others: ReadonlyMap<string, string> | undefined;
  private readonly allowed: readonly string[];
  private readonly context: ColumnContext;
  private current: Outcome | undefined;

  constructor(definition: ModelDefinition, context: ColumnContext) {
    const { column, positive = [], negative, classes } = definition.data.target;
    this.name = column;
    this.context = context;
    this.isBinary = definition.problem === "binary-classification";
    const others = this.isBinary ? negative : classes;
    this.positive = new Set(positive.map(comparable));
    this.others = others === undefined ? undefined : new Map(others.map((value) => [comparable(value), value]));
    this.allowed = [...positive, ...(others ?? [])];
    if (this.isBinary) for (const side of ["0", "1"]) this.outcome(side);
  }

  read(bytes: Uint8Array, start: number, end: number, kind: number): void {
    this.current = undefined;
    if (kind === CellKind.absent || start === end) {
      this.note("target-missing", bytes, start, end, targetMissing);
      return;
    }
    if (kind === CellKind.nested) {
      this.note("target-value", bytes, start, end, nestedValue);
      return;
    }
    const meaning = this.meaningOf(bytes, start, end);
    if (meaning === null) {
      this.note("target-missing", bytes, start, end, targetMissing);
      return;
    }
    if (meaning === undefined) {
      this.note("target-value", bytes, start, end, targetValue(this.allowed));
      return;
    }
    meaning.count++;
    this.current = meaning;
  }

  /** Outcome of a text; null is missing, undefined is wrong. */
  private meaningOf(bytes: Uint8Array, start: number, end: number): Outcome | null | undefined {
    const id = end - start > MAX_CLASS_BYTES ? -1 : this.table.intern(bytes, start, end);
    if (id < 0) return this.understand(decode(bytes, start, end));
    if (id === this.meanings.length) this.meanings.push(this.understand(decode(bytes, start, end)));
    return this.meanings[id];
  }

  lane(): LaneColumn {
    return {
      kind: "level",
      level: (bytes, start, end) => {
        const outcome = this.meaningOf(bytes, start, end) ?? undefined;
        if (outcome === undefined) return undefined;
        const { csv, json } = outcome;
        return {
          csv,
          json,
          add: (rows) => {
            outcome.count += rows;
          },
        };
      },
      empty: undefined,
    };
  }

  private understand(text: string): Outcome | null | undefined {
    const value = comparable(text);
    // A declared value is a value, even when it is one of the texts that mean "no value" elsewhere.
    if (this.isBinary && this.positive.has(value)) return this.outcome("1");
    const name = this.others?.get(value);
    if (name !== undefined) return this.outcome(this.isBinary ? "0" : name);
    if (value === "" || this.context.missing.has(text.trim())) return null;
    if (this.others !== undefined) return undefined;
    return this.outcome(this.isBinary ? "0" : text.trim());
  }

  private outcome(name: string): Outcome | undefined {
    const known = this.outcomes.get(name);
    if (known !== undefined) return known;
    if (this.outcomes.size >= MAX_CLASSES || name.length > MAX_CLASS_BYTES) return undefined;
    const json = this.isBinary ? name : JSON.stringify(name);
    const made = { name, csv: utf8(csvField(name)), json: utf8(json), count: 0 };
    this.outcomes.set(name, made);
    return made;
  }

  private note(rule: RuleId, bytes: Uint8Array, start: number, end: number, message: (value: string) => string): void {
    const value = () => decode(bytes, start, Math.min(end, start + 400));
    this.context.reasons.note({ rule, column: this.name, row: this.context.row, value, message });
  }

  writeCsv(out: ByteWriter): void {
    if (this.current !== undefined) out.all(this.current.csv);
  }

  writeJson(out: ByteWriter): void {
    if (this.current !== undefined) out.all(this.current.json);
  }

  constant(): string | undefined {
    const seen = [...this.outcomes.values()].filter((outcome) => outcome.count > 0);
    const only = seen.length === 1 ? seen[0]?.name : undefined;
    if (only === undefined || !this.isBinary) return only;
    return only === "1" ? "positive" : "negative";
  }

  profile(): TargetProfile {
    const count = (name: string) => this.outcomes.get(name)?.count ?? 0;
    if (this.isBinary) return { type: "binary", positive: count("1"), negative: count("0") };
    const levels = sortedLevels(
      [...this.outcomes.values()]
        .filter((outcome) => outcome.count > 0)
        .map((outcome): [string, number] => [outcome.name, outcome.count]),
    );
    return { type: "multiclass", levels, otherCount: 0, distinctOverflow: false };
  }
}
