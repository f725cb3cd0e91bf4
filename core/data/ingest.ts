import type { ModelDefinition } from "../definition/schema.ts";
import { MlopsError } from "../errors/mlops-error.ts";
import type { Column, ColumnContext } from "./column.ts";
import { FastCsvScanner, type LaneSink } from "./fast-csv-scanner.ts";
import { createFastLane, type FastLane } from "./fast-lane.ts";
import { buildProfile, createColumns, headerReasons, locateColumns, wholeReasons } from "./ingest-columns.ts";
import { JsonObjectReader } from "./json-object-reader.ts";
import { LineScanner } from "./jsonl-scanner.ts";
import type { KeySketch } from "./key-sketch.ts";
import { detectMagic, MAGIC_BYTES } from "./magic.ts";
import type { Profile } from "./profile.ts";
import type { Reason } from "./reason.ts";
import { ReasonCollector } from "./reason-collector.ts";
import { CellKind, type Row, SCAN_LIMITS, type Scanner } from "./row.ts";
import { type IngestOutput, RowWriter, type SplitRows } from "./row-writer.ts";
import { columnDuplicate, duplicateColumns } from "./rules/column-duplicate.ts";
import { compressed } from "./rules/compressed.ts";
import { emptyFile } from "./rules/empty-file.ts";
import { invalidUtf8, nulByte, otherEncoding, truncatedUtf8 } from "./rules/encoding.ts";
import { fieldTooLong, lineTooLong } from "./rules/field-too-long.ts";
import { fileTooLarge } from "./rules/file-too-large.ts";
import { badJsonLine, otherFormat } from "./rules/format.ts";
import { headerOnly } from "./rules/header-only.ts";
import { otherDelimiter, tooManyColumns } from "./rules/not-csv.ts";
import { raggedRow } from "./rules/ragged-row.ts";
import { textAfterQuote, unclosedQuote } from "./rules/unbalanced-quote.ts";
import { severityOf } from "./severity.ts";
import { decode } from "./text.ts";
import type { TimeRange } from "./time-column.ts";
import { Utf8Check } from "./utf8-check.ts";

/** Bytes that are processed at once; larger chunks are divided, so that memory does not depend on the chunk's size. */
const SLICE_BYTES = 65_536;
const MAX_COLUMNS = 10_000;
const DELIMITERS = [",", ";", "\t", "|"];

/** What is known about a file whatever the verdict is. */
interface FileFacts {
  output: IngestOutput;
  /** Of all rows that were read; for a rejected file of the values that are right. */
  profile: Profile;
  timeRange: TimeRange | null;
  /** Names of the file's columns, as far as they were read. */
  columns: readonly string[];
  /** Broken rules whose severity is `warn`. */
  warnings: Reason[];
}

/** Outcome of an ingest. What was written for a rejected file must be thrown away. */
export type IngestResult =
  | (FileFacts & { accepted: true; rows: SplitRows; keys: KeySketch; reasons: [] })
  | (FileFacts & { accepted: false; rows: number; reasons: Reason[] });

/** How a file is read. */
export interface IngestOptions {
  /** Prefix of the held-out rows' ids. */
  batchId: string;
  /** Validates and profiles only: no row is written to a part, and `rows` of the result counts none. Default: false. */
  profileOnly?: boolean;
  /**
   * Reads one piece of a file, a header line and then whole records: rows are numbered on from those before the piece, offsets in messages
   * from its bytes. What concerns the file as a whole is left to whoever joins the pieces.
   */
  piece?: { rowsBefore: number; bytesBefore: number };
}

/** One pass over one file. */
export interface Ingest {
  /** Takes the next bytes and gives what to append to the parts, in memory that the next call writes to again. Chunks may end anywhere. */
  write(chunk: Uint8Array): IngestOutput;
  /** Ends the file. */
  end(): IngestResult;
  /** Whether reading on cannot change the verdict's reasons any more (the file is unreadable from here on). */
  readonly isHopeless: boolean;
}

