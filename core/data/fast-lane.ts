import { timeFormatOf } from "../definition/definition.ts";
import type { ModelDefinition } from "../definition/schema.ts";
import { MlopsError } from "../errors/mlops-error.ts";
import { BUCKET_UPPERS } from "./bucket-table.ts";
import { ByteWriter } from "./byte-writer.ts";
import type { ColumnContext, FeatureColumn, LaneColumn } from "./column.ts";
import { DISTINCT_REGISTERS } from "./distinct-sketch.ts";
import type { IngestColumns } from "./ingest-columns.ts";
import { parseInstant } from "./instant-parser.ts";
import type { KeyForm } from "./key-cell.ts";
import { LaneKeys } from "./lane-keys.ts";
import { LaneLevels } from "./lane-levels.ts";
import { NumberParser } from "./number-parser.ts";
import { BLOCK_ROWS } from "./number-summary.ts";
import { CellKind } from "./row.ts";
import { FEATURES_MEMBER, LABEL_MEMBER, type RowWriter } from "./row-writer.ts";
import { decode, utf8 } from "./text.ts";
import type { TimeColumn } from "./time-column.ts";
import type { KernelHost } from "./wasm/kernel-module.ts";
import { INPUT_BYTES, LaneMemory, MAX_LANE_CELLS } from "./wasm/lane-memory.ts";
import { Cell, CellFlag, LaneKind, Note } from "./wasm/layout.ts";

/** More number columns would need too much memory for their sketches. */
const MAX_NUMBER_COLUMNS = 1_000;
const MAX_TIME_BYTES = 48;
/** Longest text of a number as JavaScript writes it, with what separates it from the next. */
const NUMBER_TEXT_BYTES = 32;
const MAX_MISSING_BYTES = 100;

/** What the fast lane works for. */
export interface LaneOwner {
  definition: ModelDefinition;
  columns: IngestColumns;
  context: ColumnContext;
  writer: RowWriter;
  /** Whether rows are written to the parts. */
  writes: boolean;
}

/** A cell that its columns read themselves: those of a feature, of the time, or of both. */
interface HostedCell {
  feature: FeatureColumn | undefined;
  time: TimeColumn | undefined;
  accepts(bytes: Uint8Array, start: number, end: number): boolean;
}

interface LaneCell {
  column: LaneColumn | undefined;
  time: TimeColumn | undefined;
  levels: LaneLevels | undefined;
  hosted: HostedCell | undefined;
}

/** Instances that no file uses; a module instance is dear to make and has several megabytes. */
const idle: { memory: LaneMemory; host: { lane: FastLane | undefined } }[] = [];
const MAX_IDLE = 2;

function acquire(): (typeof idle)[number] {
  const free = idle.pop();
  if (free !== undefined) return free;
  const host: { lane: FastLane | undefined } = { lane: undefined };
  const lane = (): FastLane => {
    if (host.lane === undefined) throw new MlopsError("internal.invariant", "the ingest kernel runs for no file");
    return host.lane;
  };
  const calls: KernelHost = {
    accepts: (...args) => lane().accepts(...args),
    hostedCell: (...args) => lane().hostedCell(...args),
    oddNumber: (...args) => lane().oddNumber(...args),
    exactNumber: (...args) => lane().exactNumber(...args),
    newLevel: (...args) => lane().newLevel(...args),
    oddTime: (...args) => lane().oddTime(...args),
    formatNumber: (...args) => lane().formatNumber(...args),
    keyCell: (...args) => lane().keyCell(...args),
    rowKey: (...args) => lane().rowKey(...args),
    farValue: (...args) => lane().farValue(...args),
  };
  return { memory: new LaneMemory(calls), host };
}

/**
 * Makes the fast lane for the rows of a CSV file, once its columns are located; undefined when the definition needs what only the
 * other lane has: a column of the file that is two things at once (but for a timestamp that is also the time), or a very wide table.
 */
export function createFastLane(owner: LaneOwner, cellCount: number): FastLane | undefined {
  const { features, target, time } = owner.columns;
  const lanes = features.map(({ column, cell }) => ({ cell, kind: column.lane().kind }));
  const isHosted = (cell: number) => lanes.some((lane) => lane.cell === cell && lane.kind === "hosted");
  const used = [...features, target].map(({ cell }) => cell);
  if (time !== undefined && !isHosted(time.cell)) used.push(time.cell);
  if (used.some((cell) => cell < 0) || owner.columns.key.some(({ cell }) => cell < 0)) return undefined;
  if (new Set(used).size !== used.length || cellCount > MAX_LANE_CELLS) return undefined;
  if (lanes.filter(({ kind }) => kind === "number").length > MAX_NUMBER_COLUMNS) return undefined;
  return new FastLane(owner, cellCount);
}

