import type { GateInput, GateRequirements, GateRows } from "../../../core/gate/types.ts";
import { createRandom, type Random } from "../../../core/statistics/index.ts";

/** A gate section with the schema's defaults. */
export function requirements(
  changes: Partial<Omit<GateRequirements, "champion">> & { champion?: Partial<GateRequirements["champion"]> } = {},
): GateRequirements {
  const { champion, ...rest } = changes;
  return {
    metric: "auc",
    floors: {},
    floorBound: "estimate",
    slices: [],
    minimumRows: 100,
    ...rest,
    champion: { test: "paired", nonInferiorityMargin: 0.005, confidence: 0.95, superiority: false, ...champion },
  };
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/**
 * Binary rows scored by two models that share most of what they know, as two trainings on nearly the same data do.
 * `strength` is how far apart the classes are for each model; `own` is the share of noise that is the model's own.
 */
export function binaryRows(
  random: Random,
  rows: number,
  options: { challenger?: number; champion?: number; own?: number; positiveShare?: number } = {},
): { labels: Uint8Array; challenger: Float64Array; champion: Float64Array } {
  const { challenger = 1.2, champion = 1.2, own = 0.3, positiveShare = 0.3 } = options;
  const labels = new Uint8Array(rows);
  const first = new Float64Array(rows);
  const second = new Float64Array(rows);
  for (let i = 0; i < rows; i += 1) {
    const label = random.uniform() < positiveShare ? 1 : 0;
    const shared = random.normal();
    const score = (strength: number): number =>
      sigmoid(strength * (label - 0.5) + Math.sqrt(1 - own * own) * shared + own * random.normal() - 0.8);
    labels[i] = label;
    first[i] = score(challenger);
    second[i] = score(champion);
  }
  return { labels, challenger: first, champion: second };
}

/** Gate input over binary rows without slices. */
export function binaryInput(rows: Omit<GateRows, "slices">, gate: GateRequirements): GateInput {
  return { gate, problem: "binary-classification", rows: { ...rows, slices: {} } };
}

/** Regression rows: two models with errors of the given standard deviations, correlated. */
export function regressionRows(random: Random, rows: number, challenger: number, champion: number) {
  const labels = new Float64Array(rows);
  const first = new Float64Array(rows);
  const second = new Float64Array(rows);
  for (let i = 0; i < rows; i += 1) {
    const shared = random.normal();
    labels[i] = 100 + 30 * random.normal();
    first[i] = (labels[i] as number) + challenger * (0.95 * shared + 0.31 * random.normal());
    second[i] = (labels[i] as number) + champion * (0.95 * shared + 0.31 * random.normal());
  }
  return { labels, challenger: first, champion: second };
}

/** Probabilities row by row for a problem of three classes; `strength` is how much the true class stands out. */
export function multiclassRows(random: Random, rows: number, challenger: number, champion: number) {
  const labels = new Uint8Array(rows);
  const first = new Float64Array(rows * 3);
  const second = new Float64Array(rows * 3);
  for (let i = 0; i < rows; i += 1) {
    const label = random.integer(3);
    labels[i] = label;
    const shared = [random.normal(), random.normal(), random.normal()];
    for (const [target, strength] of [
      [first, challenger],
      [second, champion],
    ] as const) {
      const weights = shared.map((noise, c) => Math.exp(noise + 0.3 * random.normal() + (c === label ? strength : 0)));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      weights.forEach((weight, c) => {
        target[3 * i + c] = weight / total;
      });
    }
  }
  return { labels, challenger: first, champion: second };
}

/** A fresh stream for a test. */
export const seeded = (seed: string): Random => createRandom(seed);
