import { describe, expect, it } from "vitest";
import { strikeDefinition } from "../../fixtures/data/definitions.ts";
import { HOSTILE_FILES } from "../../fixtures/data/hostile.ts";
import { HOSTILE_PACKED } from "../../fixtures/data/hostile-packed.ts";
import { inFormat, readBytes } from "./support.ts";

const definition = strikeDefinition();

describe("hostile compressed and Parquet files", () => {
  it("make a corpus of at least 100 together with the plain ones", () => {
    const names = [...HOSTILE_FILES, ...HOSTILE_PACKED].map((file) => file.name);
    expect(names.length).toBeGreaterThanOrEqual(100);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(HOSTILE_PACKED)("$name ($format) gets the verdict $rules", async (file) => {
    const { name, format, compression = "auto", rules, says } = file;
    const before = process.memoryUsage().rss;
    const { result } = await readBytes(inFormat(definition, format, { compression }), name, file.content(), 65_536);
    expect([...new Set(result.reasons.map((reason) => reason.rule))]).toEqual([...rules]);
    expect(result.accepted).toBe(rules.length === 0);
    for (const { message, examples } of result.reasons) {
      expect(message.length).toBeGreaterThan(20);
      expect(message.length).toBeLessThan(2_000);
      for (const { value } of examples) expect(value.length).toBeLessThanOrEqual(100);
    }
    if (says !== undefined) expect(result.reasons[0]?.message).toContain(says);
    expect((process.memoryUsage().rss - before) / 1e6).toBeLessThan(400);
  });
});