/** The WebAssembly side of one file: reads the records that are as they should be; see wasm/kernel. */
export class FastLane {
  private readonly instance = acquire();
  private readonly memory: LaneMemory;
  private readonly owner: LaneOwner;
  private readonly cells: LaneCell[];
  private readonly table: number;
  private readonly keyForms: KeyForm[];
  private readonly parser = new NumberParser();
  private readonly text = new ByteWriter(256);
  private outputBound = 64;
  private outputGrowth = 1;
  private readonly keys: LaneKeys;

  constructor(owner: LaneOwner, cellCount: number) {
    const { memory, host } = this.instance;
    host.lane = this;
    this.memory = memory;
    this.owner = owner;
    memory.restart(owner.writer.keyCells.mayVary);
    this.cells = Array.from({ length: cellCount }, () => ({
      column: undefined,
      time: undefined,
      levels: undefined,
      hosted: undefined,
    }));
    this.table = memory.allocate(cellCount * Cell.stride);
    this.keyForms = owner.columns.key.map(({ form }) => form);
    memory.set("cells", this.table);
    memory.setWidth(cellCount);
    for (let index = 0; index < cellCount; index++) memory.view.setUint32(this.at(index) + Cell.index, index, true);
    memory.set("delimiter", owner.definition.data.delimiter.charCodeAt(0));
    memory.set("blockRows", BLOCK_ROWS);
    this.keys = new LaneKeys(memory, owner.writer.keys);
    this.describe();
    this.describeOutput();
  }

  private at(cell: number): number {
    return this.table + cell * Cell.stride;
  }

  private addFlag(cell: number, flag: number): void {
    const { view } = this.memory;
    const place = this.at(cell) + Cell.flags;
    view.setUint32(place, view.getUint32(place, true) | flag, true);
  }

  private list(
    name: "summedList" | "countedList" | "keyList" | "hostedFeatures" | "hostedOthers",
    cells: readonly number[],
  ): void {
    this.memory.set(name, this.memory.keep(Uint32Array.from(cells, (cell) => this.at(cell))));
  }

  private describe(): void {
    const { memory, owner } = this;
    const { features, target, time, key } = owner.columns;
    for (const { column, cell } of features) {
      const lane = column.lane();
      if (lane.kind === "hosted")
        this.describeHosted(cell, { feature: column, time: undefined, accepts: lane.accepts });
      else this.describeColumn(cell, lane);
      if (lane.kind === "hosted") this.outputGrowth = Math.max(this.outputGrowth, lane.growth);
    }
    this.describeColumn(target.cell, target.column.lane());
    const isPlain = time !== undefined && timeFormatOf(owner.definition) === undefined && !this.isHosted(time.cell);
    memory.set("timed", isPlain ? this.at(time.cell) : 0);
    if (isPlain) this.describeTime(time.cell, time.column);
    else if (time !== undefined) this.hostTime(time.cell, time.column);
    for (const { cell } of features) this.addFlag(cell, CellFlag.feature);
    // A missing text that looks like a number or a time is nothing in a key, whatever the column takes it for.
    const isOdd = [...owner.context.missing].some((text) => /^[\s+\-.\d]/.test(text));
    if (isOdd) for (const { cell } of key) this.addFlag(cell, CellFlag.keyOdd);
    const ofKind = (kind: LaneColumn["kind"]) =>
      this.cells.flatMap(({ column }, cell) => (column?.kind === kind ? [cell] : []));
    const hosted = this.cells.flatMap(({ hosted }, cell) => (hosted === undefined ? [] : [cell]));
    const ofFeatures = hosted.filter((cell) => this.cells[cell]?.hosted?.feature !== undefined);
    this.list("hostedFeatures", ofFeatures);
    memory.set("hostedFeatureCount", ofFeatures.length);
    this.list(
      "hostedOthers",
      hosted.filter((cell) => !ofFeatures.includes(cell)),
    );
    memory.set("hostedOtherCount", hosted.length - ofFeatures.length);
    const [summed, counted] = [ofKind("number"), ofKind("level")];
    this.list("summedList", summed);
    memory.set("summedCount", summed.length);
    this.list("countedList", counted);
    memory.set("countedCount", counted.length);
    this.list(
      "keyList",
      key.map(({ cell }) => cell),
    );
    memory.set("keyCount", key.length);
  }

