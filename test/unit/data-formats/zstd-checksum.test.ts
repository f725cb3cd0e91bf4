import { describe, expect, it } from "vitest";
import { loadXxh64, startXxh64 } from "../../../core/data/formats/xxh64.ts";
import { strikeDefinition } from "../../fixtures/data/definitions.ts";
import { rawZstd, readBytes, slowXxh64 } from "./support.ts";

const definition = strikeDefinition();
const HEADER = "id,date,speed,phase,size,night,damage\n";
const rows = (count: number) =>
  Array.from(
    { length: count },
    (_, i) => `r${i},2001-01-0${(i % 9) + 1},10${i % 7},Climb,Small,true,${i % 3 === 0 ? "Minor" : "None"}\n`,
  ).join("");

/** Thirteen lines as the command zstd 1.5 has packed them (`zstd -19`); it adds checksums by itself. */
const BY_THE_TOOL =
  "KLUv/WQIAS0EALJGFhiAqw5kLAeLGaGqonPhpBJGtiaRcJgRsBBpF+nyEksMOghLWGqppBJKiBEvbwR6YYy3E+ffY/A4At0rrroPVpWvEeiEQdY+lcQt78fJt2RK89bdyPdk7c0FIKgRkLf/XQzQQ2UNMQVGmCks8c0H4ND23dnYxC5HLHXhNqy1K7UxqQIJZodz";

async function reasonsOf(file: Uint8Array, chunkBytes = 7): Promise<string[]> {
  const { result } = await readBytes(definition, "a.csv.zst", file, chunkBytes);
  return result.reasons.map(({ rule, message }) => `${rule}: ${message}`);
}

describe("XXH64", () => {
  it("gives the published values, in whatever pieces the bytes come", async () => {
    await loadXxh64();
    // https://github.com/Cyan4973/xxHash/blob/dev/tests/sanity_test_vectors.h and the documentation of its bindings.
    const known: readonly (readonly [string, bigint])[] = [
      ["", 0xef46db3751d8e999n],
      ["a", 0xd24ec4f1a98c6e5bn],
      ["abc", 0x44bc2cf5ad770999n],
      ["Nobody inspects the spammish repetition", 0xfbcea83c8a378bf1n],
    ];
    for (const [text, value] of known) expect(slowXxh64(Buffer.from(text))).toBe(value);
    const long = Buffer.from(rows(300));
    for (const bytes of [...known.map(([text]) => Buffer.from(text)), long]) {
      for (const piece of [1, 31, 32, 33, 1_000]) {
        const hash = startXxh64();
        for (let at = 0; at < bytes.length; at += piece) hash.update(bytes.subarray(at, at + piece));
        expect(hash.low32()).toBe(Number(slowXxh64(bytes) & 0xffff_ffffn));
      }
    }
  });
});

describe("a zstd file with content checksums", () => {
  const tool = Buffer.from(BY_THE_TOOL, "base64");

  it.each([1, 7, 10_000])("is read when they fit, in chunks of %i bytes", async (chunkBytes) => {
    expect(await reasonsOf(tool, chunkBytes)).toEqual([]);
    const frames = [rawZstd(Buffer.from(HEADER), "right"), rawZstd(Buffer.from(rows(5_000)), "right")];
    const short = rawZstd(Buffer.from("\n"), "right");
    const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9]);
    const without = rawZstd(Buffer.from(rows(3)));
    expect(
      await reasonsOf(
        Buffer.concat([...frames, skippable, short, without, rawZstd(Buffer.alloc(0), "right")]),
        chunkBytes,
      ),
    ).toEqual([]);
  });

  it.each([1, 7, 10_000])("is refused when one does not fit, in chunks of %i bytes", async (chunkBytes) => {
    const message = /^compressed: the zstd file cannot be unpacked: the content of a frame does not fit the checksum/;
    const changed = Buffer.from(tool);
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    const cases = [
      changed,
      rawZstd(Buffer.from(HEADER + rows(5_000)), "wrong"),
      Buffer.concat([rawZstd(Buffer.from(HEADER), "wrong"), rawZstd(Buffer.from(rows(5)), "right")]),
      Buffer.concat([rawZstd(Buffer.from(HEADER + rows(5)), "right"), rawZstd(Buffer.from("\n"), "wrong")]),
    ];
    for (const file of cases) expect(await reasonsOf(file, chunkBytes)).toEqual([expect.stringMatching(message)]);
  });

  it("is refused when a value was changed after it was packed, though every row is valid", async () => {
    const packed = Buffer.from(rawZstd(Buffer.from(HEADER + rows(50)), "right"));
    const at = packed.indexOf("105");
    packed.write("106", at);
    expect(await reasonsOf(packed)).toEqual([expect.stringContaining("checksum")]);
  });
});
