import { createIngest, type Ingest } from "../data/ingest.ts";
import type { KeySketch } from "../data/key-sketch.ts";
import type { Profile } from "../data/profile.ts";
import type { RangeTask } from "../data/ranges.ts";
import type { Reason } from "../data/reason.ts";
import { RECORD_BEGINS, RecordState, recordTable } from "../data/record-states.ts";
import type { IngestOutput, SplitRows } from "../data/row-writer.ts";
import { csvField, utf8 } from "../data/text.ts";
import type { TimeRange } from "../data/time-column.ts";
import type { ModelDefinition } from "../definition/schema.ts";

/** What one range has found; to be merged with those of the other ranges in the order of the file. */
export interface RangePartial {
  /** Rows that begin in the range, by the part that they were written to when `accepted`. */
  readonly rows: number;
  readonly split: SplitRows | null;
  readonly accepted: boolean;
  /** Whether the file is unreadable from somewhere in this range on. */
  readonly isHopeless: boolean;
  readonly reasons: readonly Reason[];
  readonly warnings: readonly Reason[];
  readonly profile: Profile;
  readonly timeRange: TimeRange | null;
  readonly columns: readonly string[];
  readonly keys: KeySketch | null;
}

/** Second pass over one range. */
export interface RangeIngest {
  /** Takes the file's next bytes from `task.from` on, also those behind `task.to`, and gives what to append to the parts. */
  write(chunk: Uint8Array): IngestOutput;
  /** Whether the range needs no further bytes. */
  readonly isDone: boolean;
  end(): { output: IngestOutput; partial: RangePartial };
}

const NOTHING = { train: new Uint8Array(0), validation: new Uint8Array(0), test: new Uint8Array(0) };

/**
 * Validates, profiles and splits the records that begin in a range, with the row numbers of the whole file.
 *
 * @param options.batchId prefix of the held-out rows' ids
 * @param options.task from `planRanges`
 */
export function createRangeIngest(
  definition: ModelDefinition,
  options: { batchId: string; task: RangeTask },
): RangeIngest {
  return new Pass(definition, options.batchId, options.task);
}

class Pass implements RangeIngest {
  private readonly definition: ModelDefinition;
  private readonly batchId: string;
  private readonly task: RangeTask;
  private readonly table: Uint8Array;
  private ingest: Ingest | undefined;
  /** Offset in the file of the next byte. */
  private at: number;
  private state: number;
  private ended = false;

  constructor(definition: ModelDefinition, batchId: string, task: RangeTask) {
    this.definition = definition;
    this.batchId = batchId;
    this.task = task;
    this.table = recordTable(definition.data);
    this.at = task.from;
    this.state = task.startState;
    // The first range reads everything from the beginning, so that it judges header, byte order mark and kind of the file.
    if (task.from === 0) this.ingest = this.begin(0);
  }

  get isDone(): boolean {
    return this.ended || this.ingest?.isHopeless === true;
  }

  write(chunk: Uint8Array): IngestOutput {
    if (this.isDone) return NOTHING;
    let bytes = chunk;
    const { to } = this.task;
    if (this.ingest === undefined) {
      const start = this.nextRecord(bytes, Math.min(bytes.length, to - this.at));
      if (start < 0) {
        this.at += Math.min(bytes.length, to - this.at);
        // No record begins in this range: it lies within one long record.
        if (this.at >= to) this.ended = true;
        return NOTHING;
      }
      this.at += start;
      bytes = bytes.subarray(start);
      this.ingest = this.begin(this.at);
    }
    const inside = Math.max(0, Math.min(bytes.length, to - this.at));
    let end = inside;
    if (inside < bytes.length || this.at + inside >= to) {
      if (this.at <= to) this.state = this.task.endState;
      const rest = bytes.subarray(inside);
      const next = this.nextRecord(rest, rest.length);
      if (next >= 0 || this.state === RecordState.lineStart) this.ended = true;
      end = next >= 0 ? inside + next : bytes.length;
    }
    this.at += end;
    return end === 0 ? NOTHING : this.ingest.write(bytes.subarray(0, end));
  }

  /** Place of the first byte before `limit` that begins a record, -1 when none does; the state is that after the last byte looked at. */
  private nextRecord(bytes: Uint8Array, limit: number): number {
    for (let i = 0; i < limit; i++) {
      const next = this.table[(this.state << 8) | (bytes[i] as number)] as number;
      if ((next & RECORD_BEGINS) !== 0) return i;
      this.state = next & (RECORD_BEGINS - 1);
    }
    return -1;
  }

  private begin(offset: number): Ingest {
    const { header, recordsBefore } = this.task;
    const { data } = this.definition;
    const line =
      header === null
        ? utf8("")
        : utf8(`${header.map((name) => csvField(name, data.delimiter)).join(data.delimiter)}\n`);
    const rowsBefore = header === null ? recordsBefore : recordsBefore - 1;
    const ingest = createIngest(this.definition, {
      batchId: this.batchId,
      piece: { rowsBefore, bytesBefore: offset - line.length },
    });
    if (line.length > 0) ingest.write(line);
    return ingest;
  }

  end(): { output: IngestOutput; partial: RangePartial } {
    const ingest = this.ingest ?? this.begin(this.at);
    const { isHopeless } = ingest;
    const { output, profile, timeRange, columns, warnings, reasons, ...result } = ingest.end();
    const partial: RangePartial = {
      rows: profile.rows,
      split: result.accepted ? result.rows : null,
      accepted: result.accepted,
      isHopeless: isHopeless || ingest.isHopeless,
      reasons,
      warnings,
      profile,
      timeRange,
      columns,
      keys: result.accepted ? result.keys : null,
    };
    return { output, partial };
  }
}
