import { targetClasses } from "../definition/definition.ts";
import type { Feature, ModelDefinition } from "../definition/schema.ts";
import { MlopsError } from "../errors/mlops-error.ts";

/** SageMaker's limit for the value of a hyperparameter, in characters. */
const MAX_VALUE_CHARACTERS = 2_500;
/** SageMaker's limit for the number of hyperparameters of a job. */
const MAX_HYPERPARAMETERS = 100;

/** The classes of a model in the order of the recipe contract; `seen` are those of the data, for definitions that declare none. */
export function modelClasses(definition: ModelDefinition, seen: readonly string[]): readonly string[] | null {
  if (definition.problem === "multiclass-classification") {
    return targetClasses(definition) ?? [...seen].sort();
  }
  return targetClasses(definition);
}

/** What the recipe has to know of a feature to read and to encode it. */
function describeFeature(name: string, feature: Feature): Record<string, unknown> {
  if (feature.type === "timestamp") {
    const { type, format, parts } = feature;
    return { name, type, ...(format === undefined ? {} : { format }), parts };
  }
  if (feature.type === "text") return { name, type: feature.type, buckets: feature.buckets };
  return { name, type: feature.type };
}

/**
 * The hyperparameters that describe the columns: `mlops-columns`, or `mlops-columns-1`, `-2`, ... (to be joined) when the JSON
 * text is longer than SageMaker's 2,500 characters.
 */
export function columnHyperparameters(
  definition: ModelDefinition,
  classes: readonly string[] | null,
): Record<string, string> {
  const text = JSON.stringify({
    problem: definition.problem,
    target: definition.data.target.column,
    classes,
    features: Object.entries(definition.data.features).map(([name, feature]) => describeFeature(name, feature)),
  });
  if (text.length <= MAX_VALUE_CHARACTERS) return { "mlops-columns": text };
  const parts: Record<string, string> = {};
  for (let from = 0, part = 1; from < text.length; from += MAX_VALUE_CHARACTERS, part++) {
    parts[`mlops-columns-${part}`] = text.slice(from, from + MAX_VALUE_CHARACTERS);
  }
  return parts;
}

/**
 * All hyperparameters of a training job: the script, the columns, and the definition's own as JSON texts.
 *
 * @throws MlopsError `definition.invalid` when there are more than SageMaker's 100
 */
export function hyperparameters(
  definition: ModelDefinition,
  classes: readonly string[] | null,
  sourceUri: string,
): Record<string, string> {
  const all: Record<string, string> = {
    sagemaker_program: "train.py",
    sagemaker_submit_directory: sourceUri,
    ...columnHyperparameters(definition, classes),
  };
  for (const [name, value] of Object.entries(definition.training.hyperparameters)) {
    all[name] = typeof value === "string" ? value : JSON.stringify(value);
  }
  const count = Object.keys(all).length;
  if (count > MAX_HYPERPARAMETERS) {
    const message = `${count} hyperparameters are needed (a wide table's columns take several), SageMaker allows ${MAX_HYPERPARAMETERS}; use fewer features, shorter names, or fewer hyperparameters`;
    throw new MlopsError("definition.invalid", `${definition.name}: ${message}`, {
      details: {
        fileName: `models/${definition.name}/model.yaml`,
        problems: [{ path: "training.hyperparameters", line: 1, column: 1, message }],
      },
    });
  }
  return all;
}
