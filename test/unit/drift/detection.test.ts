import { describe, expect, it } from "vitest";
import { addToState, decideDrift, emptyDriftState } from "../../../core/drift/index.ts";
import { createRandom, normalCdf, normalQuantile } from "../../../core/statistics/index.ts";
import { liveCounts, referenceWithCounts, shiftedDeciles } from "./simulate.ts";

const START = Date.parse("2026-01-01T00:00:00Z");
const at = (day: number): string => new Date(START + day * 86_400_000).toISOString();
const CLEAN = shiftedDeciles(0, normalCdf, normalQuantile);
const FEATURES = Array.from({ length: 20 }, (_, k) => `feature ${k}`);

/** Runs one model: `quietDays` without drift, then a shift in `feature 7`; the day of the alarm naming it first, or null. */
function daysToAlarm(
  seed: string,
  options: { sigmas: number; quietDays: number; days: number; referenceRows: number; rowsPerDay: number },
): { days: number | null; level: string; falseNames: number } {
  const random = createRandom(seed);
  const references = Object.fromEntries(
    FEATURES.map((name) => [name, referenceWithCounts(random.multinomial(options.referenceRows, CLEAN))]),
  );
  const shifted = shiftedDeciles(options.sigmas, normalCdf, normalQuantile);
  let state = emptyDriftState(at(0));
  for (let day = 0; day < options.quietDays + options.days; day += 1) {
    const isDrifted = day >= options.quietDays;
    const counts = Object.fromEntries(
      FEATURES.map((name) => [
        name,
        liveCounts(random, options.rowsPerDay, isDrifted && name === "feature 7" ? shifted : CLEAN),
      ]),
    );
    state = addToState(state, counts, at(day + 1));
    if (!isDrifted) continue;
    const decision = decideDrift({ references, state, now: at(day + 1) });
    if (decision.features[0]?.feature === "feature 7" && decision.alarmed) {
      const falseNames = decision.features.filter(
        ({ level, feature }) => level !== "none" && feature !== "feature 7",
      ).length;
      return { days: day + 1 - options.quietDays, level: decision.level, falseNames };
    }
  }
  return { days: null, level: "none", falseNames: 0 };
}

function detectionRate(runs: number, options: Parameters<typeof daysToAlarm>[1], name: string) {
  const results = Array.from({ length: runs }, (_, run) => daysToAlarm(`${name} ${run}`, options));
  return {
    found: results.filter(({ days }) => days !== null).length / runs,
    acted: results.filter(({ level }) => level === "act").length / runs,
    falseNames: results.reduce((sum, { falseNames }) => sum + falseNames, 0),
  };
}

describe("detection: one of 20 features shifts, 500 rows a day, reference 10,000", () => {
  it("0.2 sigma from the champion's first day is found within 5 days", () => {
    const options = { sigmas: 0.2, quietDays: 0, days: 5, referenceRows: 10_000, rowsPerDay: 500 };
    const { found, falseNames } = detectionRate(150, options, "first day");
    expect(found).toBeGreaterThanOrEqual(0.97);
    expect(falseNames).toBe(0);
  });

  it("0.2 sigma after 30 quiet days is found within 5 days, too: the recent window is not diluted", () => {
    const options = { sigmas: 0.2, quietDays: 30, days: 5, referenceRows: 10_000, rowsPerDay: 500 };
    const { found } = detectionRate(150, options, "after 30 days");
    expect(found).toBeGreaterThanOrEqual(0.9);
  });

  it("0.5 sigma is found within 2 days and acted upon", () => {
    const options = { sigmas: 0.5, quietDays: 10, days: 2, referenceRows: 10_000, rowsPerDay: 500 };
    const { found, acted } = detectionRate(60, options, "large");
    expect(found).toBe(1);
    expect(acted).toBeGreaterThanOrEqual(0.9);
  });

  it("0.02 sigma is not important, however many rows prove it", () => {
    const options = { sigmas: 0.02, quietDays: 0, days: 3, referenceRows: 1_000_000, rowsPerDay: 1_000_000 };
    const { found } = detectionRate(10, options, "negligible");
    expect(found).toBe(0);
  });
});