/**
 * Validates, profiles and splits a file in one streaming pass with constant memory. All problems are collected, not only the
 * first one. Rows go to train, validation or test by a stable hash of their key.
 *
 * @param options.batchId prefix of the held-out rows' ids
 * @throws MlopsError `data.ingest-misuse` when it is written to after its end
 *
 * @example
 * const ingest = createIngest(definition, { batchId });
 * for await (const chunk of body) append(ingest.write(chunk));
 * const result = ingest.end();
 * append(result.output);
 */
export function createIngest(definition: ModelDefinition, options: IngestOptions): Ingest {
  return new IngestPass(definition, options);
}

class IngestPass implements Ingest, LaneSink {
  isHopeless = false;
  private readonly definition: ModelDefinition;
  private readonly reasons = new ReasonCollector();
  private readonly warnings = new ReasonCollector();
  private readonly context: ColumnContext;
  private readonly columns: ReturnType<typeof createColumns>;
  private readonly writer: RowWriter;
  private readonly utf8 = new Utf8Check();
  private readonly scanner: Scanner;
  private readonly profileOnly: boolean;
  private readonly piece: IngestOptions["piece"];
  private lane: FastLane | undefined;
  private readonly objects = new JsonObjectReader();
  private header: string[] | undefined;
  private knownNames = 0;
  private head: Uint8Array | undefined = new Uint8Array(0);
  private sizeBytes = 0;
  private records = 0;
  private ended = false;

  constructor(definition: ModelDefinition, { batchId, profileOnly = false, piece }: IngestOptions) {
    const { data } = definition;
    if (data.format === "parquet") {
      throw new MlopsError(
        "data.ingest-misuse",
        "Parquet is no stream of rows; read it with readTable of core/data/formats",
      );
    }
    this.definition = definition;
    this.context = { reasons: this.reasons, missing: new Set(data.missing), row: piece?.rowsBefore ?? 0 };
    this.piece = piece;
    this.sizeBytes = piece?.bytesBefore ?? 0;
    this.columns = createColumns(definition, this.context);
    this.writer = new RowWriter(this.columns, data, batchId);
    this.profileOnly = profileOnly;
    this.scanner =
      data.format === "csv"
        ? new FastCsvScanner(data.delimiter, this)
        : new LineScanner((bytes, start, end) => this.line(bytes, start, end), this);
  }

  write(chunk: Uint8Array): IngestOutput {
    if (this.ended)
      throw new MlopsError("data.ingest-misuse", "write was called after end; make a new ingest for each file");
    for (let at = 0; at < chunk.length && !this.isHopeless; at += SLICE_BYTES) {
      this.collectHead(chunk.subarray(at, at + SLICE_BYTES));
    }
    return this.writer.take();
  }

  end(): IngestResult {
    if (this.ended) throw new MlopsError("data.ingest-misuse", "end was called twice");
    this.ended = true;
    if (this.head !== undefined) this.begin(this.head);
    if (!this.isHopeless && !this.utf8.end()) this.giveUp(truncatedUtf8());
    if (!this.isHopeless) this.scanner.end();
    this.lane?.finish();
    if (!this.isHopeless && this.piece === undefined) this.judge();
    const rows = this.context.row - (this.piece?.rowsBefore ?? 0);
    const facts: FileFacts = {
      output: this.writer.take(),
      profile: buildProfile(this.columns, rows),
      timeRange: this.columns.time?.column.range() ?? null,
      columns: this.header ?? [...this.objects.names],
      warnings: this.warnings.list(),
    };
    if (!this.reasons.isEmpty) return { ...facts, accepted: false, rows, reasons: this.reasons.list() };
    return { ...facts, accepted: true, rows: { ...this.writer.rows }, keys: this.writer.keys.build(), reasons: [] };
  }

  /** Holds the first bytes back until there are enough to recognise the file's kind. */
  private collectHead(bytes: Uint8Array): void {
    if (this.head === undefined) {
      this.feed(bytes);
      return;
    }
    const head = new Uint8Array(this.head.length + bytes.length);
    head.set(this.head);
    head.set(bytes, this.head.length);
    this.head = head;
    if (head.length >= MAGIC_BYTES) this.begin(head);
  }

