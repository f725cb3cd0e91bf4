import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createIngest } from "../../../core/data/ingest.ts";
import type { Profile } from "../../../core/data/profile.ts";
import { createRangeScanner, cutRanges, planRanges } from "../../../core/data/ranges.ts";
import { SPLITS } from "../../../core/data/split.ts";
import { keySketchFromJson, keySketchToJson } from "../../../core/dataset/merge-keys.ts";
import { createRangeMerge } from "../../../core/dataset/merge-ranges.ts";
import { createRangeIngest, type RangePartial } from "../../../core/dataset/range-ingest.ts";
import { parseDefinition } from "../../../core/definition/parse.ts";
import type { ModelDefinition } from "../../../core/definition/schema.ts";
import { copiedOutput } from "../../support/copied-output.ts";

const CSV = parseDefinition(
  `schemaVersion: 1
name: ranges
problem: binary-classification
data:
  target: { column: bad, positive: ["yes"], negative: ["no"] }
  key: [id]
  time: day
  features:
    size: { type: number, min: -100, max: 100 }
    "colour, tone": { type: category, maxLevels: 5 }
    night: { type: boolean }
  constantTarget: accept
gate: { metric: auc }
`,
  "model.yaml",
);
const JSONL: ModelDefinition = { ...CSV, data: { ...CSV.data, format: "jsonl" } };

interface Outcome {
  readonly accepted: boolean;
  readonly rows: number;
  readonly split: object;
  readonly reasons: readonly object[];
  readonly parts: Record<string, string>;
  readonly profile: Profile;
  readonly timeRange: object | null;
  readonly keys: number[];
}

const decoder = new TextDecoder();

function inOnePass(definition: ModelDefinition, file: Uint8Array): Outcome {
  const ingest = createIngest(definition, { batchId: "b" });
  const first = copiedOutput(ingest.write(file));
  const result = ingest.end();
  const parts = Object.fromEntries(
    SPLITS.map((side) => [side, decoder.decode(first[side]) + decoder.decode(result.output[side])]),
  );
  return {
    accepted: result.accepted,
    rows: result.profile.rows,
    split: result.accepted ? result.rows : {},
    reasons: result.reasons,
    parts,
    profile: result.profile,
    timeRange: result.timeRange,
    keys: result.accepted ? [...result.keys.keys] : [],
  };
}

function inRanges(definition: ModelDefinition, file: Uint8Array, count: number, chunkBytes: number): Outcome {
  // The header line has up to 44 bytes, and the first range must hold it.
  const scans = cutRanges(file.length, Math.min(count, Math.max(1, Math.floor(file.length / 60)))).map((range) => {
    const scanner = createRangeScanner(definition, range);
    for (let at = range.from; at < range.to; at += chunkBytes) {
      scanner.write(file.subarray(at, Math.min(range.to, at + chunkBytes)));
    }
    return scanner.end();
  });
  const parts: Record<string, string> = { train: "", validation: "", test: "" };
  const merge = createRangeMerge(definition);
  for (const task of planRanges(scans)) {
    const ingest = createRangeIngest(definition, { batchId: "b", task });
    const outputs = [];
    for (let at = task.from; at < file.length && !ingest.isDone; at += chunkBytes) {
      outputs.push(copiedOutput(ingest.write(file.slice(at, at + chunkBytes))));
    }
    const { output, partial } = ingest.end();
    outputs.push(copiedOutput(output));
    for (const side of SPLITS) {
      const text = outputs.map((one) => decoder.decode(one[side])).join("");
      const header = parts[side] !== "" && side !== "test" ? text.indexOf("\n") + 1 : 0;
      parts[side] += text.slice(header);
    }
    // Partials travel as JSON.
    const travelled = JSON.parse(
      JSON.stringify({ ...partial, keys: partial.keys === null ? null : keySketchToJson(partial.keys) }),
    );
    const keys = travelled.keys === null ? null : keySketchFromJson(travelled.keys);
    merge.add({ ...travelled, keys } as RangePartial);
  }
  const merged = merge.end();
  return {
    accepted: merged.accepted,
    rows: merged.rows,
    split: merged.accepted ? merged.split : {},
    reasons: merged.reasons,
    parts,
    profile: merged.profile,
    timeRange: merged.timeRange,
    keys: merged.accepted ? [...merged.keys.keys] : [],
  };
}

/** Numbers that depend on the order of summation, taken out of a profile and compared apart. */
function expectSameProfile(actual: Profile, expected: Profile): void {
  const exact = (profile: Profile) =>
    JSON.stringify(profile, (key, value) => (key === "mean" || key === "m2" ? undefined : value));
  expect(JSON.parse(exact(actual))).toEqual(JSON.parse(exact(expected)));
  for (const [name, feature] of Object.entries(expected.features)) {
    const other = actual.features[name];
    if (feature.type !== "number" || other?.type !== "number") continue;
    expect(other.mean).toBeCloseTo(feature.mean, 9);
    expect(Math.abs(other.m2 - feature.m2)).toBeLessThanOrEqual(1e-9 * Math.max(1, feature.m2));
  }
}