  private isHosted(cell: number): boolean {
    return this.cells[cell]?.hosted !== undefined;
  }

  private describeHosted(index: number, hosted: HostedCell): void {
    (this.cells[index] as LaneCell).hosted = hosted;
    this.memory.view.setInt32(this.at(index) + Cell.kind, LaneKind.hosted, true);
    this.outputBound += NUMBER_TEXT_BYTES;
  }

  /** A time in a declared format, or of a column that is a feature as well. */
  private hostTime(index: number, time: TimeColumn): void {
    const feature = this.cells[index]?.hosted;
    this.describeHosted(index, {
      feature: feature?.feature,
      time,
      accepts: (bytes, start, end) =>
        time.accepts(bytes, start, end) && (feature === undefined || feature.accepts(bytes, start, end)),
    });
  }

  private describeColumn(index: number, column: LaneColumn): void {
    const { memory, owner } = this;
    const cell = this.at(index);
    const held = this.cells[index] as LaneCell;
    held.column = column;
    if (column.kind === "hosted") throw new MlopsError("internal.invariant", "a target is a number or a level");
    if (column.kind === "level") {
      const entries = memory.allocateForBatch(4);
      memory.view.setInt32(cell + Cell.kind, LaneKind.level, true);
      memory.view.setUint32(cell + Cell.entries, entries, true);
      const form = owner.columns.key.find((key) => key.cell === index)?.form ?? "value";
      held.levels = new LaneLevels(memory, cell, column, owner.writer.keyCells, form);
      return;
    }
    const values = memory.allocate(BLOCK_ROWS * 8);
    const sketch = memory.allocate(BUCKET_UPPERS.length * 2 * 4);
    const registers = memory.allocate(DISTINCT_REGISTERS);
    const [notes, starts, ends] = [memory.allocateForBatch(1), memory.allocateForBatch(4), memory.allocateForBatch(4)];
    const { view } = memory;
    view.setInt32(cell + Cell.kind, LaneKind.number, true);
    const flags = (column.integer ? CellFlag.integer : 0) | (column.required ? CellFlag.required : 0);
    view.setInt32(cell + Cell.flags, flags, true);
    view.setFloat64(cell + Cell.min, column.min, true);
    view.setFloat64(cell + Cell.max, column.max, true);
    view.setUint32(cell + Cell.values, values, true);
    view.setUint32(cell + Cell.sketch, sketch, true);
    view.setUint32(cell + Cell.registers, registers, true);
    view.setUint32(cell + Cell.notes, notes, true);
    view.setUint32(cell + Cell.starts, starts, true);
    view.setUint32(cell + Cell.ends, ends, true);
    view.setFloat64(cell + Cell.lowest, Number.POSITIVE_INFINITY, true);
    view.setFloat64(cell + Cell.highest, Number.NEGATIVE_INFINITY, true);
    this.outputBound += NUMBER_TEXT_BYTES;
  }

  private describeTime(index: number, column: TimeColumn): void {
    const { memory } = this;
    const cell = this.at(index);
    (this.cells[index] as LaneCell).time = column;
    const [earliest, latest] = [memory.allocate(64), memory.allocate(64)];
    const [values, starts, ends] = [memory.allocateForBatch(8), memory.allocateForBatch(4), memory.allocateForBatch(4)];
    const { view } = memory;
    view.setUint32(cell + Cell.values, values, true);
    view.setUint32(cell + Cell.starts, starts, true);
    view.setUint32(cell + Cell.ends, ends, true);
    view.setInt32(cell + Cell.kind, LaneKind.time, true);
    view.setFloat64(cell + Cell.earliest, Number.POSITIVE_INFINITY, true);
    view.setFloat64(cell + Cell.latest, Number.NEGATIVE_INFINITY, true);
    view.setUint32(cell + Cell.earliestText, earliest, true);
    view.setUint32(cell + Cell.latestText, latest, true);
  }

