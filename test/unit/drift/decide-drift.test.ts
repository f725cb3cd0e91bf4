import { describe, expect, it } from "vitest";
import type { NumberProfile } from "../../../core/data/profile.ts";
import {
  addToState,
  createRowCounter,
  type DriftReferences,
  decideDrift,
  driftReference,
  emptyDriftState,
} from "../../../core/drift/index.ts";
import { createRandom, type Random } from "../../../core/statistics/index.ts";
import { referenceOfLevels, referenceOfNumbers } from "./references.ts";

const at = (day: number): string => new Date(Date.parse("2026-01-01T00:00:00Z") + day * 86_400_000).toISOString();
const PHASES = ["Climb", "Approach", "Taxi", "Descent"];

interface Flight extends Record<string, number | string | null> {
  speed: number | null;
  altitude: number;
  phase: string;
}

function flight(random: Random): Flight {
  return {
    speed: random.uniform() < 0.1 ? null : 150 + 40 * random.normal(),
    altitude: Math.round(1_000 * random.gamma(1)),
    phase: PHASES[Math.min(3, random.integer(5))] as string,
  };
}

function references(random: Random, rows: number): DriftReferences {
  const flights = Array.from({ length: rows }, () => flight(random));
  const speeds = flights.flatMap(({ speed }) => (speed === null ? [] : [speed]));
  const speed = referenceOfNumbers("speed", speeds);
  return {
    speed: { ...speed, bins: speed.bins.map((bin, k) => (k === 0 ? { ...bin, count: rows - speeds.length } : bin)) },
    altitude: referenceOfNumbers(
      "altitude",
      flights.map(({ altitude }) => altitude),
    ),
    phase: referenceOfLevels(
      "phase",
      flights.map(({ phase }) => phase),
    ),
  };
}

/** Decision after a number of days, each with the rows that `rowsOf` makes. */
function monitor(trained: DriftReferences, days: number, rowsPerDay: number, row: (day: number) => Flight) {
  let state = emptyDriftState(at(0));
  for (let day = 0; day < days; day += 1) {
    const counter = createRowCounter(trained);
    for (let i = 0; i < rowsPerDay; i += 1) counter.add(row(day));
    state = addToState(state, counter.counts(), at(day + 1));
  }
  return decideDrift({ references: trained, state, now: at(days) });
}

describe("what a drift decision says", () => {
  it("knots sent as km/h: the feature is on top, with both numbers, its bins and the period, and it acts", () => {
    const random = createRandom("knots");
    const trained = references(random, 5_000);
    const decision = monitor(trained, 3, 300, (day) => {
      const row = flight(random);
      return day < 1 || row.speed === null ? row : { ...row, speed: row.speed * 1.852 };
    });
    expect(decision).toMatchObject({
      level: "act",
      alarmed: true,
      status: "tested",
      rows: 900,
      rowsSinceChampion: 900,
    });
    expect(decision.period).toEqual({ from: at(0), to: at(3) });
    const [worst, ...others] = decision.features;
    expect(worst).toMatchObject({ feature: "speed", level: "act", window: "recent", passed: false });
    expect(worst?.debiasedPsi).toBeGreaterThan(0.5);
    expect(worst?.eValue).toMatch(/^\d(\.\d)?e\d+$/);
    expect(worst?.bins[0]?.bin).toMatch(/\d|above/);
    expect(worst?.bins[0]?.liveShare).toBeGreaterThan((worst?.bins[0]?.referenceShare ?? 1) + 0.1);
    expect(others.every(({ level }) => level === "none")).toBe(true);
    expect(decision.reason).toMatch(
      /^speed moved \(debiased PSI .*e-value .*rows since .*%\); at least 0\.1: check where/,
    );
  });

  it("no drift: nothing is alarmed, features are still listed", () => {
    const random = createRandom("quiet");
    const trained = references(random, 5_000);
    const decision = monitor(trained, 5, 400, () => flight(random));
    expect(decision).toMatchObject({ level: "none", alarmed: false, status: "tested" });
    expect(decision.features).toHaveLength(3);
    expect(decision.reason).toMatch(/^no drift that is both proven and at least 0\.01/);
  });

  it("a level that training never saw, and missing values that appear, are found and named", () => {
    const random = createRandom("new level");
    const trained = references(random, 5_000);
    const decision = monitor(trained, 2, 300, () => {
      const row = flight(random);
      return { ...row, phase: random.uniform() < 0.3 ? "Landing Roll" : row.phase, altitude: row.altitude };
    });
    expect(decision.features[0]).toMatchObject({ feature: "phase", level: "act" });
    expect(decision.features[0]?.bins[0]).toMatchObject({ bin: "unseen", referenceShare: 0 });
    const nulls = monitor(trained, 2, 300, () => ({ ...flight(random), speed: null }));
    expect(nulls.features[0]).toMatchObject({ feature: "speed", level: "act" });
    expect(nulls.features[0]?.bins[0]?.bin).toBe("missing");
  });

  it("a disturbance that has passed is noted, not acted upon", () => {
    const random = createRandom("passed");
    const trained = references(random, 5_000);
    const row = (day: number): Flight => {
      const made = flight(random);
      return day >= 2 && day < 4 ? { ...made, altitude: made.altitude + 3_000 } : made;
    };
    expect(monitor(trained, 4, 300, row).level).toBe("act");
    const later = monitor(trained, 6, 300, row);
    expect(later.features[0]).toMatchObject({ feature: "altitude", level: "note", passed: true });
    expect(later.reason).toMatch(/no longer in the latest rows/);
  });

  it("with a reference below 1,000 rows it says so instead of guessing", () => {
    const random = createRandom("small reference");
    const decision = monitor(references(random, 800), 3, 300, () => ({ ...flight(random), altitude: 1e6 }));
    expect(decision).toMatchObject({ level: "none", alarmed: false, status: "insufficient-reference" });
    expect(decision.reason).toMatch(/^insufficient reference: the largest has 800 rows, at least 1000 are needed/);
  });

  it("with fewer than 100 live rows it waits", () => {
    const random = createRandom("few live rows");
    const decision = monitor(references(random, 2_000), 1, 99, () => ({ ...flight(random), altitude: 1e6 }));
    expect(decision).toMatchObject({ level: "none", status: "too-few-rows" });
    expect(decision.reason).toMatch(/too few live rows: 99 so far/);
  });

  it("a model without live rows, or without features, is not an error", () => {
    const trained = references(createRandom("none yet"), 2_000);
    expect(decideDrift({ references: trained, state: emptyDriftState(at(0)), now: at(0) }).status).toBe("too-few-rows");
    expect(decideDrift({ references: {}, state: emptyDriftState(at(0)), now: at(0) }).level).toBe("none");
  });

  it("the decision is plain JSON", () => {
    const random = createRandom("json");
    const decision = monitor(references(random, 2_000), 2, 200, () => flight(random));
    expect(JSON.parse(JSON.stringify(decision))).toEqual(decision);
  });
});

