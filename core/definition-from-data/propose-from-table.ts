import { CsvScanner } from "../data/csv-scanner.ts";
import { COMPRESSION_MAGIC_BYTES, chooseCompression } from "../data/formats/compression.ts";
import { ExpansionGuard } from "../data/formats/expansion-guard.ts";
import { openParquet } from "../data/formats/parquet-file.ts";
import { parquetTable } from "../data/formats/parquet-rows.ts";
import { unpacked } from "../data/formats/read-table.ts";
import type { TableSource } from "../data/formats/table-source.ts";
import { UnreadableFile } from "../data/formats/unreadable-file.ts";
import { JsonObjectReader } from "../data/json-object-reader.ts";
import { LineScanner } from "../data/jsonl-scanner.ts";
import type { Row, RowSink } from "../data/row.ts";
import { hashFraction } from "../data/split.ts";
import { decode, utf8 } from "../data/text.ts";
import { MlopsError } from "../errors/mlops-error.ts";
import { compositeText, UNIQUE_SHARE } from "./composite-key.ts";
import { DistinctCounter } from "./distinct-counter.ts";
import type { Proposal } from "./proposal.ts";
import { proposeDefinition } from "./propose.ts";
import type { Survey } from "./survey.ts";
import { surveyFile } from "./survey-file.ts";

/** The default of `data.maxExpansion`. */
const MAX_EXPANSION = 100;
/** Keys of several columns that are tried on the whole file. */
const MAX_KEY_PASSES = 4;

/** A file's rows as text. */
interface TableText {
  readonly chunks: () => AsyncIterable<Uint8Array>;
  readonly isParquet: boolean;
  /** Columns of a Parquet file that hold lists or structs. */
  readonly nested: ReadonlySet<string>;
}

/**
 * Looks at a file of any format that ingest reads (CSV, JSON Lines, also gzip or zstd by their names, Parquet) and proposes a definition with a
 * reason for every decision. Memory is bounded; the file is read again when a key of several columns must be checked on all its rows.
 *
 * @throws MlopsError `input.invalid` when the file cannot be read or nothing can be predicted
 */
export async function proposeFromTable(
  source: TableSource,
  options: { name: string; target?: string | undefined },
): Promise<Proposal> {
  try {
    const text = await openText(source);
    const survey = await surveyOf(text);
    const refusedKeys: string[][] = [];
    for (;;) {
      const proposal = proposeDefinition(survey, { ...options, refusedKeys });
      const { columns } = proposal.key;
      // The sample of a small file is the file.
      const isKnown = columns.length < 2 || survey.rows <= survey.sample.length;
      if (isKnown || (await uniqueShareOf(text, survey, columns)) >= UNIQUE_SHARE) return proposal;
      refusedKeys.push([...columns]);
      if (refusedKeys.length === MAX_KEY_PASSES) {
        return proposeDefinition(survey, { ...options, refusedKeys: "all" });
      }
    }
  } catch (error) {
    if (error instanceof UnreadableFile) throw new MlopsError("input.invalid", error.reason.message);
    throw error;
  }
}

async function openText(source: TableSource): Promise<TableText> {
  const head = await source.range(0, COMPRESSION_MAGIC_BYTES);
  if (Buffer.from(head).toString("latin1") === "PAR1") {
    const parquet = await openParquet(source);
    const nested = parquet.columns.flatMap(({ name, element }) => (element === undefined ? [name] : []));
    return { chunks: () => parquetTable(parquet), isParquet: true, nested: new Set(nested) };
  }
  const chosen = chooseCompression("auto", source.name, head);
  if ("reason" in chosen) throw new UnreadableFile(chosen.reason);
  const chunks = () => unpacked(chosen.compression, source.stream(), new ExpansionGuard(MAX_EXPANSION));
  return { chunks, isParquet: false, nested: new Set() };
}

async function surveyOf({ chunks, isParquet, nested }: TableText): Promise<Survey> {
  const pass = surveyFile(isParquet ? { format: "csv", delimiter: "," } : undefined);
  for await (const chunk of chunks()) pass.write(chunk);
  const survey = pass.end();
  if (!isParquet) return survey;
  const { rows } = survey;
  const columns = survey.columns.map((facts) =>
    nested.has(facts.name) ? { ...facts, nested: rows, count: rows, missing: 0 } : facts,
  );
  return { ...survey, columns, format: "parquet" };
}

/** Share of different values that columns together have in the whole file (of its first 200,000 rows). */
async function uniqueShareOf({ chunks }: TableText, survey: Survey, columns: readonly string[]): Promise<number> {
  const pass = new KeyPass(survey, columns);
  for await (const chunk of chunks()) {
    pass.scanner.write(chunk);
    if (pass.counter.isFull) break;
  }
  if (!pass.counter.isFull) pass.scanner.end();
  return pass.counter.seen === 0 ? 0 : pass.counter.distinct / pass.counter.seen;
}

class KeyPass implements RowSink {
  readonly counter = new DistinctCounter();
  readonly scanner: Pick<CsvScanner, "write" | "end">;
  private readonly columns: readonly string[];
  private readonly objects = new JsonObjectReader();
  private header: readonly string[] | undefined;

  constructor({ format, delimiter }: Survey, columns: readonly string[]) {
    this.columns = columns;
    this.scanner =
      format === "jsonl"
        ? new LineScanner((bytes, start, end) => this.line(bytes, start, end), this)
        : new CsvScanner(delimiter, this);
  }

  row(row: Row): void {
    if (this.header === undefined) {
      const names = Array.from({ length: row.count }, (_, i) => textOf(row, i));
      this.header = names.map((name, i) => (i === 0 ? name.replace(/^\ufeff/, "") : name));
    } else if (row.count === this.header.length) {
      this.take(row, this.header);
    }
  }

  private line(bytes: Uint8Array, start: number, end: number): void {
    if (this.objects.read(bytes, start, end) === undefined) this.take(this.objects.row, this.objects.names);
  }

  private take(row: Row, names: readonly string[]): void {
    const key = utf8(compositeText(this.columns.map((name) => textOf(row, names.indexOf(name)))));
    this.counter.add(hashFraction(key, 0, key.length));
  }

  /** RowSink: the survey has counted what is wrong with the file. */
  problem(): void {}

  /** RowSink: the survey has refused such a file already. */
  tooLong(): void {}
}

function textOf(row: Row, index: number): string {
  return index < 0 ? "" : decode(row.bytes, row.starts[index] as number, row.ends[index] as number);
}
