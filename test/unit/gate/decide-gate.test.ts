import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decideGate, gateMetricsFor } from "../../../core/gate/index.ts";
import type { GateInput } from "../../../core/gate/types.ts";
import { binaryInput, binaryRows, multiclassRows, regressionRows, requirements, seeded } from "./samples.ts";

const codes = (report: ReturnType<typeof decideGate>): string[] => report.reasons.map(({ code }) => code);

describe("first champion: the floors decide", () => {
  const rows = { ...binaryRows(seeded("first"), 2_000), champion: null };

  it("passes when every floor is held, without a comparison", () => {
    const report = decideGate(binaryInput(rows, requirements({ floors: { auc: 0.7, "log-loss": 0.7 } })));
    expect(report.verdict).toBe("passed");
    expect(codes(report)).toEqual(["rows.held", "floor.held", "floor.held"]);
    expect(report.comparison).toBeNull();
    expect(report.metrics.champion).toEqual({});
    expect(report.positives).toBeGreaterThan(400);
  });

  it("fails below a floor and says what was measured and required", () => {
    const report = decideGate(binaryInput(rows, requirements({ floors: { auc: 0.95 } })));
    expect(report.verdict).toBe("failed");
    expect(report.reasons.at(-1)?.message).toMatch(/^auc is 0\.\d+, at least 0\.95 is required; improve/);
  });

  it("a floor where smaller is better is a ceiling", () => {
    expect(decideGate(binaryInput(rows, requirements({ floors: { brier: 0.01 } }))).verdict).toBe("failed");
    expect(decideGate(binaryInput(rows, requirements({ floors: { brier: 0.5 } }))).verdict).toBe("passed");
  });

  it("with the confidence bound, an estimate just above the floor is undecided and tells how many rows are needed", () => {
    const measured = decideGate(binaryInput(rows, requirements())).metrics.challenger["auc"] as number;
    const gate = requirements({ floors: { auc: measured - 0.005 }, floorBound: "confidence" });
    const report = decideGate(binaryInput(rows, gate));
    expect(report.verdict).toBe("undecided");
    const needed = report.reasons.at(-1)?.needed;
    expect(needed?.rows).toBeGreaterThan(2_000);
    const more = { ...binaryRows(seeded("more"), 4 * (needed?.rows ?? 0)), champion: null };
    const reached = decideGate(binaryInput(more, requirements())).metrics.challenger["auc"] as number;
    const again = requirements({ floors: { auc: reached - 0.005 }, floorBound: "confidence" });
    expect(decideGate(binaryInput(more, again)).verdict).toBe("passed");
  });
});

