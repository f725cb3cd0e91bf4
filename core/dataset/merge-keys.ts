import type { KeySketch, RepeatedKey } from "../data/key-sketch.ts";

/** Sorted hashes that are kept; the same as one pass keeps. */
const MAX_KEYS = 65_536;
const MAX_EXAMPLES = 5;

/** A key sketch as JSON: hashes as 8 bytes each, little-endian, in base64. */
export interface KeySketchJson {
  readonly rows: number;
  readonly share: number;
  readonly sampledRows: number;
  readonly repeated: readonly RepeatedKey[];
  readonly keys: string;
}

/** Writes a sketch with all its keys. */
export function keySketchToJson({ rows, share, sampledRows, repeated, keys }: KeySketch): KeySketchJson {
  const bytes = new DataView(new ArrayBuffer(keys.length * 8));
  for (const [index, key] of keys.entries()) bytes.setFloat64(index * 8, key, true);
  return { rows, share, sampledRows, repeated, keys: Buffer.from(bytes.buffer).toString("base64") };
}

/** Reads what {@link keySketchToJson} has written. */
export function keySketchFromJson({ rows, share, sampledRows, repeated, keys }: KeySketchJson): KeySketch {
  const bytes = Buffer.from(keys, "base64");
  return {
    rows,
    share,
    sampledRows,
    repeated: [...repeated],
    keys: Float64Array.from({ length: bytes.length / 8 }, (_, index) => bytes.readDoubleLE(index * 8)),
  };
}

/**
 * The key sketch of several ranges together: distinct keys are those of one pass, exactly. Rows in the sample are exact while all keys fit; once
 * ranges have sampled different shares they are estimated in proportion. Examples of repeated keys are those within a range.
 */
export class KeyMerge {
  private share = 1;
  private rows = 0;
  private sampledRows = 0;
  private keys: Float64Array = new Float64Array(0);
  private readonly repeated: RepeatedKey[] = [];

  /** Adds the next range's sketch. */
  add(sketch: KeySketch): void {
    const share = Math.min(this.share, sketch.share);
    this.sampledRows = this.sampledRows * (share / this.share) + sketch.sampledRows * (share / sketch.share);
    this.rows += sketch.rows;
    this.keys = union(this.keys, sketch.keys, share);
    this.share = share;
    while (this.keys.length > MAX_KEYS) this.halve();
    this.repeated.push(...sketch.repeated.slice(0, MAX_EXAMPLES - this.repeated.length));
  }

  private halve(): void {
    this.share /= 2;
    this.sampledRows /= 2;
    this.keys = this.keys.filter((key) => key < this.share);
  }

  /** The sketch of all ranges so far. */
  build(): KeySketch {
    const { rows, share, keys, repeated } = this;
    return {
      rows,
      share,
      keys,
      repeated: [...repeated],
      sampledRows: Math.max(keys.length, Math.round(this.sampledRows)),
    };
  }
}

/** Distinct keys below `share` of two ascending arrays, ascending. */
function union(a: Float64Array, b: Float64Array, share: number): Float64Array {
  const all = new Float64Array(a.length + b.length);
  let [i, j, n] = [0, 0, 0];
  while (i < a.length || j < b.length) {
    const x = a[i] ?? Number.POSITIVE_INFINITY;
    const y = b[j] ?? Number.POSITIVE_INFINITY;
    const key = Math.min(x, y);
    if (x === key) i++;
    if (y === key) j++;
    if (key >= share) break;
    all[n++] = key;
  }
  return all.slice(0, n);
}
