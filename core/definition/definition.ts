import { canonicalHash } from "./canonical-json.ts";
import type { ModelDefinition } from "./schema.ts";

/** SHA-256 (64 hex digits) of everything in a definition that has a meaning, including the order of its features. */
export function definitionHash(definition: ModelDefinition): string {
  return canonicalHash({ definition, featureOrder: Object.keys(definition.data.features) });
}

/**
 * SHA-256 of the part of a definition that decides what a batch's files contain: columns, their encoding and the split.
 * Batches with different data hashes cannot be in one dataset; changing hyperparameters, gates or limits keeps the hash. So do formats
 * of times and what the model sees of them: a batch holds times as ISO 8601 however they were written.
 */
export function dataHash(definition: ModelDefinition): string {
  const { target, key, time, features, missing, split } = definition.data;
  return canonicalHash({
    problem: definition.problem,
    target: { column: target.column, positive: target.positive, negative: target.negative, classes: target.classes },
    key,
    time,
    features: Object.entries(features).map(([name, feature]) => [name, feature.type]),
    missing,
    split,
  });
}

/**
 * Class names in the order of the recipe contract: [negative, positive] for binary, the declared classes for multiclass,
 * null for regression and for multiclass without declared classes.
 */
export function targetClasses(definition: ModelDefinition): string[] | null {
  const { positive, negative, labels, classes } = definition.data.target;
  switch (definition.problem) {
    case "regression":
      return null;
    case "multiclass-classification":
      return classes ?? null;
    case "binary-classification": {
      if (labels !== undefined) return [labels.negative, labels.positive];
      const only = (values: readonly string[] | undefined) => (values?.length === 1 ? values[0] : undefined);
      return [only(negative) ?? "negative", only(positive) ?? "positive"];
    }
  }
}

/** Format of the column `data.time` besides ISO 8601; undefined for ISO 8601 alone. */
export function timeFormatOf({ data }: ModelDefinition): string | undefined {
  const { time, timeFormat, features } = data;
  const feature = time !== undefined && Object.hasOwn(features, time) ? features[time] : undefined;
  return timeFormat ?? (feature?.type === "timestamp" ? feature.format : undefined);
}
