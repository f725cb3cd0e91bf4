import type { BatchContext, RecentBatch } from "../../core/data/batch-facts.ts";
import { type KeySketch, loadKeySketch, type StoredKeySketch } from "../../core/data/key-sketch.ts";
import { mergeProfiles } from "../../core/data/merge-profiles.ts";
import type { Profile } from "../../core/data/profile.ts";
import { dataHash } from "../../core/definition/definition.ts";
import type { ModelDefinition } from "../../core/definition/schema.ts";
import type { BatchManifest } from "../../core/plans/dataset-plan.ts";
import { dataKeys } from "../../core/plans/names.ts";
import type { BatchItem } from "../../core/registry/items.ts";
import type { Factory } from "../factory.ts";

/** Batches that a new one is compared with, and records that are looked through to find them: both bound what is read. */
export const RECENT_BATCHES = 12;
const RECENT_RECORDS = 50;

/** What there is to compare with before anything was accepted. */
export const NO_CONTEXT: BatchContext = { batches: [], profile: null, keys: [] };

/**
 * Loads what a batch is compared with: the 12 latest accepted batches whose files have the same columns and encoding. Reads at most one list
 * and 25 small objects; what is not there any more is left out.
 */
export async function loadBatchContext(
  factory: Pick<Factory, "objects" | "registry" | "settings">,
  item: BatchItem,
  definition: ModelDefinition,
): Promise<BatchContext> {
  const wanted = dataHash(definition);
  const records = await factory.registry.listRecentBatches(item.model, RECENT_RECORDS);
  const recent = records
    .filter((batch) => batch.status === "accepted" && batch.dataHash === wanted && batch.batchId !== item.batchId)
    .slice(0, RECENT_BATCHES);
  const read = async <T>(key: string): Promise<T | null> => {
    const found = await factory.objects.readText({ bucket: factory.settings.dataBucket, key });
    return found === null ? null : (JSON.parse(found.text) as T);
  };
  const newest = recent[0];
  const [profiles, keys, manifest] = await Promise.all([
    Promise.all(recent.map(({ model, batchId }) => read<Profile>(dataKeys.batchProfile(model, batchId)))),
    Promise.all(recent.map(({ model, batchId }) => read<StoredKeySketch>(dataKeys.batchKeys(model, batchId)))),
    newest === undefined ? null : read<BatchManifest>(dataKeys.batchManifest(newest.model, newest.batchId)),
  ]);
  const known = profiles.filter((profile) => profile !== null);
  return {
    batches: recent.map((batch, index) => describe(batch, index === 0 ? (manifest?.columns ?? null) : null)),
    profile: known.length === 0 ? null : known.reduce(mergeProfiles),
    keys: keys.flatMap((stored): KeySketch[] => (stored === null ? [] : [loadKeySketch(stored)])),
  };
}

function describe(batch: BatchItem, columns: readonly string[] | null): RecentBatch {
  return {
    batchId: batch.batchId,
    fileName: batch.source.key.split("/").at(-1) ?? batch.source.key,
    receivedAt: batch.receivedAt,
    rows: batch.rows?.total ?? 0,
    sha256: batch.sourceSha256,
    timeRange: batch.timeRange,
    columns,
  };
}
