import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import type { Fleet, LiveVariant } from "../../../local/services/sagemaker/fleet.ts";
import { chooseRoute, type FleetShare } from "../../../local/services/sagemaker/traffic.ts";

/** A fleet whose containers are never called. */
function fleet(configName: string, weights: Readonly<Record<string, number>>): Fleet {
  const variants = Object.entries(weights).map(([name, weight]) => ({ name, weight }) as LiveVariant);
  return { configName, variants, retire: () => Promise.resolve(), stop: () => Promise.resolve() };
}

const numbers = (...values: number[]) => {
  const rest = [...values];
  return () => rest.shift() ?? 0;
};

describe("traffic", () => {
  const both: FleetShare[] = [
    { fleet: fleet("old", { main: 1 }), percent: 90 },
    { fleet: fleet("new", { main: 4, challenger: 1 }), percent: 10 },
  ];

  it.each([
    [0, 0, "old", "main"],
    [0.899, 0, "old", "main"],
    [0.9, 0.79, "new", "main"],
    [0.9, 0.8, "new", "challenger"],
  ])("with random numbers %d and %d goes to %s/%s", (first, second, config, variant) => {
    const route = chooseRoute(both, undefined, numbers(first, second));
    expect([route?.fleet.configName, route?.variant.name]).toEqual([config, variant]);
  });

  it("finds a target variant in the only fleet that has it", () => {
    expect(chooseRoute(both, "challenger", numbers(0))?.fleet.configName).toBe("new");
    expect(chooseRoute(both, "nobody", numbers(0))).toBeUndefined();
    expect(chooseRoute([], undefined, numbers(0))).toBeUndefined();
  });

  test.prop([fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })])(
    "never reaches a variant of weight 0 by chance",
    (random) => {
      const share = { fleet: fleet("c", { off: 0, on: 2, alsoOff: 0 }), percent: 100 };
      expect(chooseRoute([share], undefined, () => random)?.variant.name).toBe("on");
    },
  );
});
