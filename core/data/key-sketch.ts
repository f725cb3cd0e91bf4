import { keyText } from "./key-cell.ts";
import { shownValue } from "./text.ts";

/** Distinct keys that are remembered; up to here everything is exact (but for 53-bit collisions: one in 10^6 files of that size). */
export const MAX_SKETCH_KEYS = 65_536;

const MAX_EXAMPLES = 5;
const FIRST_SLOTS = 1_024;
const MAX_SLOTS = MAX_SKETCH_KEYS * 2;

/** A row whose key has come before. */
export interface RepeatedKey {
  row: number;
  value: string;
}

/** What is known about the keys of a batch: a sample of their hashes, chosen by the hash itself, so that samples of batches fit together. */
export interface KeySketch {
  /** Rows that were counted. */
  rows: number;
  /** Hashes below this fraction of the hash space are in the sample; 1 = all of them. */
  share: number;
  /** Distinct keys in the sample, ascending; fractions of the hash space. */
  keys: Float64Array;
  /** Rows in the sample. */
  sampledRows: number;
  /** First rows whose key has come before. */
  repeated: RepeatedKey[];
}

/** Gives memory for the hashes of a table; what it gives may be asked for again at any time, because memory moves when it grows. */
export type SlotMemory = (slots: number) => () => Float64Array;

const ownMemory: SlotMemory = (count) => {
  const slots = new Float64Array(count);
  return () => slots;
};

/**
 * Samples keys by their hash (adaptive distinct sampling, Gibbons 2001, https://www.vldb.org/conf/2001/P541.pdf): when the
 * table is full, the share of the hash space that is kept is halved. Memory is 1 MiB; beyond `MAX_SKETCH_KEYS` the share of
 * repeated rows has a standard error of at most 0.5 / sqrt(32,768) = 0.3 percentage points (for keys of similar frequency).
 */
export class KeySketchBuilder {
  private memory = ownMemory;
  private slots = this.empty(FIRST_SLOTS);
  private rows = 0;
  private readonly repeated: RepeatedKey[] = [];
  /** Share of the hash space that is in the sample: rows whose fraction is not below it are only counted. */
  share = 1;
  /** Distinct keys in the sample. */
  size = 0;
  /** Rows in the sample. */
  sampledRows = 0;

  private empty(count: number): () => Float64Array {
    const slots = this.memory(count);
    slots().fill(-1);
    return slots;
  }

  /** Keeps the hashes, those that there are and those that come, in other memory, at once with many slots; without an argument in its own. */
  moveTo(memory?: SlotMemory): void {
    this.memory = memory ?? ownMemory;
    this.rebuild(memory === undefined ? this.slots().length : MAX_SLOTS / 2);
  }

  /** Number of keys at which the table must be made anew. */
  get limit(): number {
    const { length } = this.slots();
    return length < MAX_SLOTS ? length / 2 : MAX_SKETCH_KEYS;
  }

  /** Whether examples of repeated keys are still looked for. */
  get wantsExamples(): boolean {
    return this.repeated.length < MAX_EXAMPLES;
  }

  /** Counts rows, whose keys are told by `sample`. */
  count(rows: number): void {
    this.rows += rows;
  }

  /** Takes note of a row by its key's hash fraction in [0, 1). `number` is the data row, `key` gives its canonical key, for examples. */
  sample(fraction: number, number: number, key: () => Uint8Array): void {
    if (fraction >= this.share) return;
    this.sampledRows++;
    if (this.insert(this.slots(), fraction)) {
      if (++this.size > MAX_SKETCH_KEYS) this.halve();
      else if (this.size > this.limit) this.rebuild(Math.min(MAX_SLOTS, this.slots().length * 4));
    } else if (this.wantsExamples) {
      this.repeated.push({ row: number, value: shownValue(keyText(key())) });
    }
  }

