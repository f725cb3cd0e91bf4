import { mergeProfiles } from "../../core/data/merge-profiles.ts";
import type { Profile } from "../../core/data/profile.ts";
import { dataHash } from "../../core/definition/definition.ts";
import { MlopsError } from "../../core/errors/mlops-error.ts";
import { modelClasses } from "../../core/plans/columns.ts";
import {
  type BatchManifest,
  channelManifest,
  type DatasetManifest,
  makeDatasetManifest,
  selectBatches,
} from "../../core/plans/dataset-plan.ts";
import { dataKeys } from "../../core/plans/names.ts";
import { planTrainingRequests, type TrainingRequests } from "../../core/plans/training-plan.ts";
import type { RunItem } from "../../core/registry/items.ts";
import { holdsTrainingLease } from "../../core/registry/training-lease.ts";
import type { TrainingRequest } from "../../core/registry/types.ts";
import type { Factory } from "../factory.ts";
import type { PublishedDefinition } from "../ports/registry.ts";
import { readJson, writeJson } from "../support/json.ts";
import { planContext, requireDefinition, requireVersion } from "../support/require.ts";
import { ensureModel } from "./ensure-model.ts";

/** A run that trains: every request that the state machine passes on. */
export interface TrainPlan extends TrainingRequests {
  readonly outcome: "train";
  readonly reason: string;
  readonly datasetId: string;
  readonly championVersion: number | null;
}

/** A run that has nothing to do. */
export interface NothingToTrain {
  readonly outcome: "nothing-to-train";
  readonly reason: string;
}

/** S3 reads at a time while manifests and profiles are collected. */
const PARALLEL_READS = 8;

/**
 * Freezes the dataset version of a run (manifest, merged profile, channel manifests) and computes all its SageMaker requests.
 * Repeating it gives the same plan: the dataset of a run is chosen once.
 *
 * @throws MlopsError `training.lease-lost` when a newer run has taken over
 */
export async function planTraining(factory: Factory, request: TrainingRequest): Promise<TrainPlan | NothingToTrain> {
  const { model, runId, fence } = request;
  const head = await factory.registry.getHead(model);
  if (!holdsTrainingLease(head, runId, fence)) {
    throw new MlopsError("training.lease-lost", `run ${runId} (fence ${fence}) does not hold the lease of ${model}`);
  }
  const published = await requireDefinition(factory, model);
  const run = await factory.registry.getRun(model, runId);
  if (run === null) throw new MlopsError("registry.not-found", `${model} has no run ${runId}`);
  const frozen = run.datasetId === null ? await chooseDataset(factory, published) : await loadDataset(factory, run);
  if (typeof frozen === "string") return { outcome: "nothing-to-train", reason: frozen };
  const { manifest, profile } = frozen;
  const idle = await reasonToSkip(factory, request, manifest, published, head.champion !== null);
  if (idle !== null) return { outcome: "nothing-to-train", reason: idle };
  if (run.datasetId === null) await storeDataset(factory, manifest, profile);
  const championVersion = run.datasetId === null ? head.champion : run.championVersion;
  await factory.registry.putRun({
    ...run,
    datasetId: manifest.datasetId,
    definitionHash: published.hash,
    championVersion,
  });
  const champion = championVersion === null ? null : await requireVersion(factory, model, championVersion);
  if (champion !== null) await ensureModel(factory, champion);
  const seen = profile.target.type === "multiclass" ? Object.keys(profile.target.levels) : [];
  const requests = planTrainingRequests(planContext(factory, published.definition), {
    runId,
    datasetId: manifest.datasetId,
    hasValidation: manifest.rows.validation > 0,
    classes: modelClasses(published.definition, seen),
    sourceKey: published.sourceKey,
    championModelName: champion?.sagemakerModel ?? null,
  });
  const reason = `${manifest.batches.length} batches, ${manifest.rows.train} rows to train on, ${manifest.rows.test} held out`;
  return { outcome: "train", reason, datasetId: manifest.datasetId, championVersion, ...requests };
}

interface FrozenDataset {
  readonly manifest: DatasetManifest;
  readonly profile: Profile;
}

