import { describe, expect, it } from "vitest";
import { strikeDefinition } from "../../fixtures/data/definitions.ts";
import { HOSTILE_FILES } from "../../fixtures/data/hostile.ts";
import { divide, readFile } from "./read-file.ts";

const definition = strikeDefinition();

describe("hostile files", () => {
  it("are a corpus of at least 35", () => {
    expect(HOSTILE_FILES.length).toBeGreaterThanOrEqual(35);
    expect(new Set(HOSTILE_FILES.map((file) => file.name)).size).toBe(HOSTILE_FILES.length);
  });

  it.each(HOSTILE_FILES)("$name gets the verdict $rules", ({ content, rules }) => {
    const { result } = readFile(definition, content());
    if (rules.length === 0) {
      expect(result.reasons).toEqual([]);
      expect(result.accepted).toBe(true);
      return;
    }
    expect(result.accepted).toBe(false);
    expect([...new Set(result.reasons.map((reason) => reason.rule))].sort()).toEqual([...rules].sort());
    for (const reason of result.reasons) {
      expect(reason.message.length).toBeGreaterThan(20);
      expect(reason.message.length).toBeLessThan(2_000);
      expect(reason.examples.length).toBeLessThanOrEqual(5);
      for (const example of reason.examples) expect(example.value.length).toBeLessThanOrEqual(100);
    }
  });

  it.each(HOSTILE_FILES)("$name gets the same reasons when it comes byte by byte", ({ content }) => {
    const chunks = [...limited(content(), 20_000)];
    const all = Buffer.concat(chunks);
    const bytewise = divide(
      all,
      Array.from({ length: all.length }, (_, i) => i),
    );
    expect(readFile(definition, bytewise).result.reasons).toEqual(readFile(definition, [all]).result.reasons);
  });
});

function* limited(chunks: Iterable<Uint8Array>, sizeBytes: number): Iterable<Uint8Array> {
  let left = sizeBytes;
  for (const chunk of chunks) {
    if (left <= 0) return;
    yield chunk.subarray(0, left);
    left -= chunk.length;
  }
}
