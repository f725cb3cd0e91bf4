import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { ByteWriter } from "../../../core/data/byte-writer.ts";
import { KeyCells, type KeyForm, keyText } from "../../../core/data/key-cell.ts";
import {
  KeySketchBuilder,
  knownShare,
  loadKeySketch,
  MAX_SKETCH_KEYS,
  repeatedShare,
  storeKeySketch,
} from "../../../core/data/key-sketch.ts";
import { CellKind } from "../../../core/data/row.ts";
import { hashFraction } from "../../../core/data/split.ts";

function sketchOf(keys: Iterable<string>) {
  const builder = new KeySketchBuilder();
  const text = new ByteWriter();
  let row = 0;
  for (const key of keys) {
    text.clear();
    text.ascii(`${key}\u001f`);
    builder.count(1);
    builder.sample(hashFraction(text.memory, 0, text.length), ++row, () => text.memory.subarray(0, text.length));
  }
  return builder.build();
}

function* range(from: number, to: number, name = "k"): Iterable<string> {
  for (let i = from; i < to; i++) yield `${name}${i}`;
}

describe("a sketch of keys", () => {
  test.prop([fc.array(fc.nat({ max: 50 }), { maxLength: 200 })])("is exact for few keys", (numbers) => {
    const sketch = sketchOf(numbers.map(String));
    const distinct = new Set(numbers).size;
    expect(sketch.keys.length).toBe(distinct);
    expect(repeatedShare(sketch)).toBeCloseTo(
      numbers.length === 0 ? 0 : (numbers.length - distinct) / numbers.length,
      12,
    );
  });

  it("estimates the share of repeated rows of a large file within its bound, in bounded memory", () => {
    const sketch = sketchOf([...range(0, 300_000), ...range(0, 60_000)]);
    expect(sketch.keys.length).toBeLessThanOrEqual(MAX_SKETCH_KEYS);
    // Four standard errors.
    expect(Math.abs(repeatedShare(sketch) - 60_000 / 360_000)).toBeLessThan(0.012);
  });

  it("estimates how many keys are known, also after it was stored", () => {
    const others = [sketchOf(range(0, 50_000)), sketchOf(range(50_000, 70_000))].map((sketch) =>
      loadKeySketch(storeKeySketch(sketch)),
    );
    expect(knownShare(sketchOf(range(60_000, 100_000)), others)).toBeCloseTo(0.25, 1);
    expect(knownShare(sketchOf(range(0, 40_000)), others)).toBe(1);
    expect(knownShare(sketchOf(range(0, 40_000, "other")), others)).toBe(0);
    expect(JSON.stringify(storeKeySketch(sketchOf(range(0, 200_000)))).length).toBeLessThan(100_000);
  });
});

describe("the canonical form of a key", () => {
  const cells = new KeyCells(new Set(["", "NA", "null"]));
  const form = (text: string, kind: KeyForm = "value", cell: number = CellKind.text): string => {
    const out = new ByteWriter();
    const bytes = Buffer.from(text);
    cells.write(out, bytes, 0, bytes.length, cell, kind);
    return keyText(out.take());
  };

  it.each([
    ["7", "7"],
    ["007", "7"],
    ["+7", "7"],
    [" 7 ", "7"],
    ["7.0", "7"],
    ["0.7e1", "7"],
    ["-0", "0"],
    ["-00", "0"],
    ["0.50", "0.5"],
    [".5", "0.5"],
    ["1e21", "1000000000000000000000"],
    ["1000000000000000000000", "1000000000000000000000"],
    ["12345678901234567891", "12345678901234567891"],
    ["NA", ""],
    [" ", ""],
    ["TRUE", "true"],
    ["yes", "yes"],
    ["1.2.3", "1.2.3"],
    ["Köln", "Köln"],
    ["1e999", "1e999"],
    ["2001-01-01", "2001-01-01"],
  ])("of %j is %j", (text, expected) => {
    expect(form(text)).toBe(expected);
  });

  it("of a time is its instant, and of a boolean feature its meaning", () => {
    const times = ["2001-01-01", "2001-01-01T00:00:00Z", "2001-01-01 01:00+01:00", "2001-01-01T00:00:00.000Z"];
    expect(new Set(times.map((text) => form(text, "time")))).toEqual(new Set(["978307200000"]));
    expect(["1", "T", "yes", "true"].map((text) => form(text, "boolean"))).toEqual(["true", "true", "true", "true"]);
    expect(form("anything", "value", CellKind.absent)).toBe("");
  });
});