describe("against a champion", () => {
  it("a clearly better challenger passes, also when superiority is required", () => {
    const rows = binaryRows(seeded("better"), 4_000, { challenger: 1.6 });
    const report = decideGate(binaryInput(rows, requirements({ champion: { superiority: true } })));
    expect(report.verdict).toBe("passed");
    expect(report.comparison).toMatchObject({ metric: "auc", test: "delong", margin: 0.005 });
    expect(report.comparison?.low).toBeGreaterThan(0);
    expect(codes(report)).toEqual(["rows.held", "non-inferiority.held", "superiority.held"]);
  });

  it("a clearly worse challenger fails", () => {
    const rows = binaryRows(seeded("worse"), 4_000, { challenger: 0.8 });
    const report = decideGate(binaryInput(rows, requirements()));
    expect(report.verdict).toBe("failed");
    expect(codes(report)).toContain("non-inferiority.broken");
  });

  it("an equal challenger on few rows is undecided and tells how many rows and positives would do", () => {
    const rows = binaryRows(seeded("equal"), 400, { own: 0.6 });
    const report = decideGate(binaryInput(rows, requirements({ champion: { nonInferiorityMargin: 0.01 } })));
    expect(report.verdict).toBe("undecided");
    const reason = report.reasons.find(({ rule }) => rule === "non-inferiority");
    expect(reason?.needed?.rows).toBeGreaterThan(400);
    expect(reason?.needed?.positives).toBeGreaterThan(report.positives as number);
    expect(reason?.message).toMatch(/add data until about \d+ rows with about \d+ positives are held out \(now 400\)/);
  });

  it("the same model twice passes even with a margin of 0", () => {
    const { labels, challenger } = binaryRows(seeded("same"), 500);
    const gate = requirements({ champion: { nonInferiorityMargin: 0 } });
    for (const metric of ["auc", "log-loss", "brier", "f1", "average-precision"]) {
      const report = decideGate(binaryInput({ labels, challenger, champion: challenger }, { ...gate, metric }));
      expect(report.verdict, metric).toBe("passed");
      expect(report.comparison).toMatchObject({ difference: 0, standardError: 0, pValue: 1 });
    }
  });

  it("too few rows, or too few positives, are undecided whatever the metrics say", () => {
    const few = binaryRows(seeded("few"), 80, { challenger: 0.2, champion: 3 });
    const byRows = decideGate(binaryInput(few, requirements({ floors: { auc: 0.99 } })));
    expect([byRows.verdict, ...codes(byRows)]).toEqual(["undecided", "rows.undecided"]);
    expect(byRows.reasons[0]?.needed).toEqual({ rows: 100 });
    const rare = binaryRows(seeded("rare"), 500, { positiveShare: 0.008 });
    const byPositives = decideGate(binaryInput(rare, requirements()));
    expect([byPositives.verdict, ...codes(byPositives)]).toEqual(["undecided", "rows.undecided"]);
    expect(byPositives.reasons[0]?.needed?.positives).toBe(10);
    expect(byPositives.reasons[0]?.message).toMatch(/positives among 500 held-out rows, at least 10 are required/);
  });

  it("a slice on which the challenger is clearly worse fails it, although it is better overall", () => {
    const random = seeded("slices");
    const good = binaryRows(random, 5_000, { challenger: 1.6 });
    const bad = binaryRows(random, 800, { challenger: 0.2 });
    const tiny = binaryRows(random, 20);
    const join = (pick: (rows: typeof good) => ArrayLike<number>): number[] =>
      [good, bad, tiny].flatMap((part) => [...Array.from(pick(part))]);
    const phase = [...good.labels].map((_, i) => (i % 2 === 0 ? "Climb" : "Approach"));
    const input: GateInput = {
      gate: requirements({ slices: ["Phase of flight"] }),
      problem: "binary-classification",
      rows: {
        labels: join(({ labels }) => labels),
        challenger: join(({ challenger }) => challenger),
        champion: join(({ champion }) => champion),
        slices: {
          "Phase of flight": [...phase, ...new Array<string>(800).fill("Taxi"), ...new Array<null>(20).fill(null)],
        },
      },
    };
    const report = decideGate(input);
    expect(report.verdict).toBe("failed");
    expect(report.comparison?.difference).toBeGreaterThan(0);
    expect(report.slices.map(({ level, worse }) => [level, worse])).toEqual([
      ["Climb", false],
      ["Approach", false],
      ["Taxi", true],
    ]);
    const reason = report.reasons.find(({ code }) => code === "slices.broken");
    expect(reason?.message).toMatch(
      /^on Phase of flight = Taxi \(800 rows\) auc differs by -0\.\d+ for the worse.*1 levels have too few rows/,
    );
  });
});

