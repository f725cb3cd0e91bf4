import { BUCKET_UPPERS, EXPONENTS, FIRST_BUCKETS, LOWEST_EXPONENT } from "../bucket-table.ts";
import { createKernel, type Kernel, type KernelHost, type KernelVariable } from "./kernel-module.ts";

/** Most cells of a batch of records, unless one record has more, and most records. */
const BATCH_CELLS = 8_192;
const BATCH_ROWS = 128;
/** Longest record that the fast lane reads, and room for what comes in at once. */
export const INPUT_BYTES = 131_072;
/** Most cells of a record. */
export const MAX_LANE_CELLS = 4_000;
const OUTPUT_BYTES = 262_144;
/** Bytes that may be read and written beyond the end of a buffer, because the module works 16 bytes at a time. */
const SLACK = 128;
const PAGE = 65_536;
const LF = 0x0a;

const FIVES = 64;
const KEY_ROOM = 24;

/**
 * Which byte goes where when a number of up to 15 bytes is moved to the right end of 16 and its sign and dot are left out: 16 indexes for
 * each (1 = with a minus, length, place of the dot, 15 = none), at ((minus * 16 + length) * 16 + place) * 16; an index of 255 makes a zero.
 * What is no number because it lacks digits before or after the dot keeps a byte that is no digit.
 */
function digitMoves(): Uint8Array {
  const table = new Uint8Array(2 * 16 * 16 * 16).fill(0xff);
  for (let minus = 0; minus <= 1; minus++) {
    for (let length = 1; length <= 15; length++) {
      for (let dot = 0; dot <= 15; dot++) {
        const row = ((minus * 16 + length) * 16 + dot) * 16;
        const isNumber = Math.min(dot, length) > minus && dot !== length - 1;
        let to = 15;
        for (let from = length - 1; from >= (isNumber ? minus : 0); from--) {
          if (from !== dot || !isNumber) table[row + to--] = from;
        }
      }
    }
  }
  return table;
}

/** What the digits of a number are divided by, by its note (kernel/layout.as); nothing is 0 / NaN. */
function divisors(): Float64Array {
  return Float64Array.from({ length: 32 }, (_, note) =>
    note === 1 ? Number.NaN : note <= 17 ? 1 : Number(`1e${note - 17}`),
  );
}

/**
 * 128 bits of 5^-q for q = 0, 1, ...: low and high word, the highest bit set, as Eisel and Lemire's method wants them
 * (https://doi.org/10.1002/spe.2984): rounded up while the product is exact enough to tell, else cut.
 */
function inverseFives(): BigUint64Array {
  const table = new BigUint64Array(FIVES * 2);
  for (let q = 0; q < FIVES; q++) {
    const power = 5n ** BigInt(q);
    const bits = BigInt((power - 1n).toString(2).replace(/^0$/, "").length);
    const exact = q <= 27 ? (1n << (bits + 127n)) / power : (1n << (2n * bits + 128n)) / power;
    let value = q === 0 ? 1n << 127n : exact + 1n;
    while (value >= 1n << 128n) value >>= 1n;
    table[q * 2] = value & 0xffffffffffffffffn;
    table[q * 2 + 1] = value >> 64n;
  }
  return table;
}

/**
 * A module instance and its memory: constant tables and buffers first, then what one file needs, which is given out from the
 * start again for the next file.
 */
export class LaneMemory {
  bytes = new Uint8Array(0);
  view = new DataView(new ArrayBuffer(0));
  readonly kernel: Kernel;
  readonly input: number;
  private readonly buffers: readonly [number, number, number];
  private readonly mayVary: number;
  private readonly scratch: number;
  private readonly fileStart: number;
  private top = 1_024;

