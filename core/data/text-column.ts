import type { Feature } from "../definition/schema.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { type ColumnContext, type FeatureColumn, JSON_NULL, type LaneColumn } from "./column.ts";
import { DistinctBuilder } from "./distinct-sketch.ts";
import { sortedLevels } from "./merge-profiles.ts";
import { MissingTexts } from "./missing-texts.ts";
import { NumberSummaryBuilder } from "./number-summary.ts";
import { MAX_PROFILE_LEVELS, type TextProfile } from "./profile.ts";
import type { RuleId } from "./reason.ts";
import { CellKind } from "./row.ts";
import { textLength } from "./rules/range.ts";
import { nestedValue } from "./rules/type.ts";
import { csvField, decode, utf8 } from "./text.ts";
import { sampledWord } from "./words.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
/** A control character of one byte is six in JSON: \\u001f. */
const MAX_GROWTH = 6;

/** Column of a free text. Texts are kept as they are; a text of white space only is missing. */
export class TextColumn implements FeatureColumn {
  private readonly name: string;
  private readonly feature: Feature & { type: "text" };
  private readonly context: ColumnContext;
  private readonly missing: MissingTexts;
  private readonly lengths = new NumberSummaryBuilder();
  private readonly distinct = new DistinctBuilder();
  private readonly words = new Map<string, number>();
  /** The text that was read last, as bytes; empty when it is missing. */
  private bytes: Uint8Array = new Uint8Array(0);
  private start = 0;
  private end = 0;
  private otherCount = 0;
  private nulls = 0;
  private invalid = 0;

  constructor(name: string, feature: Feature & { type: "text" }, context: ColumnContext) {
    this.name = name;
    this.feature = feature;
    this.context = context;
    this.missing = new MissingTexts(context.missing);
  }

  read(bytes: Uint8Array, start: number, end: number, kind: number): void {
    this.end = this.start = 0;
    if (kind === CellKind.absent || start === end || this.missing.has(bytes, start, end)) {
      this.countMissing();
      return;
    }
    if (kind === CellKind.nested) {
      this.note("type", bytes, start, end, nestedValue);
      return;
    }
    const length = charactersIn(bytes, start, end);
    const { minLength, maxLength } = this.feature;
    if (length > maxLength) {
      this.note("range", bytes, start, end, textLength(length, minLength, maxLength));
      return;
    }
    const text = decode(bytes, start, end);
    if (text.trim() === "") {
      this.countMissing();
      return;
    }
    if (length < minLength) this.note("range", bytes, start, end, textLength(length, minLength, maxLength));
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.lengths.add(length);
    this.distinct.addText(text);
    this.countWord(sampledWord(text, bytes.subarray(start, end)));
  }

  private countMissing(): void {
    this.nulls++;
    this.lengths.addMissing();
  }

  private countWord(word: string): void {
    const count = this.words.get(word);
    if (count !== undefined || this.words.size < MAX_PROFILE_LEVELS) this.words.set(word, (count ?? 0) + 1);
    else this.otherCount++;
  }

  private note(rule: RuleId, bytes: Uint8Array, start: number, end: number, message: (value: string) => string): void {
    this.invalid++;
    const value = () => decode(bytes, start, Math.min(end, start + 400));
    this.context.reasons.note({ rule, column: this.name, row: this.context.row, value, message });
  }

  writeCsv(out: ByteWriter): void {
    const { bytes, start, end } = this;
    if (start === end) return;
    if (isPlain(bytes, start, end, COMMA)) out.slice(bytes, start, end);
    else out.all(utf8(csvField(decode(bytes, start, end))));
  }

  writeJson(out: ByteWriter): void {
    const { bytes, start, end } = this;
    if (start === end) {
      out.all(JSON_NULL);
      return;
    }
    if (!isPlain(bytes, start, end, BACKSLASH)) {
      out.all(utf8(JSON.stringify(decode(bytes, start, end))));
      return;
    }
    out.byte(QUOTE);
    out.slice(bytes, start, end);
    out.byte(QUOTE);
  }

  profile(): TextProfile {
    const { distinct: _, ...length } = this.lengths.build();
    return {
      type: "text",
      count: length.count,
      nulls: this.nulls,
      invalid: this.invalid,
      length,
      distinct: this.distinct.build(),
      words: {
        levels: sortedLevels(this.words),
        otherCount: this.otherCount,
        distinctOverflow: this.otherCount > 0,
      },
    };
  }

  lane(): LaneColumn {
    return { kind: "hosted", accepts: (bytes, start, end) => this.accepts(bytes, start, end), growth: MAX_GROWTH };
  }

  private accepts(bytes: Uint8Array, start: number, end: number): boolean {
    if (start === end || this.missing.has(bytes, start, end)) return true;
    const length = charactersIn(bytes, start, end);
    const { minLength, maxLength } = this.feature;
    if (length > maxLength) return false;
    // White space only is missing, however short.
    return length >= minLength || decode(bytes, start, end).trim() === "";
  }
}

/** Whether bytes can stand as they are: no control character, quote or `special` one in them, and letters or signs of ASCII at both ends. */
function isPlain(bytes: Uint8Array, start: number, end: number, special: number): boolean {
  for (const edge of [bytes[start] as number, bytes[end - 1] as number]) if (edge <= 0x20 || edge >= 0x7f) return false;
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number;
    if (byte < 0x20 || byte === QUOTE || byte === special) return false;
  }
  return true;
}

/** Number of code points in UTF-8 bytes. */
function charactersIn(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let i = start; i < end; i++) if (((bytes[i] as number) & 0xc0) !== 0x80) count++;
  return count;
}