describe("references", () => {
  it("numbers keep the profile's exact counts", () => {
    const values = Array.from({ length: 3_000 }, (_, k) => k + 1);
    const reference = referenceOfNumbers("x", values);
    expect(reference.bins.reduce((sum, { count }) => sum + count, 0)).toBe(3_000);
    expect(reference.bins.length).toBeGreaterThanOrEqual(11);
  });

  it("well-filled levels keep their exact counts; rare ones are split, the same way every time", () => {
    const filled = driftReference("phase", category({ Climb: 500, Approach: 700, Taxi: 300 }));
    expect(filled.bins.map(({ label, count }) => [label, count])).toEqual([
      ["missing", 0],
      ["other", 0],
      ["unseen", 0],
      ["Approach", 700],
      ["Climb", 500],
      ["Taxi", 300],
    ]);
    const rare = category(Object.fromEntries(Array.from({ length: 1_000 }, (_, k) => [`level ${k}`, 10])));
    const split = driftReference("airport", rare);
    expect(driftReference("airport", rare)).toEqual(split);
    const rows = split.bins.reduce((sum, { count }) => sum + count, 0);
    expect(rows).toBeGreaterThan(4_500);
    expect(rows).toBeLessThan(5_500);
  });

  it("a level name that means something to JavaScript is just a name", () => {
    const reference = referenceOfLevels("x", [
      ...new Array<string>(600).fill("__proto__"),
      ...new Array<string>(600).fill("constructor"),
    ]);
    const counter = createRowCounter({ x: reference });
    counter.add({ x: "__proto__" });
    counter.add({ x: "toString" });
    expect(counter.counts()["x"]).toEqual([0, 0, 1, 1, 0]);
  });

  it("an empty profile gives bins without rows, which is an insufficient reference", () => {
    const empty: NumberProfile = {
      type: "number",
      nulls: 0,
      count: 0,
      min: null,
      max: null,
      mean: 0,
      m2: 0,
      sketch: { gamma: 1.02, zero: 0, positive: {}, negative: {} },
    };
    const references = { x: driftReference("x", empty) };
    expect(decideDrift({ references, state: emptyDriftState(at(0)), now: at(0) }).status).toBe(
      "insufficient-reference",
    );
  });
});

function category(levels: Record<string, number>): Parameters<typeof driftReference>[1] {
  const count = Object.values(levels).reduce((sum, rows) => sum + rows, 0);
  return { type: "category", count, nulls: 0, levels, otherCount: 0, distinctOverflow: false };
}