  constructor(host: KernelHost) {
    this.kernel = createKernel(host);
    this.refresh();
    this.set("powers", this.keep(Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`))));
    const fives = inverseFives();
    this.set("fives", this.keep(fives));
    this.set("fivesCount", fives.length / 2);
    const masks = new Uint8Array(17 * 16);
    for (let length = 1; length <= 16; length++) masks.fill(0xff, length * 16, length * 16 + length);
    this.set("masks", this.keep(masks));
    this.set("digitMoves", this.keep(digitMoves()));
    this.set("divisors", this.keep(divisors()));
    this.set("firstBuckets", this.keep(FIRST_BUCKETS));
    this.set("uppers", this.keep(BUCKET_UPPERS));
    this.set("lowestExponent", LOWEST_EXPONENT);
    this.set("exponents", EXPONENTS);
    this.set("buckets", BUCKET_UPPERS.length);
    this.mayVary = this.allocate(256);
    this.set("mayVary", this.mayVary);
    this.input = this.allocate(INPUT_BYTES);
    this.scratch = this.allocate(INPUT_BYTES);
    this.set("scratch", this.scratch);
    // One item comes before the first.
    this.set("cellEnds", this.allocate((BATCH_CELLS + MAX_LANE_CELLS) * 4) + 16);
    for (const name of ["rowStarts", "unknown", "differs", "keyStarts", "keyEnds"] as const) {
      this.set(name, this.allocate((BATCH_ROWS + 1) * 4));
    }
    this.set("again", this.allocate((BATCH_ROWS + 1) * 2 * 4));
    this.set("fractions", this.allocate(BATCH_ROWS * 8));
    // Keys are hardly longer than their records; KEY_ROOM is CELL_ROOM of kernel/keys.as.
    this.set("keyBuffer", this.allocate(INPUT_BYTES + (BATCH_CELLS + MAX_LANE_CELLS + BATCH_ROWS) * KEY_ROOM));
    this.buffers = [this.allocate(OUTPUT_BYTES), this.allocate(OUTPUT_BYTES), this.allocate(OUTPUT_BYTES)];
    for (const [index, name] of (["trainBuffer", "validationBuffer", "testBuffer"] as const).entries()) {
      this.set(name, this.buffers[index] as number);
    }
    this.set("outputBytes", OUTPUT_BYTES);
    this.fileStart = this.top;
  }

  /** Begins a new file: everything that was given out for the last one is free again. */
  restart(mayVary: Uint8Array): void {
    this.top = this.fileStart;
    this.bytes.set(mayVary, this.mayVary);
  }

  /** Sets how many cells a record has, and so how many records are read together. */
  setWidth(cells: number): void {
    this.set("cellCount", cells);
    this.set("batchRows", Math.max(1, Math.min(BATCH_ROWS, Math.floor(BATCH_CELLS / cells))));
  }

  /** Gives out memory for `itemBytes` for each record of a batch. */
  allocateForBatch(itemBytes: number): number {
    return this.allocate(BATCH_ROWS * itemBytes);
  }

  set(name: KernelVariable, value: number): void {
    this.kernel.variables[name].value = value;
  }

  get(name: KernelVariable): number {
    return this.kernel.variables[name].value;
  }

  /** Gives out memory: zeros, on a boundary of 16. */
  allocate(sizeBytes: number): number {
    const place = this.top;
    this.top = (place + sizeBytes + SLACK + 15) & ~15;
    const missing = this.top + SLACK - this.bytes.length;
    if (missing > 0) {
      this.kernel.memory.grow(Math.ceil(missing / PAGE));
      this.refresh();
    }
    this.bytes.fill(0, place, this.top);
    return place;
  }

  /** Gives out memory that holds a copy of an array. */
  keep(array: Uint8Array | Uint16Array | Uint32Array | Float64Array | BigUint64Array): number {
    const place = this.allocate(array.byteLength);
    const bytes =
      array instanceof Uint8Array ? array : new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    this.bytes.set(bytes, place);
    return place;
  }

  /** Appends bytes to the input at `end`, with line feeds after them that end every scan; gives the new end. */
  append(chunk: Uint8Array, end: number): number {
    this.bytes.set(chunk, end);
    const next = end + chunk.length;
    this.bytes.fill(LF, next, next + SLACK);
    return next;
  }

  /** Pairs of number and count of a cell's buckets that are not empty; good until the next call. */
  listBuckets(cell: number): Uint32Array {
    return new Uint32Array(this.bytes.buffer, this.scratch, this.kernel.listBuckets(cell, this.scratch) * 2);
  }

  /** What the last run has written to the parts; the bytes are good until the next one. */
  get outputs(): { train: Uint8Array; validation: Uint8Array; test: Uint8Array } {
    const [train, validation, test] = this.buffers;
    return {
      train: this.bytes.subarray(train, this.get("outTrain")),
      validation: this.bytes.subarray(validation, this.get("outValidation")),
      test: this.bytes.subarray(test, this.get("outTest")),
    };
  }

  private refresh(): void {
    this.bytes = new Uint8Array(this.kernel.memory.buffer);
    this.view = new DataView(this.kernel.memory.buffer);
  }
}
