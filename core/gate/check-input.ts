import { MlopsError } from "../errors/mlops-error.ts";
import { findGateMetric, gateMetricsFor } from "./metric-registry.ts";
import type { GateMetric } from "./metrics/gate-metric.ts";
import type { GateInput } from "./types.ts";

/** Number of classes: 2 for binary, the given names for multiclass, 0 for regression. */
export function classCountOf(input: GateInput): number {
  if (input.problem === "regression") return 0;
  if (input.problem === "binary-classification") return 2;
  return input.classes?.length ?? 0;
}

/**
 * Checks shapes and values of the gate's input; the gate must not decide on rows that do not belong together.
 * Errors: `gate.invalid-predictions`, naming column, row and value.
 */
export function checkRows(input: GateInput): void {
  const { labels, challenger, champion, slices } = input.rows;
  const rows = labels.length;
  const classCount = classCountOf(input);
  if (input.problem === "multiclass-classification" && classCount < 2) {
    fail(`multiclass classification needs at least 2 class names, got ${classCount}`);
  }
  const width = input.problem === "multiclass-classification" ? classCount : 1;
  const isClassification = input.problem !== "regression";
  for (let i = 0; i < rows; i += 1) {
    const label = labels[i] as number;
    const isValid = isClassification
      ? Number.isInteger(label) && label >= 0 && label < classCount
      : Number.isFinite(label);
    if (!isValid)
      fail(
        `label of row ${i} is ${label}, expected ${isClassification ? `a whole number from 0 to ${classCount - 1}` : "a finite number"}`,
      );
  }
  for (const [name, scores] of [
    ["challenger", challenger],
    ["champion", champion],
  ] as const) {
    if (scores === null) continue;
    if (scores.length !== rows * width)
      fail(`${name} has ${scores.length} scores for ${rows} rows, expected ${rows * width}`);
    for (let i = 0; i < scores.length; i += 1) {
      const score = scores[i] as number;
      const isValid = isClassification ? score >= 0 && score <= 1 : Number.isFinite(score);
      if (!isValid)
        fail(
          `${name}'s score of row ${Math.floor(i / width)} is ${score}, expected ${isClassification ? "a probability" : "a finite number"}`,
        );
    }
  }
  for (const feature of input.gate.slices) {
    const column = Object.hasOwn(slices, feature) ? slices[feature] : undefined;
    if (column === undefined) fail(`the gate declares the slice ${feature}, but the rows have no such column`);
    else if (column.length !== rows) fail(`slice ${feature} has ${column.length} values for ${rows} rows`);
  }
}

/** The registered metric of that id. Errors: `gate.invalid-predictions`, naming the metrics that fit the problem. */
export function metricOf(id: string, input: GateInput): GateMetric {
  const metric = findGateMetric(id, input.problem);
  if (metric !== undefined) return metric;
  const allowed = gateMetricsFor(input.problem).map((known) => known.id);
  return fail(`the metric ${id} does not fit ${input.problem}, allowed are ${allowed.join(", ")}`);
}

function fail(message: string): never {
  throw new MlopsError("gate.invalid-predictions", message);
}
