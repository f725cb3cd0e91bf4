import { describe, expect, it } from "vitest";
import type { BatchContext, BatchFacts } from "../../../core/data/batch-facts.ts";
import { judgeBatch } from "../../../core/data/judge-batch.ts";
import { loadKeySketch, storeKeySketch } from "../../../core/data/key-sketch.ts";
import { mergeProfiles } from "../../../core/data/merge-profiles.ts";
import { RowSampler } from "../../../core/data/row-sample.ts";
import type { ModelDefinition } from "../../../core/definition/schema.ts";
import { createRandom } from "../../../core/statistics/random.ts";
import { STRIKE_HEADER, strikeDefinition } from "../../fixtures/data/definitions.ts";
import { readFile } from "../data/read-file.ts";

const definition = strikeDefinition((yaml) =>
  yaml.replace("night: { type: boolean }", "night: { type: boolean, maxNullFraction: 1 }"),
);

interface Shape {
  count: number;
  first?: number;
  seed?: string;
  speed?: (damaged: boolean, random: () => number) => string;
  phase?: (random: () => number) => string;
  night?: (damaged: boolean) => string;
  day?: string;
  damage?: number;
  key?: (index: number) => string;
}

function factsOf(shape: Shape, model: ModelDefinition = definition): BatchFacts {
  const random = createRandom(shape.seed ?? "a");
  const draw = () => random.uniform();
  const lines = Array.from({ length: shape.count }, (_, index) => {
    const damaged = draw() < (shape.damage ?? 0.2);
    const speed = shape.speed?.(damaged, draw) ?? (100 + draw() * 200).toFixed(1);
    const phase = shape.phase?.(draw) ?? (draw() < 0.6 ? "Climb" : "Approach");
    const size = draw() < 0.5 ? "Small" : "Large";
    const night = shape.night?.(damaged) ?? String(draw() < 0.3);
    const key = shape.key?.(index) ?? `r${index + (shape.first ?? 0)}`;
    return [key, shape.day ?? "2001-03-04", speed, phase, size, night, damaged ? "Minor" : "None"].join(",");
  });
  const { result, parts } = readFile(model, [Buffer.from(`${[STRIKE_HEADER, ...lines].join("\n")}\n`)]);
  if (!result.accepted) throw new Error(JSON.stringify(result.reasons));
  const sampler = new RowSampler();
  sampler.add(Buffer.from(parts.train));
  return {
    rows: result.rows.total,
    profile: result.profile,
    timeRange: result.timeRange,
    columns: result.columns,
    sha256: `sha-${shape.seed ?? "a"}`,
    receivedAt: "2001-03-05T00:00:00Z",
    keys: result.keys,
    sample: sampler.build(),
  };
}

const NOTHING: BatchContext = { batches: [], profile: null, keys: [] };

function contextOf(...earlier: BatchFacts[]): BatchContext {
  return {
    batches: earlier.map((facts, index) => ({
      batchId: `batch${index}`,
      fileName: `file${index}.csv`,
      receivedAt: "2001-03-01T00:00:00Z",
      rows: facts.rows,
      sha256: facts.sha256,
      timeRange: facts.timeRange,
      columns: facts.columns,
    })),
    profile: earlier.map(({ profile }) => profile).reduce(mergeProfiles),
    keys: earlier.flatMap(({ keys }) => (keys === null ? [] : [loadKeySketch(storeKeySketch(keys))])),
  };
}

const before = [1, 2, 3].map((n) =>
  factsOf({ count: 2_000, first: n * 10_000, seed: `before${n}`, day: `2001-03-0${n}` }),
);
const context = contextOf(...before);

function rules(facts: BatchFacts, against: BatchContext = NOTHING, model = definition): string[] {
  return judgeBatch(model, facts, against).warnings.map(({ rule, column }) =>
    column === undefined ? rule : `${rule} ${column}`,
  );
}

describe("a batch like those before", () => {
  it.each(["x1", "x2", "x3", "x4", "x5"])("has no finding (%s)", (seed) => {
    expect(rules(factsOf({ count: 2_000, first: 90_000, seed }), context)).toEqual([]);
  });

  it("has no finding when it is the first one", () => {
    expect(rules(factsOf({ count: 500 }))).toEqual([]);
  });
});

