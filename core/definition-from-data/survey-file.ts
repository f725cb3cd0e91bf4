import { CsvScanner } from "../data/csv-scanner.ts";
import { JsonObjectReader } from "../data/json-object-reader.ts";
import { LineScanner } from "../data/jsonl-scanner.ts";
import { detectMagic, MAGIC_BYTES } from "../data/magic.ts";
import { CellKind, type Row, type RowSink, type Scanner } from "../data/row.ts";
import { decode } from "../data/text.ts";
import { MlopsError } from "../errors/mlops-error.ts";
import { ColumnSurvey } from "./column-survey.ts";
import { RowSample } from "./row-sample.ts";
import { sniffFormat } from "./sniff-format.ts";
import type { Survey } from "./survey.ts";

/** Bytes that are held back until format and delimiter can be told. */
const HEAD_BYTES = 65_536;

/** How a text is written. */
export type TextFormat = Pick<Survey, "format" | "delimiter">;

/** One pass over one file that finds out what its columns hold. */
export interface FileSurvey {
  /** Takes the next bytes; chunks may end anywhere. */
  write(chunk: Uint8Array): void;
  /** @throws MlopsError `input.invalid` when there is nothing to make a definition from */
  end(): Survey;
}

/**
 * Surveys a CSV or JSON Lines file (UTF-8) in one pass with bounded memory: types, ranges, levels, missing values, uniqueness, and a sample
 * of rows. Format and delimiter are found out where they are not given.
 *
 * @throws MlopsError `input.invalid` for compressed and binary files
 */
export function surveyFile(format?: TextFormat): FileSurvey {
  return new Pass(format);
}

class Pass implements FileSurvey, RowSink {
  private readonly columns: ColumnSurvey[] = [];
  private readonly sample = new RowSample();
  private readonly objects = new JsonObjectReader();
  private header: string[] | undefined;
  private head: Uint8Array | undefined = new Uint8Array(0);
  private readonly given: TextFormat | undefined;
  private format: TextFormat = { format: "csv", delimiter: "," };
  private scanner: Scanner | undefined;
  private rows = 0;
  private unreadableRows = 0;

  constructor(format: TextFormat | undefined) {
    this.given = format;
  }

  write(chunk: Uint8Array): void {
    if (this.head === undefined) {
      this.scanner?.write(chunk);
      return;
    }
    const head = new Uint8Array(this.head.length + chunk.length);
    head.set(this.head);
    head.set(chunk, this.head.length);
    this.head = head;
    if (head.length >= HEAD_BYTES) this.begin(head);
  }

  end(): Survey {
    if (this.head !== undefined) this.begin(this.head);
    this.scanner?.end();
    if (this.rows === 0) {
      throw new MlopsError(
        "input.invalid",
        "the file has no data rows; a definition needs a header line and rows to look at",
      );
    }
    return {
      ...this.format,
      rows: this.rows,
      unreadableRows: this.unreadableRows,
      columns: this.columns.map((column) => column.facts()),
      sample: this.sample.rows(this.columns.length),
    };
  }

  private begin(head: Uint8Array): void {
    this.head = undefined;
    const magic = detectMagic(head.subarray(0, MAGIC_BYTES));
    if (magic !== undefined) {
      throw new MlopsError("input.invalid", `the file is ${magic.found}; CSV and JSON Lines in UTF-8 can be read`);
    }
    const text = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? head.subarray(3) : head;
    if (/^\s*\[\s*[{[]/.test(decode(text, 0, Math.min(text.length, 200)))) {
      throw new MlopsError(
        "input.invalid",
        "the file is a JSON array; write one object a line (JSON Lines), for instance with: jq -c '.[]' file.json > file.jsonl",
      );
    }
    this.format = this.given ?? sniffFormat(decode(text, 0, text.length));
    this.scanner =
      this.format.format === "csv"
        ? new CsvScanner(this.format.delimiter, this)
        : new LineScanner((bytes, start, end) => this.line(bytes, start, end), this);
    this.scanner.write(text);
  }

  /** RowSink: a CSV record. */
  row(row: Row): void {
    if (this.header === undefined) {
      this.header = Array.from({ length: row.count }, (_, i) =>
        decode(row.bytes, row.starts[i] as number, row.ends[i] as number),
      );
      const twice = this.header.find((name, index) => this.header?.indexOf(name) !== index);
      if (twice !== undefined) {
        throw new MlopsError(
          "input.invalid",
          `the header names ${JSON.stringify(twice)} twice; give every column a name of its own`,
        );
      }
      for (const name of this.header) this.columns.push(new ColumnSurvey(name));
      return;
    }
    if (row.count === this.header.length) this.take(row);
    else this.unreadableRows++;
  }

  private line(bytes: Uint8Array, start: number, end: number): void {
    if (this.objects.read(bytes, start, end) !== undefined) {
      this.unreadableRows++;
      return;
    }
    for (const name of this.objects.names.slice(this.columns.length)) {
      const column = new ColumnSurvey(name);
      column.absent(this.rows);
      this.columns.push(column);
    }
    this.take(this.objects.row);
  }

  private take(row: Row): void {
    this.rows++;
    const hasValue = this.columns.map((column, i) =>
      column.read(row.bytes, row.starts[i] as number, row.ends[i] as number, row.kinds[i] as number),
    );
    this.sample.offer(() =>
      hasValue.map((has, i) =>
        has && row.kinds[i] !== CellKind.nested
          ? decode(row.bytes, row.starts[i] as number, row.ends[i] as number)
          : null,
      ),
    );
  }

  /** RowSink: something wrong within a record, which is read all the same. */
  problem(): void {
    this.unreadableRows++;
  }

  /** RowSink: the scan has ended. */
  tooLong(kind: "field" | "quoted-field" | "line"): void {
    throw new MlopsError(
      "input.invalid",
      `row ${this.rows + 1} has a ${kind === "line" ? "line" : "field"} that is too long${kind === "quoted-field" ? " (a quote is not closed)" : ""}; mend the file first`,
    );
  }
}