  private begin(head: Uint8Array): void {
    this.head = undefined;
    const magic = detectMagic(head.subarray(0, MAGIC_BYTES));
    if (magic !== undefined) {
      const { rule, found } = magic;
      const { format } = this.definition.data;
      const reason =
        rule === "format" ? otherFormat(found, format) : rule === "encoding" ? otherEncoding(found) : compressed(found);
      this.giveUp(reason);
      return;
    }
    const hasMark = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf;
    if (hasMark) this.sizeBytes = 3;
    this.feed(hasMark ? head.subarray(3) : head);
  }

  private feed(bytes: Uint8Array): void {
    // Buffer's own search; that of Uint8Array looks at one byte after the other.
    const nul = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(0);
    const wrong = this.utf8.next(bytes);
    const bad = nul >= 0 && (wrong === undefined || nul < wrong) ? nul : wrong;
    // What comes before the bad byte is read first, so that the message can name the row.
    const isReadable = this.scanner.write(bad === undefined ? bytes : bytes.subarray(0, Math.max(0, bad)));
    const offset = this.sizeBytes + (bad ?? 0);
    this.sizeBytes += bytes.length;
    if (!isReadable || this.isHopeless) return;
    if (bad !== undefined) {
      const place = this.header === undefined && this.definition.data.format === "csv" ? 0 : this.context.row + 1;
      this.giveUp(nul >= 0 && bad === nul ? nulByte(offset, place) : invalidUtf8(offset, place));
      return;
    }
    const tooLarge = fileTooLarge(this.sizeBytes, this.definition.data.maxFileMegabytes);
    if (tooLarge !== undefined) this.giveUp(tooLarge);
  }

  private giveUp(reason: Reason): void {
    this.reasons.add(reason);
    this.isHopeless = true;
  }

  /** RowSink: a CSV record. */
  row(row: Row): void {
    if (this.isHopeless) return;
    this.records++;
    if (this.header === undefined) {
      this.readHeader(row);
      return;
    }
    this.context.row++;
    if (row.count === this.header.length) {
      this.readRow(row);
      return;
    }
    const { count } = row;
    this.reasons.note({
      rule: "ragged-row",
      column: undefined,
      row: this.context.row,
      value: () => (count === 1 ? "1 field" : `${count} fields`),
      message: raggedRow(this.header.length),
    });
  }

  private readHeader(row: Row): void {
    if (row.count > MAX_COLUMNS) {
      this.giveUp(tooManyColumns(row.count, MAX_COLUMNS));
      return;
    }
    const names = Array.from({ length: row.count }, (_, i) =>
      decode(row.bytes, row.starts[i] as number, row.ends[i] as number),
    );
    const missing = headerReasons(this.columns, this.definition, names);
    const other = missing.length > 0 ? this.otherKind(names) : undefined;
    if (other !== undefined) {
      this.giveUp(other);
      return;
    }
    this.header = names;
    locateColumns(this.columns, names);
    for (const reason of [...missing, ...duplicateColumns(names)]) this.reasons.add(reason);
    this.useLane(names.length);
  }

  private useLane(cells: number): void {
    if (!(this.scanner instanceof FastCsvScanner)) return;
    const { definition, columns, context, writer } = this;
    this.lane = createFastLane({ definition, columns, context, writer, writes: !this.profileOnly }, cells);
    this.scanner.use(this.lane);
  }

  /** LaneSink: rows that the fast lane has read and written. */
  laneRows(rows: number): void {
    this.records += rows;
    this.context.row += rows;
  }

  /** LaneSink: number of the data row that comes next. */
  get nextRowNumber(): number {
    return this.context.row + 1;
  }