function expectSame(definition: ModelDefinition, text: string, count: number, chunkBytes: number): void {
  const file = new TextEncoder().encode(text);
  const whole = inOnePass(definition, file);
  const ranges = inRanges(definition, file, count, chunkBytes);
  expect(ranges.reasons).toEqual(whole.reasons);
  expect(ranges).toMatchObject({
    accepted: whole.accepted,
    rows: whole.rows,
    split: whole.split,
    timeRange: whole.timeRange,
  });
  expectSameProfile(ranges.profile, whole.profile);
  if (!whole.accepted) return;
  expect(ranges.parts).toEqual(whole.parts);
  expect(ranges.keys).toEqual(whole.keys);
}

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
const colour = fc.constantFrom(
  "red",
  quoted("dark, blue"),
  quoted("line\nbreak"),
  quoted('say "hi"'),
  quoted("a\r\nb,c"),
  "",
);
const goodRow = fc
  .tuple(
    fc.nat(30),
    fc.integer({ min: -99, max: 99 }),
    colour,
    fc.constantFrom("yes", "no", ""),
    fc.nat(27),
    fc.boolean(),
  )
  .map(
    ([id, size, tone, night, day, bad]) =>
      `${id},${size},${tone},${night},2024-02-${String(day + 1).padStart(2, "0")},${bad ? "yes" : "no"}`,
  );
const badRow = fc.constantFrom(
  "1,2,3",
  '7,"un"quoted",red,yes,2024-02-01,no',
  "8,huge,red,maybe,2024-02-30,perhaps",
  "9,5000,green,yes,2024-02-01,",
  "",
  'x"y,1,it"s,no,2024-02-03,no',
);
const csvFile = (row: fc.Arbitrary<string>) =>
  fc
    .tuple(
      fc.array(row, { minLength: 3, maxLength: 40 }),
      fc.constantFrom("\n", "\r\n"),
      fc.boolean(),
      fc.constantFrom("", "\ufeff"),
    )
    .map(
      ([rows, line, ends, mark]) =>
        `${mark}id,size,"colour, tone",night,day,bad${line}${rows.join(line)}${ends ? line : ""}`,
    );
// The first range must hold the header line.
const cuts = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 200 }));

describe("a file in ranges", () => {
  it("gives what one pass gives, wherever the cuts fall", () => {
    fc.assert(
      fc.property(csvFile(goodRow), cuts, (text, [count, chunkBytes]) => expectSame(CSV, text, count, chunkBytes)),
      { numRuns: 300 },
    );
  });

  it("gives the same reasons for a broken file", () => {
    fc.assert(
      fc.property(
        csvFile(fc.oneof({ weight: 5, arbitrary: goodRow }, { weight: 1, arbitrary: badRow })),
        cuts,
        (text, [count, chunkBytes]) => expectSame(CSV, text, count, chunkBytes),
      ),
      { numRuns: 300 },
    );
  });

  it("gives the same for JSON Lines", () => {
    const row = goodRow.map((line, index = 0) => {
      const [id, size] = line.split(",");
      return JSON.stringify({
        id,
        size: Number(size),
        "colour, tone": "r\u00e4d",
        night: true,
        day: "2024-02-01",
        bad: index % 2 ? "yes" : "no",
      });
    });
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 3, maxLength: 30 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 300 }),
        (rows, count, chunkBytes) => expectSame(JSONL, `${rows.join("\n")}\n`, count, chunkBytes),
      ),
      { numRuns: 100 },
    );
  });

  it("judges the whole, not the pieces: a share of missing values, levels, and a target that is constant in one range only", () => {
    const rows = Array.from({ length: 600 }, (_, id) => {
      const half = id < 300;
      return `${id},${half ? "" : id % 90},c${half ? id % 3 : 3 + (id % 3)},yes,2024-02-01,${half ? "yes" : "no"}`;
    });
    const text = `id,size,"colour, tone",night,day,bad\n${rows.join("\n")}\n`;
    const file = new TextEncoder().encode(text);
    const strict: ModelDefinition = { ...CSV, data: { ...CSV.data, constantTarget: "reject" } };
    expect(inRanges(strict, file, 4, 1000).reasons).toMatchObject([{ rule: "level-count" }]);
    expectSame(strict, text, 4, 1000);
    const missing = text.replaceAll(/^(\d+),\d+,/gm, (found, id) => (Number(id) % 3 === 0 ? found : `${id},,`));
    expect(inOnePass(strict, new TextEncoder().encode(missing)).reasons).toMatchObject([
      { rule: "null-fraction" },
      { rule: "level-count" },
    ]);
    expectSame(strict, missing, 5, 777);
  });
});