  private insert(slots: Float64Array, fraction: number): boolean {
    const mask = slots.length - 1;
    // The low bits of the hash choose the slot: the high ones are all alike once the share is small.
    let slot = ((fraction * 9_007_199_254_740_992) >>> 0) & mask;
    for (;;) {
      const found = slots[slot] as number;
      if (found === fraction) return false;
      if (found < 0) {
        slots[slot] = fraction;
        return true;
      }
      slot = (slot + 1) & mask;
    }
  }

  private halve(): void {
    this.share /= 2;
    const before = this.size;
    this.rebuild(MAX_SLOTS);
    // Repeated rows are taken to be spread like the keys.
    this.sampledRows = this.size + Math.round(((this.sampledRows - before) * this.size) / before);
  }

  /** Moves the keys that are still in the sample to a table of another size, or in another memory. */
  private rebuild(slotCount: number): void {
    const kept = this.list();
    this.slots = this.empty(slotCount);
    const slots = this.slots();
    for (let i = 0; i < kept.length; i++) this.insert(slots, kept[i] as number);
    this.size = kept.length;
  }

  /** The keys of the sample in the order of the table. */
  private list(): Float64Array {
    const slots = this.slots();
    const { share } = this;
    const kept = new Float64Array(this.size);
    let count = 0;
    // A plain loop, because it runs over a million slots before a closure would be compiled.
    for (let i = 0; i < slots.length; i++) {
      const fraction = slots[i] as number;
      if (fraction >= 0 && fraction < share) kept[count++] = fraction;
    }
    return kept.subarray(0, count);
  }

  /** The sample of all rows so far. */
  build(): KeySketch {
    const keys = this.list().sort();
    return { rows: this.rows, share: this.share, keys, sampledRows: this.sampledRows, repeated: [...this.repeated] };
  }
}

/** Share of the rows whose key has come before in the same batch, 0 to 1. */
export function repeatedShare(sketch: KeySketch): number {
  return sketch.sampledRows === 0 ? 0 : (sketch.sampledRows - sketch.keys.length) / sketch.sampledRows;
}

/** Share of the keys of `own` that `others` have as well, measured on the part of the hash space that all have sampled. */
export function knownShare(own: KeySketch, others: readonly KeySketch[]): number {
  const share = Math.min(own.share, ...others.map((other) => other.share));
  const known = new Set<number>();
  for (const other of others) for (const key of other.keys) if (key < share) known.add(key);
  const mine = own.keys.filter((key) => key < share);
  if (mine.length === 0) return 0;
  return mine.reduce((count, key) => count + (known.has(key) ? 1 : 0), 0) / mine.length;
}

/** Keys of a sketch that are kept in the data bucket; a small sample is enough to compare batches. */
const STORED_KEYS = 8_192;

/** A sketch as it is stored beside a batch: at most 8,192 hashes, 8 bytes each, little-endian, in base64. */
export interface StoredKeySketch {
  schemaVersion: 1;
  rows: number;
  share: number;
  keys: string;
}

/** Makes a sketch small enough to be stored. */
export function storeKeySketch(sketch: KeySketch): StoredKeySketch {
  const isAll = sketch.keys.length <= STORED_KEYS;
  const keys = isAll ? sketch.keys : sketch.keys.slice(0, STORED_KEYS);
  // The next key after those that are kept is the end of what is known.
  const share = isAll ? sketch.share : (sketch.keys[STORED_KEYS] as number);
  const bytes = new DataView(new ArrayBuffer(keys.length * 8));
  for (const [index, key] of keys.entries()) bytes.setFloat64(index * 8, key, true);
  return { schemaVersion: 1, rows: sketch.rows, share, keys: Buffer.from(bytes.buffer).toString("base64") };
}

/** Reads a stored sketch. */
export function loadKeySketch(stored: StoredKeySketch): KeySketch {
  const bytes = Buffer.from(stored.keys, "base64");
  const keys = Float64Array.from({ length: bytes.length / 8 }, (_, index) => bytes.readDoubleLE(index * 8));
  return { rows: stored.rows, share: stored.share, keys, sampledRows: keys.length, repeated: [] };
}
