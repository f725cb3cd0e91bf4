import type { Fleet, LiveVariant } from "./fleet.ts";

/** A fleet and its share of the traffic, in percent. During a deployment there are two, else one with 100. */
export interface FleetShare {
  readonly fleet: Fleet;
  readonly percent: number;
}

/** Where a request goes. */
export interface Route {
  readonly fleet: Fleet;
  readonly variant: LiveVariant;
}

/**
 * Picks the fleet by its share, then the variant by its weight: two random numbers in [0, 1). A target variant takes
 * the request whatever its weight; `undefined` when no fleet has it.
 */
export function chooseRoute(
  fleets: readonly FleetShare[],
  targetVariant: string | undefined,
  random: () => number,
): Route | undefined {
  const able = fleets.filter(
    ({ fleet }) => targetVariant === undefined || fleet.variants.some(({ name }) => name === targetVariant),
  );
  const chosen = pickWeighted(able, ({ percent }) => percent, random);
  if (!chosen) return undefined;
  const { fleet } = chosen;
  const variant =
    targetVariant === undefined
      ? pickWeighted(fleet.variants, ({ weight }) => weight, random)
      : fleet.variants.find(({ name }) => name === targetVariant);
  return variant ? { fleet, variant } : undefined;
}

function pickWeighted<T>(items: readonly T[], weightOf: (item: T) => number, random: () => number): T | undefined {
  const total = items.reduce((sum, item) => sum + weightOf(item), 0);
  let rest = random() * total;
  for (const item of items) {
    const weight = weightOf(item);
    if (weight > 0 && rest < weight) return item;
    rest -= weight;
  }
  return items.at(-1);
}
