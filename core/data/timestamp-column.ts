import type { Feature } from "../definition/schema.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { type ColumnContext, type FeatureColumn, JSON_NULL, type LaneColumn } from "./column.ts";
import { instantOf } from "./instant-of.ts";
import { type InstantReader, instantReader } from "./instant-reader.ts";
import { instantText } from "./instant-text.ts";
import { MissingTexts } from "./missing-texts.ts";
import { NumberSummaryBuilder } from "./number-summary.ts";
import type { TimestampProfile } from "./profile.ts";
import type { RuleId } from "./reason.ts";
import { CellKind } from "./row.ts";
import { outOfTime } from "./rules/range.ts";
import { nestedValue, notATime } from "./rules/type.ts";
import { decode } from "./text.ts";
import { TimeHistogramBuilder } from "./time-histogram.ts";

/** Longest time that is read, in bytes. */
const MAX_BYTES = 100;

/** Column of a timestamp feature; written as ISO 8601 in UTC whatever the file's own format is. */
export class TimestampColumn implements FeatureColumn {
  private readonly name: string;
  private readonly feature: Feature & { type: "timestamp" };
  private readonly context: ColumnContext;
  private readonly parse: InstantReader;
  private readonly missing: MissingTexts;
  private readonly min: number;
  private readonly max: number;
  private readonly summary = new NumberSummaryBuilder();
  private readonly histogram = new TimeHistogramBuilder();
  private current = Number.NaN;
  private nulls = 0;
  private invalid = 0;

  constructor(name: string, feature: Feature & { type: "timestamp" }, context: ColumnContext) {
    this.name = name;
    this.feature = feature;
    this.context = context;
    this.parse = instantReader(feature.format);
    this.missing = new MissingTexts(context.missing);
    this.min = feature.min === undefined ? Number.NEGATIVE_INFINITY : instantOf(feature.min);
    this.max = feature.max === undefined ? Number.POSITIVE_INFINITY : instantOf(feature.max);
  }

  read(bytes: Uint8Array, start: number, end: number, kind: number): void {
    this.current = Number.NaN;
    let from = start;
    let to = end;
    while (from < to && bytes[from] === 0x20) from++;
    while (to > from && bytes[to - 1] === 0x20) to--;
    if (kind === CellKind.absent || from === to || this.missing.has(bytes, from, to)) {
      this.nulls++;
      this.summary.addMissing();
      return;
    }
    const isReadable = kind === CellKind.text || kind === CellKind.jsonText || kind === CellKind.jsonNumber;
    const instant = isReadable ? this.instant(bytes, from, to) : Number.NaN;
    if (Number.isNaN(instant)) {
      this.note("type", bytes, start, end, kind === CellKind.nested ? nestedValue : notATime(this.feature.format));
      return;
    }
    if (instant < this.min || instant > this.max) {
      this.note("range", bytes, start, end, outOfTime(this.feature.min, this.feature.max));
    }
    this.current = instant;
    this.summary.add(instant);
    this.histogram.add(instant);
  }

  private note(rule: RuleId, bytes: Uint8Array, start: number, end: number, message: (value: string) => string): void {
    this.invalid++;
    const value = () => decode(bytes, start, Math.min(end, start + 400));
    this.context.reasons.note({ rule, column: this.name, row: this.context.row, value, message });
  }

  writeCsv(out: ByteWriter): void {
    if (!Number.isNaN(this.current)) out.ascii(instantText(this.current));
  }

  writeJson(out: ByteWriter): void {
    if (Number.isNaN(this.current)) out.all(JSON_NULL);
    else out.ascii(`"${instantText(this.current)}"`);
  }

  profile(): TimestampProfile {
    const { sketch: _, ...moments } = this.summary.build();
    return {
      type: "timestamp",
      nulls: this.nulls,
      invalid: this.invalid,
      ...moments,
      histogram: this.histogram.build(),
    };
  }

  lane(): LaneColumn {
    return { kind: "hosted", accepts: (bytes, start, end) => this.accepts(bytes, start, end), growth: 1 };
  }

  private accepts(bytes: Uint8Array, start: number, end: number): boolean {
    let from = start;
    let to = end;
    while (from < to && bytes[from] === 0x20) from++;
    while (to > from && bytes[to - 1] === 0x20) to--;
    if (from === to || this.missing.has(bytes, from, to)) return true;
    const instant = this.instant(bytes, from, to);
    return instant >= this.min && instant <= this.max;
  }

  private instant(bytes: Uint8Array, from: number, to: number): number {
    return to - from <= MAX_BYTES ? this.parse(bytes, from, to) : Number.NaN;
  }
}
