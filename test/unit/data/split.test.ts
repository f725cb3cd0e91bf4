import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { hashFraction, splitOf } from "../../../core/data/split.ts";
import { STRIKE_HEADER, strikeDefinition, strikeRows } from "../../fixtures/data/definitions.ts";
import { readText } from "./read-file.ts";

const encoder = new TextEncoder();
const fraction = (text: string) => hashFraction(encoder.encode(text));

describe("hashFraction", () => {
  it("never changes: these values are promises to data that was split before", () => {
    expect(["", "a", "ab", "abc", "abcd", "1990-01-08\u001fAIRPORT\u001f"].map(fraction)).toMatchInlineSnapshot(`
      [
        0.01779858719575156,
        0.820693435263481,
        0.23852428944203763,
        0.3817621217533911,
        0.5198156477274818,
        0.7081288780588715,
      ]
    `);
  });

  it("is MurmurHash3_x86_32: its low part agrees with published values for the seed 0x9747b28c", () => {
    const published = { "": 0xebb6c228, a: 0x7fa09ea6, abc: 0xc84a62dd, "Hello, world!": 0x24884cba };
    for (const [text, hash] of Object.entries(published)) {
      expect((fraction(text) * 2 ** 53) % 2 ** 21).toBe(hash >>> 11);
    }
  });

  it("is uniform: 100,000 consecutive keys fill 100 bins as chance would", () => {
    const bins = new Array<number>(100).fill(0);
    for (let i = 0; i < 100_000; i++) {
      const bin = Math.floor(fraction(`row-${i}`) * 100);
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    const chiSquared = bins.reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0);
    // 99 degrees of freedom: mean 99, standard deviation 14.
    expect(chiSquared).toBeGreaterThan(50);
    expect(chiSquared).toBeLessThan(150);
  });

  it("has avalanche: each flipped bit of the key flips about half of the leading 32 bits", () => {
    let flipped = 0;
    let compared = 0;
    for (let i = 0; i < 400; i++) {
      const key = encoder.encode(`key number ${i * 7919}`);
      const before = Math.floor(hashFraction(key) * 2 ** 32);
      for (let bit = 0; bit < key.length * 8; bit += 3) {
        const other = key.slice();
        other[bit >> 3] = (other[bit >> 3] as number) ^ (1 << (bit & 7));
        let difference = (before ^ Math.floor(hashFraction(other) * 2 ** 32)) >>> 0;
        for (; difference !== 0; difference >>>= 1) flipped += difference & 1;
        compared += 32;
      }
    }
    expect(flipped / compared).toBeGreaterThan(0.495);
    expect(flipped / compared).toBeLessThan(0.505);
  });

  test.prop([fc.uint8Array({ maxLength: 40 }), fc.nat({ max: 5 })])(
    "depends on the bytes of the range only",
    (bytes, shift) => {
      const moved = new Uint8Array(bytes.length + shift + 3).fill(255);
      moved.set(bytes, shift);
      expect(hashFraction(moved, shift, shift + bytes.length)).toBe(hashFraction(bytes));
      expect(hashFraction(bytes)).toBeGreaterThanOrEqual(0);
      expect(hashFraction(bytes)).toBeLessThan(1);
    },
  );
});

describe("the split of rows", () => {
  const definition = strikeDefinition();
  const file = (rows: readonly string[]) => `${[STRIKE_HEADER, ...rows].join("\n")}\n`;
  const heldOut = (rows: readonly string[]) =>
    new Set(
      readText(definition, file(rows))
        .parts.test.split("\n")
        .filter((line) => line !== "")
        .map((line) => line.replace(/^.*?,/, "")),
    );

  it("takes test first, then validation, then train", () => {
    const shares = { validation: 0.1, test: 0.2 };
    expect([0, 0.1999, 0.2, 0.2999, 0.3001, 0.9999].map((f) => splitOf(f, shares))).toEqual([
      "test",
      "test",
      "validation",
      "validation",
      "train",
      "train",
    ]);
  });

  it("has the declared shares", () => {
    const { result } = readText(definition, file(strikeRows(5_000)));
    if (!result.accepted) throw new Error("the file must be accepted");
    expect(result.rows.test / result.rows.total).toBeCloseTo(0.2, 1);
    expect(result.rows.validation / result.rows.total).toBeCloseTo(0.1, 1);
    expect(result.rows.train + result.rows.validation + result.rows.test).toBe(5_000);
  });

  it("keeps every row on its side when other rows come, go or are moved", () => {
    const rows = strikeRows(300);
    const alone = heldOut(rows);
    const shuffled = heldOut([...strikeRows(200, 5_000), ...[...rows].reverse()]);
    for (const row of alone) expect(shuffled.has(row)).toBe(true);
  });

  it("puts all rows of one key on one side", () => {
    const rows = strikeRows(2_000).map((row, i) => row.replace(/^r\d+/, `key${i % 40}`));
    const marked = rows.map((row, i) => row.replace(/,\d+,/, `,${i % 40},`));
    const { parts } = readText(definition, file(marked));
    const speeds = (text: string) => new Set([...text.matchAll(/^(\d+),/gm)].map((match) => match[1]));
    const test = new Set([...parts.test.matchAll(/"speed":(\d+)/g)].map((match) => match[1]));
    const [train, validation] = [speeds(parts.train), speeds(parts.validation)];
    expect(train.size + validation.size + test.size).toBe(40);
  });

  it("keeps the columns of a key apart: ab + c is another key than a + bc", () => {
    const composite = strikeDefinition((yaml) => yaml.replace("key: [id]", "key: [id, phase]"));
    const sides = (row: (n: number) => string) => {
      const rows = Array.from({ length: 18 }, (_, n) => row(n));
      const { parts } = readText(composite, file(rows));
      return [...parts.test.matchAll(/"speed":(\d+)/g)].map((match) => match[1]).join();
    };
    const one = sides((n) => `k${n},2001-01-01,${n},1x,Small,true,None`);
    const other = sides((n) => `k${n}1,2001-01-01,${n},x,Small,true,None`);
    expect(one).not.toBe(other);
  });
});