  private describeOutput(): void {
    const { memory, owner } = this;
    const { writer, columns } = owner;
    const { features, target } = columns;
    const keep = (name: "idStart" | "labelText" | "featuresText", bytes: Uint8Array) => {
      memory.set(name, memory.keep(bytes));
      memory.set(`${name}Length`, bytes.length);
      this.outputBound += bytes.length;
    };
    keep("idStart", writer.idStart);
    keep("labelText", utf8(LABEL_MEMBER));
    keep("featuresText", utf8(FEATURES_MEMBER));
    const items = features.flatMap(({ cell }, index) => {
      const name = writer.memberNames[index] as Uint8Array;
      this.outputBound += name.length + 1;
      return [this.at(cell), memory.keep(name), name.length];
    });
    memory.set("featureList", memory.keep(Uint32Array.from(items)));
    memory.set("featureCount", features.length);
    const spans = neighbours(features.map(({ cell }) => cell));
    memory.set("spanList", memory.keep(Uint32Array.from(spans.flat())));
    memory.set("spanCount", spans.length);
    memory.set("outputGrowth", this.outputGrowth);
    // What the host writes is counted by writing it.
    const isCopied = owner.definition.data.delimiter === "," && !features.some(({ cell }) => this.isHosted(cell));
    memory.set("alwaysDiffers", isCopied ? 0 : 1);
    memory.set("target", this.at(target.cell));
    memory.set("testShare", writer.shares.test);
    memory.set("validationEnd", writer.shares.test + writer.shares.validation);
  }

  /** Most bytes that can be appended to `end`. */
  room(end: number): number {
    return this.memory.input + INPUT_BYTES - end;
  }

  /** Where the input begins. */
  get input(): number {
    return this.memory.input;
  }

  /** Appends bytes to the input at `end`; gives the new end. */
  append(chunk: Uint8Array, end: number): number {
    return this.memory.append(chunk, end);
  }

  /** Bytes [start, end) of the input, good until the next call. */
  slice(start: number, end: number): Uint8Array {
    return this.memory.bytes.subarray(start, end);
  }

  /** Moves the bytes [start, end) of the input to its beginning; gives their end. */
  moveToFront(start: number, end: number): number {
    this.memory.bytes.copyWithin(this.memory.input, start, end);
    return this.memory.input + end - start;
  }

  /**
   * Reads the records in [start, end) of the input as far as they are whole and as they should be.
   *
   * @param firstRow number of the first one as data row
   * @returns where it has ended, how many rows it has read, and whether what follows is a record for the other lane
   */
  run(start: number, end: number, firstRow: number): { at: number; rows: number; isOdd: boolean } {
    const { memory, owner } = this;
    this.instance.host.lane = this;
    const writes = owner.writes && owner.context.reasons.isEmpty;
    let at = start;
    let rows = 0;
    for (;;) {
      const levelBytes = this.cells.reduce((sum, { levels }) => sum + (levels?.longest ?? 0), 0);
      memory.set("outputBound", this.outputBound + levelBytes);
      this.keys.push();
      at = memory.kernel.run(at, end, firstRow + rows, writes ? 1 : 0);
      const read = memory.get("rows");
      rows += read;
      if (writes) this.drain(read);
      const stopped = memory.get("stopped");
      // A record whose output does not fit into an empty buffer is for the other lane, too.
      if (stopped !== 2 || read === 0) return { at, rows, isOdd: stopped !== 0 };
    }
  }

  private drain(read: number): void {
    const { memory, owner } = this;
    this.keys.pull();
    owner.writer.keys.count(read);
    const { train, validation, test } = memory.outputs;
    owner.writer.append("train", train, memory.get("rowsTrain"));
    owner.writer.append("validation", validation, memory.get("rowsValidation"));
    owner.writer.append("test", test, memory.get("rowsTest"));
  }

  /** Hands everything that was counted to the columns, and gives the memory back. */
  finish(): void {
    this.instance.host.lane = this;
    this.memory.kernel.flush();
    for (const [index, { column, time, levels }] of this.cells.entries()) {
      if (column?.kind === "number") column.absorb(this.totals(this.at(index)));
      levels?.flush();
      if (time !== undefined) this.finishTime(this.at(index), time);
    }
    this.keys.leave();
    this.instance.host.lane = undefined;
    if (idle.length < MAX_IDLE) idle.push(this.instance);
  }

  private totals(cell: number) {
    const { view, bytes } = this.memory;
    const float = (offset: number) => view.getFloat64(cell + offset, true);
    const whole = (offset: number) => view.getUint32(cell + offset, true);
    const registers = whole(Cell.registers);
    return {
      count: float(Cell.count),
      nulls: whole(Cell.nulls),
      min: float(Cell.lowest),
      max: float(Cell.highest),
      mean: float(Cell.mean),
      m2: float(Cell.m2),
      zeros: whole(Cell.zeros),
      buckets: this.memory.listBuckets(cell),
      registers: bytes.subarray(registers, registers + DISTINCT_REGISTERS),
    };
  }

