import type { PublishedDefinition } from "../app/ports/registry.ts";
import { checkDefinition } from "../core/definition/check.ts";
import { MlopsError } from "../core/errors/mlops-error.ts";
import { indexKeys, type Key, keys, TTL_ATTRIBUTE } from "../core/registry/access-patterns.ts";
import type {
  AuditEvent,
  BatchItem,
  DatasetItem,
  DeliveryItem,
  DriftItem,
  RunItem,
  VersionItem,
} from "../core/registry/items.ts";
import type { Head } from "../core/registry/types.ts";

/** An item as the table holds it. */
export type StoredItem = Readonly<Record<string, unknown>> & Key;

/** Claims whose worker has vanished disappear after so long; the queue has given up on them long before. */
const CLAIM_LIFETIME_SECONDS = 14 * 86_400;

/** The definition travels as JSON text, because a DynamoDB map does not keep the order of the features. */
export function storeDefinition(item: PublishedDefinition): StoredItem {
  return {
    ...keys.definition(item.model),
    ...indexKeys.definition(item.model),
    kind: "definition",
    ...item,
    definition: JSON.stringify(item.definition),
  };
}

/** Reads and checks a stored definition. @throws MlopsError `registry.invalid-item`, `definition.invalid` */
export function loadDefinition(stored: StoredItem): PublishedDefinition {
  const { model, definition, hash, publishedAt, sourceKey } = load<
    Omit<PublishedDefinition, "definition"> & { definition: unknown }
  >(stored, "definition");
  if (typeof definition !== "string") {
    throw new MlopsError("registry.invalid-item", `the definition of ${model} is not stored as JSON text`);
  }
  const parsed = checkDefinition(JSON.parse(definition), `the registry's definition of ${model}`);
  return { model, definition: parsed, hash, publishedAt, sourceKey };
}

/** The head as the table holds it. */
export const storeHead = (head: Head): StoredItem => ({ ...keys.head(head.model), kind: "head", ...head });

/** A batch; claims are not listed and expire. */
export function storeBatch(item: BatchItem): StoredItem {
  const listing =
    item.status === "processing"
      ? { [TTL_ATTRIBUTE]: (item.claim?.untilEpochSeconds ?? 0) + CLAIM_LIFETIME_SECONDS }
      : indexKeys.batch(item.model, item.receivedAt, item.batchId);
  return { ...keys.batch(item.model, item.batchId), ...listing, kind: "batch", ...item };
}

/** A dataset version. */
export const storeDataset = (item: DatasetItem): StoredItem => ({
  ...keys.dataset(item.model, item.datasetId),
  ...indexKeys.dataset(item.model, item.createdAt),
  kind: "dataset",
  ...item,
});

/** A run. */
export const storeRun = (item: RunItem): StoredItem => ({
  ...keys.run(item.model, item.runId),
  ...indexKeys.run(item.model, item.startedAt, item.runId),
  kind: "run",
  ...item,
});

/** A version. */
export const storeVersion = (item: VersionItem): StoredItem => ({
  ...keys.version(item.model, item.version),
  kind: "version",
  ...item,
});

/** A delivery. */
export const storeDelivery = (item: DeliveryItem): StoredItem => ({
  ...keys.delivery(item.model, item.deliveryId),
  ...indexKeys.delivery(item.model, item.startedAt, item.deliveryId),
  kind: "delivery",
  ...item,
});

/** A drift check. */
export const storeDrift = (item: DriftItem): StoredItem => ({
  ...keys.drift(item.model, item.checkedAt),
  kind: "drift",
  ...item,
});

/** An audit event. */
export const storeAudit = (item: AuditEvent): StoredItem => ({
  ...keys.audit(item.model, item.at, item.sequence),
  kind: "audit",
  ...item,
});

/**
 * A stored item without the table's own attributes.
 *
 * @throws MlopsError `registry.invalid-item` when it is of another kind
 */
export function load<T>(stored: Readonly<Record<string, unknown>>, kind: string): T {
  if (stored["kind"] !== kind) {
    throw new MlopsError(
      "registry.invalid-item",
      `item ${String(stored["pk"])} / ${String(stored["sk"])} is of kind ${String(stored["kind"])}, expected ${kind}`,
    );
  }
  const { pk: _pk, sk: _sk, gsi1pk: _1, gsi1sk: _2, kind: _kind, [TTL_ATTRIBUTE]: _ttl, ...item } = stored;
  return item as T;
}
