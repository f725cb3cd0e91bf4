import type { Problem } from "../definition/metrics.ts";

/** The recipe's answer for one row: see "Prediction object" in docs/contract.md. */
export type PredictionObject = Readonly<Record<string, unknown>>;

/** A held-out row with what the model answered, for smoke tests of an endpoint. */
export interface SmokeRow {
  readonly id: string;
  readonly features: Readonly<Record<string, unknown>>;
  readonly expected: PredictionObject;
}

/**
 * The scores of a prediction object: one probability (binary), one for each class (multiclass, 0 for a class that the model
 * does not know), or the value (regression). Null when the object does not have the shape of the problem.
 */
export function scoresOf(
  problem: Problem,
  classes: readonly string[],
  prediction: PredictionObject,
): readonly number[] | null {
  switch (problem) {
    case "binary-classification":
      return finite([prediction["probability"]]);
    case "regression":
      return finite([prediction["value"]]);
    case "multiclass-classification": {
      const probabilities = prediction["probabilities"];
      if (typeof probabilities !== "object" || probabilities === null) return null;
      const byClass = probabilities as Readonly<Record<string, unknown>>;
      return finite(classes.map((name) => (Object.hasOwn(byClass, name) ? byClass[name] : 0)));
    }
  }
}

function finite(values: readonly unknown[]): readonly number[] | null {
  return values.every((value) => typeof value === "number" && Number.isFinite(value)) ? (values as number[]) : null;
}

/** What drift of predictions is measured on: probability, value, or the class. */
export function predictionValue(problem: Problem, prediction: PredictionObject): number | string | null {
  const value =
    problem === "binary-classification"
      ? prediction["probability"]
      : problem === "regression"
        ? prediction["value"]
        : prediction["label"];
  return typeof value === "number" || typeof value === "string" ? value : null;
}

/**
 * Largest difference between two prediction objects: 0 when equal, the largest absolute difference of numbers, infinite when
 * shape or texts differ. A label may differ only when the numbers do not tell them apart, which the numbers show.
 */
export function predictionDifference(expected: unknown, actual: unknown): number {
  if (typeof expected === "number" && typeof actual === "number") return Math.abs(expected - actual);
  if (typeof expected === "object" && expected !== null && typeof actual === "object" && actual !== null) {
    const names = Object.keys(expected);
    if (names.length !== Object.keys(actual).length) return Number.POSITIVE_INFINITY;
    const other = actual as Readonly<Record<string, unknown>>;
    return Math.max(
      0,
      ...names.map((name) =>
        Object.hasOwn(other, name)
          ? predictionDifference((expected as Readonly<Record<string, unknown>>)[name], other[name])
          : Number.POSITIVE_INFINITY,
      ),
    );
  }
  return expected === actual ? 0 : Number.POSITIVE_INFINITY;
}