describe("the rules about whole batches", () => {
  const one = (shape: Partial<Shape>, change: Partial<BatchFacts> = {}): BatchFacts => ({
    ...factsOf({ count: 2_000, first: 90_000, seed: "one", ...shape }),
    ...change,
  });

  it.each<[string, BatchFacts, string]>([
    ["repeated keys", one({ key: (index) => `r${index % 1_500}` }), "repeated-keys"],
    ["the same file again", one({}, { sha256: "sha-before2" }), "file-repeated"],
    ["rows that are known", one({ first: 11_000 }), "known-keys"],
    ["far fewer rows", one({ count: 120 }), "row-count"],
    ["far more rows", one({}, { rows: 30_000 }), "row-count"],
    ["a row of the future", one({ day: "2001-06-30" }), "time-range date"],
    ["a row of the middle ages", one({}, { timeRange: { from: "1066-10-14", to: "2001-03-04" } }), "time-range date"],
    ["old rows", one({ day: "2001-02-01" }), "time-order date"],
    ["new levels", one({ phase: (random) => (random() < 0.2 ? "climb" : "Climb") }), "new-levels phase"],
    ["a drifted number", one({ speed: (_, random) => (200 + random() * 200).toFixed(1) }), "batch-drift speed"],
    ["a drifted category", one({ phase: (random) => (random() < 0.2 ? "Climb" : "Approach") }), "batch-drift phase"],
    ["another class balance", one({ damage: 0.6 }), "target-balance damage"],
    ["a number that equals the target", one({ speed: (damaged) => (damaged ? "1" : "0") }), "leakage speed"],
    [
      "a number that gives it away by a threshold",
      one({ speed: (damaged, random) => String(damaged ? 300 + random() * 9 : random() * 299) }),
      "leakage speed",
    ],
    ["a boolean that equals the target", one({ night: (damaged) => String(damaged) }), "leakage night"],
    [
      "a value that is there for one class only",
      one({ night: (damaged) => (damaged ? "true" : "") }),
      "leakage-missing night",
    ],
    ["other columns", one({}, { columns: [...STRIKE_HEADER.split(","), "extra"] }), "schema-change"],
  ])("find %s", (_name, facts, expected) => {
    const found = rules(facts, context);
    expect(found).toContain(expected);
    for (const { message, count } of judgeBatch(definition, facts, context).warnings) {
      expect(message).toMatch(/[;:]/);
      expect(count).toBeGreaterThan(0);
    }
  });

  it("do not take an identifier, or noise, for leakage", () => {
    const noisy = one({ speed: (damaged, random) => String((damaged ? 150 : 100) + random() * 200) });
    expect(rules(noisy).filter((rule) => rule.startsWith("leakage"))).toEqual([]);
    const identifier = strikeDefinition((yaml) =>
      yaml.replace("phase: { type: category, maxLevels: 20 }", "phase: { type: category, maxLevels: 9999 }"),
    );
    let n = 0;
    const facts = factsOf({ count: 2_000, phase: () => `p${n++}` }, identifier);
    expect(rules(facts, NOTHING, identifier).filter((rule) => rule.startsWith("leakage"))).toEqual([]);
  });

  it("tell the rows of repeated keys", () => {
    const [finding] = judgeBatch(definition, one({ key: (index) => `r${index % 1_500}` }), NOTHING).warnings;
    expect(finding?.count).toBe(500);
    expect(finding?.examples[0]).toEqual({ row: 1_501, value: "r0" });
  });

  it("reject, warn or are silent as the definition says", () => {
    const facts = one({}, { sha256: "sha-before1" });
    const severe = (severity: string) =>
      judgeBatch(
        strikeDefinition((yaml) =>
          yaml.replace("  time: date", `  time: date\n  rules: { file-repeated: { severity: ${severity} } }`),
        ),
        facts,
        context,
      );
    expect(severe("reject")).toMatchObject({ rejections: [{ rule: "file-repeated" }], warnings: [] });
    expect(severe("warn")).toMatchObject({ rejections: [], warnings: [{ rule: "file-repeated" }] });
    expect(severe("off")).toEqual({ rejections: [], warnings: [] });
  });

  it("make a drift that is beyond doubt severe, and a small one not", () => {
    const severe = (power: number) =>
      judgeBatch(
        definition,
        one({ speed: (_, random) => (100 + random() ** power * 200).toFixed(1) }),
        context,
      ).warnings.map((warning) => warning.severe);
    expect(severe(8)).toEqual([true]);
    expect(severe(1.6)).toEqual([false]);
  });
});
