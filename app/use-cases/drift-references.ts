import type { FeatureProfile, Profile } from "../../core/data/profile.ts";
import type { ModelDefinition } from "../../core/definition/schema.ts";
import { type DriftReferences, driftReference, driftReferences } from "../../core/drift/index.ts";
import type { DatasetManifest } from "../../core/plans/dataset-plan.ts";
import { dataKeys } from "../../core/plans/names.ts";
import type { VersionItem } from "../../core/registry/items.ts";
import type { Factory } from "../factory.ts";
import { readJson } from "../support/json.ts";

/** Name of the model's own predictions among the features. */
export const PREDICTION_FEATURE = "prediction";

/** What live traffic of a version is compared with. */
export interface VersionReferences {
  readonly inputs: DriftReferences;
  readonly predictions: DriftReferences;
  /** Features in the order of CSV requests. */
  readonly features: readonly string[];
}

/** Loads the training profile and the held-out predictions of a version as reference bins. */
export async function loadReferences(
  factory: Pick<Factory, "objects" | "settings">,
  version: VersionItem,
  { monitoring, data }: ModelDefinition,
): Promise<VersionReferences> {
  const bucket = factory.settings.dataBucket;
  const { model } = version;
  const manifest = await readJson<DatasetManifest>(factory, {
    bucket,
    key: dataKeys.datasetManifest(model, version.datasetId),
  });
  const profile = await readJson<Profile>(factory, { bucket, key: manifest.profileKey });
  const predictions = await readJson<FeatureProfile>(factory, {
    bucket,
    key: dataKeys.predictionReference(model, version.runId),
  });
  const watched = monitoring.driftFeatures === "all" ? null : new Set(monitoring.driftFeatures);
  const inputs = Object.entries(profile.features).filter(([name]) => watched?.has(name) ?? true);
  const formats = Object.entries(data.features).map(([name, feature]) => [
    name,
    feature.type === "timestamp" ? feature.format : undefined,
  ]);
  // A model may have an input of that very name.
  const name = Object.hasOwn(profile.features, PREDICTION_FEATURE) ? "prediction (of the model)" : PREDICTION_FEATURE;
  return {
    inputs: driftReferences(Object.fromEntries(inputs), Object.fromEntries(formats)),
    predictions: { [name]: driftReference(name, predictions) },
    features: Object.keys(profile.features),
  };
}
