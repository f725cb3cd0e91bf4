import type { Profile } from "../../core/data/profile.ts";
import type { DatasetVersion } from "../../core/dataset/compare-datasets.ts";
import { MlopsError } from "../../core/errors/mlops-error.ts";
import type { DatasetManifest } from "../../core/plans/dataset-plan.ts";
import type { DatasetItem } from "../../core/registry/items.ts";
import type { Factory } from "../factory.ts";
import { readJson } from "../support/json.ts";

/** Most dataset versions that are searched for the beginning of an id. */
const SEARCHED = 1_000;

/**
 * Finds a dataset version by its id, by the beginning of its id, or by the model version that was trained on it (`v12`).
 *
 * @throws MlopsError `registry.not-found` when there is none, `input.invalid` when several ids begin so
 */
export async function findDataset(
  factory: Pick<Factory, "registry">,
  model: string,
  reference: string,
): Promise<DatasetItem> {
  const version = /^v(\d+)$/.exec(reference)?.[1];
  if (version !== undefined) {
    const item = await factory.registry.getVersion(model, Number(version));
    if (item === null) throw new MlopsError("registry.not-found", `${model} has no version ${version}`);
    return findDataset(factory, model, item.datasetId);
  }
  const exact = await factory.registry.getDataset(model, reference);
  if (exact !== null) return exact;
  const matching = (await factory.registry.listDatasets(model, SEARCHED)).filter(({ datasetId }) =>
    datasetId.startsWith(reference),
  );
  const [only, second] = matching;
  if (only === undefined) {
    throw new MlopsError(
      "registry.not-found",
      `${model} has no dataset version ${reference}; mlops data log ${model} lists them`,
    );
  }
  if (second !== undefined) {
    throw new MlopsError(
      "input.invalid",
      `${reference} is the beginning of ${matching.length} dataset ids; write more of it`,
    );
  }
  return only;
}

/**
 * Reads a dataset version's manifest and profile.
 *
 * @throws MlopsError `data.object-gone` when they were deleted
 */
export async function loadDataset(
  factory: Pick<Factory, "objects" | "settings">,
  { manifestKey }: DatasetItem,
): Promise<DatasetVersion> {
  const bucket = factory.settings.dataBucket;
  const manifest = await readJson<DatasetManifest>(factory, { bucket, key: manifestKey });
  return { manifest, profile: await readJson<Profile>(factory, { bucket, key: manifest.profileKey }) };
}