describe("every metric of every problem", () => {
  const random = seeded("metrics");
  const inputs: GateInput[] = [
    {
      gate: requirements(),
      problem: "binary-classification",
      rows: { ...binaryRows(random, 1_500, { challenger: 1.8 }), slices: {} },
    },
    { gate: requirements(), problem: "regression", rows: { ...regressionRows(random, 1_500, 4, 6), slices: {} } },
    {
      gate: requirements(),
      problem: "multiclass-classification",
      classes: ["a", "b", "c"],
      rows: { ...multiclassRows(random, 1_500, 1.8, 1.2), slices: {} },
    },
  ];
  const cases = inputs.flatMap((input) =>
    gateMetricsFor(input.problem).map((metric) => ({ input, id: metric.id, problem: input.problem })),
  );

  it.each(cases)(
    "$problem, $id: a better challenger passes, the reverse comparison mirrors it and fails",
    ({ input, id }) => {
      const gate = requirements({ metric: id, champion: { superiority: true } });
      const forward = decideGate({ ...input, gate });
      expect(forward.verdict).toBe("passed");
      const { challenger, champion } = input.rows;
      const swapped = { ...input.rows, challenger: champion as ArrayLike<number>, champion: challenger };
      const backward = decideGate({ ...input, gate, rows: swapped });
      expect(backward.verdict).toBe("failed");
      expect(backward.comparison?.difference).toBeCloseTo(-(forward.comparison?.difference as number), 10);
      const interval = forward.intervals.challenger[id];
      expect(interval?.low).toBeLessThanOrEqual(forward.metrics.challenger[id] as number);
      expect(interval?.high).toBeGreaterThanOrEqual(forward.metrics.challenger[id] as number);
    },
  );

  it("small samples of losses are compared by the seeded bootstrap, the same seed gives the same report", () => {
    const rows = { ...regressionRows(seeded("small"), 150, 2, 6), slices: {} };
    const input: GateInput = {
      gate: requirements({ metric: "rmse", champion: { nonInferiorityMargin: 0.1 } }),
      problem: "regression",
      rows,
    };
    const report = decideGate(input);
    expect(report.comparison?.test).toBe("paired-bootstrap");
    expect(report.verdict).toBe("passed");
    expect(decideGate(input)).toEqual(report);
    expect(decideGate({ ...input, seed: 2 }).comparison?.standardError).not.toBe(report.comparison?.standardError);
  });

  it("the report is plain JSON", () => {
    for (const input of inputs) {
      const metric = gateMetricsFor(input.problem)[0]?.id ?? "";
      const report = decideGate({ ...input, gate: requirements({ metric }) });
      expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    }
  });
});

describe("input that does not fit is refused", () => {
  const good = binaryRows(seeded("input"), 200);
  const input = binaryInput(good, requirements());

  it.each([
    ["labels", { ...input, rows: { ...input.rows, labels: [2, ...good.labels.slice(1)] } }, "label of row 0 is 2"],
    [
      "length",
      { ...input, rows: { ...input.rows, challenger: good.challenger.slice(1) } },
      "challenger has 199 scores for 200 rows",
    ],
    [
      "probability",
      { ...input, rows: { ...input.rows, champion: good.champion.map((p, i) => (i === 7 ? 1.5 : p)) } },
      "champion's score of row 7 is 1.5",
    ],
    [
      "NaN",
      { ...input, rows: { ...input.rows, challenger: good.challenger.map((p, i) => (i === 7 ? Number.NaN : p)) } },
      "score of row 7 is NaN",
    ],
    [
      "metric",
      { ...input, gate: requirements({ metric: "rmse" }) },
      "metric rmse does not fit binary-classification, allowed are auc, average-precision",
    ],
    ["slice", { ...input, gate: requirements({ slices: ["Phase"] }) }, "declares the slice Phase"],
    ["classes", { ...input, problem: "multiclass-classification" as const }, "at least 2 class names, got 0"],
  ])("%s", (_, wrong, message) => {
    expect(() => decideGate(wrong)).toThrow(message);
  });

  it("no rows at all are undecided", () => {
    const empty = { labels: [], challenger: [], champion: null };
    expect(decideGate(binaryInput(empty, requirements({ floors: { auc: 0.7 } }))).verdict).toBe("undecided");
  });
});

describe("properties", () => {
  it("the verdict does not depend on the order of the rows", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e6 }),
        fc.constantFrom("auc", "accuracy", "log-loss", "f1"),
        (seed, metric) => {
          const random = seeded(`order ${seed}`);
          const rows = binaryRows(random, 300, { challenger: 1 + random.uniform() });
          const order = Array.from(rows.labels, (_, i) => ({ i, key: random.uniform() }))
            .sort((a, b) => a.key - b.key)
            .map(({ i }) => i);
          const pick = (values: ArrayLike<number>): number[] => order.map((i) => values[i] as number);
          const shuffled = {
            labels: pick(rows.labels),
            challenger: pick(rows.challenger),
            champion: pick(rows.champion),
          };
          const gate = requirements({ metric, floors: { auc: 0.75 } });
          const before = decideGate(binaryInput(rows, gate));
          const after = decideGate(binaryInput(shuffled, gate));
          expect(after.verdict).toBe(before.verdict);
          expect(after.comparison?.difference).toBeCloseTo(before.comparison?.difference as number, 10);
          expect(after.comparison?.standardError).toBeCloseTo(before.comparison?.standardError as number, 10);
        },
      ),
      { numRuns: 30 },
    );
  });
});
