import type { Feature } from "../definition/schema.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { type ColumnContext, type FeatureColumn, JSON_NULL, type LaneColumn } from "./column.ts";
import { MAX_NUMBER, NumberParser } from "./number-parser.ts";
import { NumberSummaryBuilder } from "./number-summary.ts";
import type { NumberProfile } from "./profile.ts";
import type { RuleId } from "./reason.ts";
import { CellKind } from "./row.ts";
import { outOfRange, tooLargeToTrain } from "./rules/range.ts";
import { nestedValue, notANumber, notAnInteger, textForNumber } from "./rules/type.ts";
import { decode } from "./text.ts";

/** Column of a number feature. */
export class NumberColumn implements FeatureColumn {
  private readonly parser = new NumberParser();
  private readonly summary = new NumberSummaryBuilder();
  private readonly name: string;
  private readonly feature: Feature & { type: "number" };
  private readonly context: ColumnContext;
  private readonly min: number;
  private readonly max: number;
  private bytes: Uint8Array = new Uint8Array(0);
  private isMissing = true;
  private nulls = 0;
  private invalid = 0;

  constructor(name: string, feature: Feature & { type: "number" }, context: ColumnContext) {
    this.name = name;
    this.feature = feature;
    this.context = context;
    this.min = Math.max(feature.min ?? -MAX_NUMBER, -MAX_NUMBER);
    this.max = Math.min(feature.max ?? MAX_NUMBER, MAX_NUMBER);
  }

  read(bytes: Uint8Array, start: number, end: number, kind: number): void {
    this.bytes = bytes;
    this.isMissing = true;
    if (kind === CellKind.absent || start === end) {
      this.missing();
      return;
    }
    const { parser } = this;
    if (kind !== CellKind.text && kind !== CellKind.jsonNumber) {
      this.readOther(start, end, kind);
      return;
    }
    if (!parser.parse(bytes, start, end)) {
      if (this.isMissingText(parser.start, parser.end)) this.missing();
      else this.note("type", start, end, notANumber);
      return;
    }
    const { value } = parser;
    if (value < this.min || value > this.max) this.note("range", start, end, this.rangeMessage(value));
    else if (this.feature.integer && !Number.isInteger(value)) this.note("type", start, end, notAnInteger);
    this.isMissing = false;
    this.summary.add(value);
  }

  private missing(): void {
    this.nulls++;
    this.summary.addMissing();
  }

  private rangeMessage(value: number): (text: string) => string {
    const { min, max } = this.feature;
    const declared = (min !== undefined && value < min) || (max !== undefined && value > max);
    return declared ? outOfRange(min, max) : tooLargeToTrain;
  }

  private readOther(start: number, end: number, kind: number): void {
    if (kind === CellKind.jsonText && this.isMissingText(start, end)) this.missing();
    else
      this.note(
        "type",
        start,
        end,
        kind === CellKind.nested ? nestedValue : kind === CellKind.jsonText ? textForNumber : notANumber,
      );
  }

  private isMissingText(start: number, end: number): boolean {
    return end - start < 100 && this.context.missing.has(decode(this.bytes, start, end));
  }

  private note(rule: RuleId, start: number, end: number, message: (value: string) => string): void {
    const { bytes, context } = this;
    this.invalid++;
    context.reasons.note({
      rule,
      column: this.name,
      row: context.row,
      value: () => decode(bytes, start, Math.min(end, start + 400)),
      message,
    });
  }

  writeCsv(out: ByteWriter): void {
    if (!this.isMissing) this.writeNumber(out);
  }

  writeJson(out: ByteWriter): void {
    if (this.isMissing) out.all(JSON_NULL);
    else this.writeNumber(out);
  }

  private writeNumber(out: ByteWriter): void {
    const { parser } = this;
    if (parser.isJson) out.slice(this.bytes, parser.start, parser.end);
    else out.ascii(String(parser.value));
  }

  profile(): NumberProfile {
    return { type: "number", nulls: this.nulls, invalid: this.invalid, ...this.summary.build() };
  }

  lane(): LaneColumn {
    const { min, max, summary } = this;
    return {
      kind: "number",
      min,
      max,
      integer: this.feature.integer,
      required: false,
      absorb: (totals) => {
        this.nulls += totals.nulls;
        summary.absorb(totals);
      },
      addFar: (x) => summary.addFar(x),
    };
  }
}