  /** What the file is instead, when its header lacks columns: another text format, or CSV with another delimiter. */
  private otherKind(names: readonly string[]): Reason | undefined {
    const first = names[0]?.trimStart() ?? "";
    if (/^[[{]/.test(first)) return otherFormat("JSON", "csv");
    if (first.startsWith("<")) return otherFormat("HTML or XML", "csv");
    const { delimiter } = this.definition.data;
    const wanted = new Set([...this.columns.features.map(({ name }) => name), this.columns.target.name]);
    if (names.some((name) => wanted.has(name))) return undefined;
    const line = names.join(delimiter);
    const found = DELIMITERS.find(
      (candidate) =>
        candidate !== delimiter && line.split(candidate).some((name) => wanted.has(name.replace(/^"|"$/g, ""))),
    );
    return found === undefined ? undefined : otherDelimiter(delimiter, found);
  }

  /** A line of a JSON Lines file. */
  private line(bytes: Uint8Array, start: number, end: number): void {
    if (this.isHopeless) return;
    this.records++;
    this.context.row++;
    const value = () => decode(bytes, start, Math.min(end, start + 400));
    const problem = this.objects.read(bytes, start, end);
    if (problem !== undefined) {
      if ("duplicate" in problem) {
        this.reasons.add(columnDuplicate(problem.duplicate, 2));
        return;
      }
      const { row } = this.context;
      this.reasons.note({
        rule: "format",
        column: undefined,
        row,
        value,
        message: badJsonLine(problem.malformed),
      });
      return;
    }
    if (this.objects.names.length !== this.knownNames) {
      this.knownNames = this.objects.names.length;
      locateColumns(this.columns, this.objects.names);
    }
    this.readRow(this.objects.row);
  }

  private readRow(row: Row): void {
    const { features, target, time } = this.columns;
    for (let i = 0; i < features.length; i++) this.readCell(features[i] as (typeof features)[number], row);
    this.readCell(target, row);
    if (time !== undefined) this.readCell(time, row);
    if (!this.profileOnly && this.reasons.isEmpty) this.writer.write(row, this.context.row);
  }

  private readCell({ column, cell }: { column: { read: Column["read"] }; cell: number }, row: Row): void {
    if (cell >= 0) {
      column.read(row.bytes, row.starts[cell] as number, row.ends[cell] as number, row.kinds[cell] as number);
    } else if (this.header === undefined) {
      // JSON Lines: a member that no object has had so far may still come; in CSV the header has settled it.
      column.read(row.bytes, 0, 0, CellKind.absent);
    }
  }

  /** RowSink: something wrong within a record. */
  problem(kind: "text-after-quote" | "unclosed-quote", value: () => string): void {
    const message = kind === "unclosed-quote" ? unclosedQuote : textAfterQuote;
    this.reasons.note({ rule: "unbalanced-quote", column: undefined, row: this.nextRow(), value, message });
  }

  /** RowSink: the scan has ended. */
  tooLong(kind: "field" | "quoted-field" | "line", value: () => string): void {
    const limits = SCAN_LIMITS;
    const message =
      kind === "line" ? lineTooLong(limits.lineBytes) : fieldTooLong(limits.fieldBytes, kind === "quoted-field");
    this.reasons.note({ rule: "field-too-long", column: undefined, row: this.nextRow(), value, message });
    this.isHopeless = true;
  }

  /** Number of the row that is being scanned; 0 is the header. */
  private nextRow(): number {
    return this.header === undefined && this.definition.data.format === "csv" ? 0 : this.context.row + 1;
  }

  /** Judges the file as a whole, once all of it was read. */
  private judge(): void {
    const { row: rows } = this.context;
    const isCsv = this.definition.data.format === "csv";
    if (this.records === 0 && this.reasons.isEmpty) {
      this.reasons.add(emptyFile());
      return;
    }
    if (!isCsv && rows > 0) {
      for (const reason of headerReasons(this.columns, this.definition, this.objects.names)) this.reasons.add(reason);
    }
    if (rows === 0) {
      if (isCsv && this.header !== undefined && this.reasons.isEmpty) this.reasons.add(headerOnly());
      return;
    }
    for (const reason of wholeReasons(this.columns, this.definition, rows)) {
      const severity = severityOf(this.definition, reason.rule);
      if (severity === "reject") this.reasons.add(reason);
      if (severity === "warn") this.warnings.add(reason);
    }
  }
}
