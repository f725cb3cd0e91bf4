import type { ModelDefinition } from "../definition/schema.ts";
import type { ByteWriter } from "./byte-writer.ts";
import type { ColumnContext, LaneColumn, TargetColumn } from "./column.ts";
import { MAX_NUMBER, NumberParser } from "./number-parser.ts";
import { NumberSummaryBuilder } from "./number-summary.ts";
import type { TargetProfile } from "./profile.ts";
import type { RuleId } from "./reason.ts";
import { CellKind } from "./row.ts";
import { targetMissing } from "./rules/target-missing.ts";
import { targetNumber } from "./rules/target-value.ts";
import { decode } from "./text.ts";

/** Column of the target of a regression. */
export class NumberTarget implements TargetColumn {
  private readonly parser = new NumberParser();
  private readonly summary = new NumberSummaryBuilder();
  private readonly target: ModelDefinition["data"]["target"];
  private readonly context: ColumnContext;
  private bytes: Uint8Array = new Uint8Array(0);

  constructor(definition: ModelDefinition, context: ColumnContext) {
    this.target = definition.data.target;
    this.context = context;
  }

  read(bytes: Uint8Array, start: number, end: number, kind: number): void {
    this.bytes = bytes;
    if (kind === CellKind.absent || start === end) {
      this.note("target-missing", start, end, targetMissing);
      return;
    }
    const isNumber = kind === CellKind.text || kind === CellKind.jsonNumber;
    const { min = -MAX_NUMBER, max = MAX_NUMBER } = this.target;
    if (isNumber && this.parser.parse(bytes, start, end)) {
      const { value } = this.parser;
      if (value >= Math.max(min, -MAX_NUMBER) && value <= Math.min(max, MAX_NUMBER)) {
        this.summary.add(value);
        return;
      }
    } else if (
      kind !== CellKind.nested &&
      this.context.missing.has(decode(bytes, start, Math.min(end, start + 400)).trim())
    ) {
      this.note("target-missing", start, end, targetMissing);
      return;
    }
    this.note("target-value", start, end, targetNumber(this.target.min, this.target.max));
  }

  private note(rule: RuleId, start: number, end: number, message: (value: string) => string): void {
    const { bytes, context } = this;
    const value = () => decode(bytes, start, Math.min(end, start + 400));
    context.reasons.note({ rule, column: this.target.column, row: context.row, value, message });
  }

  writeCsv(out: ByteWriter): void {
    if (this.parser.isJson) out.slice(this.bytes, this.parser.start, this.parser.end);
    else out.ascii(String(this.parser.value));
  }

  writeJson(out: ByteWriter): void {
    this.writeCsv(out);
  }

  constant(): string | undefined {
    if (!this.summary.isConstant()) return undefined;
    return String(this.summary.build().min);
  }

  lane(): LaneColumn {
    const { min = -MAX_NUMBER, max = MAX_NUMBER } = this.target;
    return {
      kind: "number",
      min: Math.max(min, -MAX_NUMBER),
      max: Math.min(max, MAX_NUMBER),
      integer: false,
      required: true,
      absorb: (totals) => this.summary.absorb(totals),
      addFar: (x) => this.summary.addFar(x),
    };
  }

  profile(): TargetProfile {
    return { type: "regression", ...this.summary.build() };
  }
}
