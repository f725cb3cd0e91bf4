import { describe, expect, it } from "vitest";
import { keyLower, keyUpper } from "../../../core/data/sketch.ts";
import { featureEvidence } from "../../../core/drift/evidence.ts";
import { type DriftState, decideDrift, driftReference } from "../../../core/drift/index.ts";
import { windowsOf } from "../../../core/drift/windows.ts";
import { createRandom, eBenjaminiHochberg, normalCdf, type Random } from "../../../core/statistics/index.ts";
import { referenceOfNumbers } from "./references.ts";
import { hourlyEvidence, liveCounts, referenceWithCounts } from "./simulate.ts";

const TEN = new Array<number>(10).fill(0.1);
const WITH_EDGES = [0, 0, ...TEN, 0];
const YEAR_HOURS = 365 * 24;
const START = Date.parse("2026-01-01T00:00:00Z");
const DAY_MILLIS = 86_400_000;
const at = (day: number): string => new Date(START + day * DAY_MILLIS).toISOString();

describe("false alarms without drift", () => {
  it("the fast simulation computes what the product computes", () => {
    const reference = [0, 0, ...createRandom("reference").multinomial(10_000, TEN), 0];
    const run = hourlyEvidence(createRandom("check"), reference, WITH_EDGES, {
      hours: 20 * 24,
      rowsPerHour: 21,
      minimumRows: 100,
    });
    const state: DriftState = {
      schemaVersion: 1,
      since: at(0),
      cumulative: { f: [...run.lastCumulative] },
      chunks: run.lastChunks.map((counts, index) => ({ openedAt: at(index), counts: { f: [...counts] } })),
    };
    const evidence = featureEvidence(reference, windowsOf("f", reference.length, state), 100);
    expect(evidence.windows).toHaveLength(8);
    expect(evidence.logEValue).toBeCloseTo(run.logEValues.at(-1) as number, 6);
  });

  it.each([
    ["10,000", 10_000, 10],
    ["1,000", 1_000, 10],
  ] as const)(
    "20 features, hourly looks for a year, reference %s: an alarm in at most one of twenty model years",
    (_, referenceRows, modelYears) => {
      const random = createRandom(`years ${referenceRows}`);
      let alarmedYears = 0;
      let crossings = 0;
      for (let year = 0; year < modelYears; year += 1) {
        const features = Array.from({ length: 20 }, () => {
          const reference = [0, 0, ...random.multinomial(referenceRows, TEN), 0];
          return hourlyEvidence(random, reference, WITH_EDGES, { hours: YEAR_HOURS, rowsPerHour: 21, minimumRows: 100 })
            .logEValues;
        });
        crossings += features.filter((logs) => logs.some((log) => log >= Math.log(20))).length;
        // Evidence alone, without the effect threshold, which only takes alarms away.
        let hasAlarmed = false;
        for (let hour = 0; hour < YEAR_HOURS && !hasAlarmed; hour += 1) {
          const logs = features.map((feature) => feature[hour] as number);
          // e-BH can only reject when some log e-value reaches log(1 / alpha).
          if (Math.max(...logs) < Math.log(20)) continue;
          hasAlarmed = eBenjaminiHochberg(logs, 0.05).rejected.some(Boolean);
        }
        if (hasAlarmed) alarmedYears += 1;
      }
      expect(alarmedYears / modelYears).toBeLessThanOrEqual(0.05);
      // Ville's bound for each feature by itself: e ever reaches 20 in at most 5 % of the years.
      expect(crossings / (20 * modelYears)).toBeLessThanOrEqual(0.05);
    },
  );

  it.each([
    ["uniform", () => 1],
    ["Zipf", (rank: number) => 1 / rank],
  ] as const)("a category of 1,000 levels (%s) without drift never fires", (_, weight) => {
    const random = createRandom(`levels ${weight(7)}`);
    const shares = Array.from({ length: 1_000 }, (_unused, k) => weight(k + 1));
    const names = shares.map((_unused, k) => `level ${k}`);
    let alarms = 0;
    for (let run = 0; run < 100; run += 1) {
      const trained = random.multinomial(run % 2 === 0 ? 10_000 : 3_000, shares);
      const levels = Object.fromEntries(
        names.flatMap((name, k) => (trained[k] === 0 ? [] : [[name, trained[k] as number]])),
      );
      const rows = trained.reduce((sum, count) => sum + count, 0);
      const reference = driftReference("level", {
        type: "category",
        count: rows,
        nulls: 0,
        levels,
        otherCount: 0,
        distinctOverflow: false,
      });
      if (reference.type !== "category") throw new Error("a category was asked for");
      const binOf = new Map(reference.levels.map((level, index) => [level, index + 3]));
      const others = new Set(reference.otherLevels);
      const binShares = new Array<number>(reference.bins.length).fill(0);
      names.forEach((name, k) => {
        const bin = binOf.get(name) ?? (others.has(name) ? 1 : 2);
        binShares[bin] = (binShares[bin] as number) + (shares[k] as number);
      });
      const cumulative = new Array<number>(binShares.length).fill(0);
      const chunks: { openedAt: string; counts: { level: number[] } }[] = [];
      // Looks at 500 rows a day, dense at first: the counts between looks only add up.
      for (const [from, to] of [
        [0, 1],
        [1, 2],
        [2, 3],
        [3, 5],
        [5, 7],
        [7, 14],
        [14, 30],
        [30, 90],
        [90, 365],
      ] as const) {
        const added = random.multinomial(500 * (to - from), binShares);
        added.forEach((count, bin) => {
          cumulative[bin] = (cumulative[bin] as number) + count;
        });
        chunks.push({ openedAt: at(from), counts: { level: added } });
        const state: DriftState = {
          schemaVersion: 1,
          since: at(0),
          cumulative: { level: [...cumulative] },
          chunks: chunks.slice(-7),
        };
        if (decideDrift({ references: { level: reference }, state, now: at(to) }).alarmed) alarms += 1;
      }
    }
    expect(alarms).toBe(0);
  });

  it.each([
    { values: "normal", draw: (random: Random) => random.normal(), below: normalCdf, upTo: normalCdf },
    {
      values: "0 for six rows of ten, else log-normal",
      draw: (random: Random) => (random.uniform() < 0.6 ? 0 : Math.exp(random.normal())),
      below: () => 0,
      upTo: (edge: number) => 0.6 + (edge <= 0 ? 0 : 0.4 * normalCdf(Math.log(edge))),
    },
  ])(
    "bins learnt from 1,000 training values ($values) hold Ville's bound for each feature",
    ({ draw, below, upTo }) => {
      const random = createRandom("learnt bins");
      const runs = 100;
      let crossings = 0;
      for (let run = 0; run < runs; run += 1) {
        const reference = referenceOfNumbers(
          "x",
          Array.from({ length: 1_000 }, () => draw(random)),
        );
        if (reference.type !== "number") throw new Error("a number was asked for");
        const edges = [below(keyLower(reference.lowestKey + 1)), ...reference.upperKeys.map(keyUpper).map(upTo)];
        const shares = [0, edges[0] as number, ...edges.slice(1).map((edge, k) => edge - (edges[k] as number))];
        const counts = reference.bins.map(({ count }) => count);
        const options = { hours: YEAR_HOURS / 4, rowsPerHour: 84, minimumRows: 100 };
        const { logEValues } = hourlyEvidence(random, counts, [...shares, 1 - (edges.at(-1) as number)], options);
        if (logEValues.some((log) => log >= Math.log(20))) crossings += 1;
      }
      expect(crossings / runs).toBeLessThanOrEqual(0.05);
    },
  );

  it("whole decisions, daily looks for a year: no alarm", () => {
    const random = createRandom("whole decisions");
    let alarms = 0;
    for (let year = 0; year < 3; year += 1) {
      const names = Array.from({ length: 20 }, (_, k) => `feature ${k}`);
      const references = Object.fromEntries(
        names.map((name) => [name, referenceWithCounts(random.multinomial(2_000, TEN))]),
      );
      let cumulative: Record<string, number[]> = Object.fromEntries(
        names.map((name) => [name, new Array<number>(13).fill(0)]),
      );
      const chunks: DriftState["chunks"][number][] = [];
      for (let day = 0; day < 365; day += 1) {
        const counts = Object.fromEntries(names.map((name) => [name, liveCounts(random, 500, TEN)]));
        cumulative = Object.fromEntries(
          names.map((name) => [
            name,
            (cumulative[name] as number[]).map((count, bin) => count + ((counts[name] as number[])[bin] as number)),
          ]),
        );
        chunks.push({ openedAt: at(day), counts });
        const state: DriftState = { schemaVersion: 1, since: at(0), cumulative, chunks: chunks.slice(-7) };
        if (decideDrift({ references, state, now: at(day + 1) }).alarmed) alarms += 1;
      }
    }
    expect(alarms).toBe(0);
  });
});