  private finishTime(cell: number, column: TimeColumn): void {
    const { view } = this.memory;
    const held = (text: number, length: number) => {
      const start = view.getUint32(cell + text, true);
      return this.slice(start, start + view.getUint32(cell + length, true));
    };
    const earliest = view.getFloat64(cell + Cell.earliest, true);
    const latest = view.getFloat64(cell + Cell.latest, true);
    if (earliest > latest) return;
    column.absorb(
      earliest,
      held(Cell.earliestText, Cell.earliestLength),
      latest,
      held(Cell.latestText, Cell.latestLength),
    );
  }

  /** Host call: whether a column takes a cell. */
  accepts(index: number, start: number, end: number): number {
    return this.cells[index]?.hosted?.accepts(this.memory.bytes, start, end) === true ? 1 : 0;
  }

  /** Host call: counts such a cell, and writes it when there is a place to write to. */
  hostedCell(index: number, start: number, end: number, out: number, json: number): number {
    const { bytes } = this.memory;
    const { feature, time } = this.cells[index]?.hosted ?? {};
    time?.read(bytes, start, end, CellKind.text);
    feature?.read(bytes, start, end, CellKind.text);
    if (out === 0 || feature === undefined) return 0;
    const { text } = this;
    text.clear();
    if (json === 1) feature.writeJson(text);
    else feature.writeCsv(text);
    bytes.set(text.memory.subarray(0, text.length), out);
    return text.length;
  }

  /** Host call: a number in another notation, or no number. */
  oddNumber(index: number, start: number, end: number): number {
    const { parser, memory, owner } = this;
    const { bytes, view } = memory;
    if (!parser.parse(bytes, start, end)) {
      const isShort = parser.end - parser.start < MAX_MISSING_BYTES;
      return isShort && owner.context.missing.has(decode(bytes, parser.start, parser.end)) ? 1 : 0;
    }
    const cell = this.at(index);
    view.setFloat64(cell + Cell.value, parser.value, true);
    view.setInt32(cell + Cell.numberNote, parser.isJson ? Note.json : Note.notJson, true);
    view.setUint32(cell + Cell.numberStart, parser.start, true);
    view.setUint32(cell + Cell.numberEnd, parser.end, true);
    return 2;
  }

  /** Host call: decimal notation with many digits. */
  exactNumber(start: number, end: number): number {
    return Number(decode(this.memory.bytes, start, end));
  }

  /** Host call: a text that the level table does not have. */
  newLevel(index: number, start: number, end: number, hash: number, slot: number): number {
    return this.cells[index]?.levels?.add(start, end, hash, slot) ?? 0;
  }

  /** Host call: a time in another notation, or no time. */
  oddTime(index: number, start: number, end: number): number {
    const { bytes, view } = this.memory;
    let from = start;
    let to = end;
    while (from < to && bytes[from] === 0x20) from++;
    while (to > from && bytes[to - 1] === 0x20) to--;
    view.setUint32(this.at(index) + Cell.numberStart, from, true);
    view.setUint32(this.at(index) + Cell.numberEnd, to, true);
    return to - from <= MAX_TIME_BYTES ? parseInstant(bytes, from, to) : Number.NaN;
  }

  /** Host call: the text of a number that is no JSON as it stands. */
  formatNumber(value: number, out: number): number {
    const text = String(value);
    for (let i = 0; i < text.length; i++) this.memory.bytes[out + i] = text.charCodeAt(i);
    return text.length;
  }

  /** Host call: a cell of the key that may be written in several ways. */
  keyCell(index: number, start: number, end: number, out: number): number {
    const { text, memory, owner } = this;
    text.clear();
    owner.writer.keyCells.write(text, memory.bytes, start, end, CellKind.text, this.keyForms[index] ?? "value");
    memory.bytes.set(text.memory.subarray(0, text.length), out);
    return text.length;
  }

  /** Host call: a row's key that needs more than a free slot. */
  rowKey(fraction: number, row: number, start: number, end: number): void {
    this.keys.sample(fraction, row, start, end);
  }

  /** Host call: a number beyond the bucket table. */
  farValue(index: number, value: number): void {
    const column = this.cells[index]?.column;
    if (column?.kind === "number") column.addFar(value);
  }
}

/** First and last of each run of numbers that follow each other: [3, 4, 5, 9] gives [3, 5] and [9, 9]. */
function neighbours(cells: readonly number[]): [number, number][] {
  const runs: [number, number][] = [];
  for (const cell of cells) {
    const run = runs.at(-1);
    if (run !== undefined && run[1] === cell - 1) run[1] = cell;
    else runs.push([cell, cell]);
  }
  return runs;
}