async function loadDataset(factory: Factory, run: RunItem): Promise<FrozenDataset> {
  const bucket = factory.settings.dataBucket;
  const key = dataKeys.datasetManifest(run.model, run.datasetId ?? "");
  const manifest = await readJson<DatasetManifest>(factory, { bucket, key });
  return { manifest, profile: await readJson<Profile>(factory, { bucket, key: manifest.profileKey }) };
}

async function chooseDataset(factory: Factory, published: PublishedDefinition): Promise<FrozenDataset | string> {
  const { model, definition } = published;
  const bucket = factory.settings.dataBucket;
  const all = await factory.registry.listBatches(model);
  const now = factory.clock.now();
  const selection = selectBatches(all, definition.data.window, dataHash(definition), now);
  if (selection.batches.length === 0) {
    return `no accepted batch fits: ${all.length} batches are on record, ${selection.otherColumns} were cut for other columns, ${selection.outsideWindow} lie outside data.window; upload a file to ${dataKeys.incomingPrefix(model)}`;
  }
  const loaded = await mapInOrder(selection.batches, async (batch) => {
    const manifest = await readJson<BatchManifest>(factory, {
      bucket,
      key: batch.manifestKey ?? dataKeys.batchManifest(model, batch.batchId),
    });
    return { manifest, profile: await readJson<Profile>(factory, { bucket, key: manifest.profileKey }) };
  });
  const manifest = makeDatasetManifest(
    model,
    loaded.map((batch) => batch.manifest),
    (datasetId) => dataKeys.datasetProfile(model, datasetId),
    now,
  );
  if (manifest.rows.train === 0 || manifest.rows.test === 0) {
    return `the ${manifest.batches.length} accepted batches hold ${manifest.rows.train} rows to train on and ${manifest.rows.test} held-out rows; both must be above 0, upload more data`;
  }
  const profile = loaded.map((batch) => batch.profile).reduce(mergeProfiles);
  return { manifest, profile };
}

/**
 * Says why training again would give the model that is there already (same data, same definition, same seed: same bytes),
 * or null. A person's command always trains; drift trains once more on the same data, but not again and again.
 */
async function reasonToSkip(
  factory: Factory,
  request: TrainingRequest,
  manifest: DatasetManifest,
  published: PublishedDefinition,
  hasChampion: boolean,
): Promise<string | null> {
  if (request.trigger.kind === "command") return null;
  const versions = await factory.registry.listVersions(request.model, 20);
  const same = versions.filter(
    (version) => version.datasetId === manifest.datasetId && version.definitionHash === published.hash,
  );
  const newest = same[0];
  if (newest === undefined || (newest.verdict === "passed" && !hasChampion)) return null;
  const advice = `version ${newest.version} was trained on exactly this data with this definition; upload newer rows, or train anyway with: mlops retrain ${request.model}`;
  if (request.trigger.kind !== "drift") return advice;
  const runs = await Promise.all(same.map((version) => factory.registry.getRun(version.model, version.runId)));
  return runs.some((run) => run?.trigger.kind === "drift") ? `drift was answered before: ${advice}` : null;
}

async function storeDataset(factory: Factory, manifest: DatasetManifest, profile: Profile): Promise<void> {
  const bucket = factory.settings.dataBucket;
  const { model, datasetId } = manifest;
  // The registry's item is written last: where it is, everything is, and a dataset version never changes.
  if ((await factory.registry.getDataset(model, datasetId)) !== null) return;
  for (const channel of ["train", "validation", "test"] as const) {
    const key = dataKeys.channelManifest(model, datasetId, channel);
    await factory.objects.writeText({ bucket, key }, channelManifest(bucket, manifest.parts[channel]), {
      contentType: "application/json",
    });
  }
  await writeJson(factory, { bucket, key: manifest.profileKey }, profile);
  await writeJson(factory, { bucket, key: dataKeys.datasetManifest(model, datasetId) }, manifest);
  await factory.registry.putDataset({
    model,
    datasetId,
    createdAt: manifest.createdAt,
    batches: manifest.batches,
    rows: manifest.rows,
    manifestKey: dataKeys.datasetManifest(model, datasetId),
  });
}

/** Like Promise.all over map, a few at a time. */
async function mapInOrder<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let from = 0; from < items.length; from += PARALLEL_READS) {
    results.push(...(await Promise.all(items.slice(from, from + PARALLEL_READS).map(work))));
  }
  return results;
}
