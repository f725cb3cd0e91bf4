import { describe, expect, it } from "vitest";
import { strikeDefinition } from "../../fixtures/data/definitions.ts";
import files from "../../fixtures/data/parquet.json" with { type: "json" };
import { inFormat, readBytes } from "./support.ts";

const definition = inFormat(
  strikeDefinition((yaml) => yaml.replace("max: 600", "max: 600, maxNullFraction: 1")),
  "parquet",
);
const { bomb, ...readable } = files;
const NAMES = Object.keys(readable) as (keyof typeof readable)[];

describe("files that pyarrow has written", () => {
  it.each(NAMES)("are read to the same profile, split and parts: %s", async (name) => {
    const whole = await readBytes(definition, "a.parquet", Buffer.from(readable["dictionary none"], "base64"));
    const { result, parts } = await readBytes(definition, "a.parquet", Buffer.from(readable[name], "base64"));
    expect(result.reasons).toEqual([]);
    expect(result.profile).toEqual(whole.result.profile);
    expect(result.rows).toMatchObject({ total: 60 });
    expect(parts).toEqual(whole.parts);
    const phase = result.profile.features["phase"];
    expect(phase).toMatchObject({ nulls: 9, levels: { "Take-off é": 13 } });
    expect(parts.train).toContain("Take-off é");
  });

  it("are refused when texts that repeat each other stand for hundreds of megabytes", async () => {
    const before = process.memoryUsage().rss;
    const { result } = await readBytes(definition, "a.parquet", Buffer.from(bomb, "base64"), 65_536);
    expect(result.reasons).toMatchObject([{ rule: "format" }]);
    expect(result.reasons[0]?.message).toContain("a column's texts unpack to more than");
    expect((process.memoryUsage().rss - before) / 1e6).toBeLessThan(150);
  });

  it("are given a verdict whatever byte of prefix-coded texts is damaged", async () => {
    const file = Buffer.from(readable["DELTA_BYTE_ARRAY in pages 1.0"], "base64");
    for (let at = 4; at < file.length; at += 37) {
      const damaged = Uint8Array.from(file);
      damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
      const { result } = await readBytes(definition, "a.parquet", damaged, 100_000);
      for (const { message } of result.reasons) expect(message.length).toBeLessThan(2_000);
    }
  });
});

describe("a codec that nobody writes any more", () => {
  it("is refused by name", async () => {
    const file = Buffer.from(readable["dictionary snappy"], "base64");
    // Field 4 of a column's metadata is the codec, as a zigzag varint: 1 (SNAPPY) becomes 3 (LZO).
    const footer = file.length - 8 - file.readUInt32LE(file.length - 8);
    const changed = Buffer.from(file);
    let found = 0;
    for (let at = footer; at < file.length - 8; at++) {
      if (file[at] === 0x15 && file[at + 1] === 2 && file[at + 2] === 0x16) {
        changed[at + 1] = 6;
        found++;
      }
    }
    expect(found).toBeGreaterThan(0);
    const { result } = await readBytes(definition, "a.parquet", changed, 100_000);
    expect(result.reasons[0]?.message).toMatch(/the codec LZO, which is not supported; write it with snappy/);
  });
});
