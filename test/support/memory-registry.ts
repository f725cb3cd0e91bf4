import type { HeadCommit, PublishedDefinition, Registry } from "../../app/ports/registry.ts";
import { MlopsError } from "../../core/errors/mlops-error.ts";
import { keys } from "../../core/registry/access-patterns.ts";
import { emptyHead } from "../../core/registry/head.ts";
import type {
  AuditEvent,
  BatchItem,
  DatasetItem,
  DeliveryItem,
  DriftItem,
  RunItem,
  VersionItem,
} from "../../core/registry/items.ts";
import type { Head } from "../../core/registry/types.ts";

/** The registry in memory: the same keys and conditions as the table, items copied on the way in and out. */
export class MemoryRegistry implements Registry {
  private readonly items = new Map<string, unknown>();

  private get<T>({ pk, sk }: { pk: string; sk: string }): T | null {
    const item = this.items.get(`${pk}|${sk}`);
    return item === undefined ? null : (structuredClone(item) as T);
  }

  private put({ pk, sk }: { pk: string; sk: string }, item: unknown): void {
    this.items.set(`${pk}|${sk}`, structuredClone(item));
  }

  private all<T>(model: string, sortPrefix: string): T[] {
    const prefix = `MODEL#${model}|${sortPrefix}`;
    return [...this.items]
      .filter(([key]) => key.startsWith(prefix))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, item]) => structuredClone(item) as T);
  }

  async getDefinition(model: string): Promise<PublishedDefinition | null> {
    return this.get(keys.definition(model));
  }

  async listDefinitions(): Promise<PublishedDefinition[]> {
    return [...this.items]
      .filter(([key]) => key.endsWith("|DEFINITION"))
      .map(([, item]) => structuredClone(item) as PublishedDefinition)
      .sort((a, b) => (a.model < b.model ? -1 : 1));
  }

  async putDefinition(item: PublishedDefinition): Promise<void> {
    this.put(keys.definition(item.model), item);
  }

  async deleteDefinition(model: string): Promise<void> {
    const { pk, sk } = keys.definition(model);
    this.items.delete(`${pk}|${sk}`);
  }

  async getHead(model: string): Promise<Head> {
    return this.get(keys.head(model)) ?? emptyHead(model);
  }

  async commit({ head, audit, items }: HeadCommit): Promise<void> {
    const before = this.get<Head>(keys.head(head.model))?.revision ?? 0;
    if (head.revision !== before + 1) {
      throw new MlopsError("registry.version-conflict", `head is at ${before}, expected ${head.revision - 1}`);
    }
    this.put(keys.head(head.model), head);
    await this.putAuditEvent(audit);
    for (const companion of items) {
      if (companion.kind === "run") await this.putRun(companion.item);
      if (companion.kind === "version") await this.putVersion(companion.item);
      if (companion.kind === "delivery") await this.putDelivery(companion.item);
    }
  }

  async getBatch(model: string, batchId: string): Promise<BatchItem | null> {
    return this.get(keys.batch(model, batchId));
  }

  async claimBatch(item: BatchItem, nowEpochSeconds: number): Promise<{ claimed: boolean; item: BatchItem }> {
    const present = await this.getBatch(item.model, item.batchId);
    const isFree =
      present === null ||
      (present.status === "processing" &&
        (present.claim?.by === item.claim?.by || (present.claim?.untilEpochSeconds ?? 0) <= nowEpochSeconds));
    if (!isFree && present !== null) return { claimed: false, item: present };
    const claimed = present === null ? item : { ...present, claim: item.claim };
    this.put(keys.batch(item.model, item.batchId), claimed);
    return { claimed: true, item: claimed };
  }

  async putBatch(item: BatchItem): Promise<void> {
    this.put(keys.batch(item.model, item.batchId), item);
  }

  async listBatches(model: string): Promise<BatchItem[]> {
    return this.all<BatchItem>(model, "BATCH#").sort((a, b) => (a.receivedAt < b.receivedAt ? -1 : 1));
  }

  async listRecentBatches(model: string, limit: number): Promise<BatchItem[]> {
    return (await this.listBatches(model)).reverse().slice(0, limit);
  }

  async getDataset(model: string, datasetId: string): Promise<DatasetItem | null> {
    return this.get(keys.dataset(model, datasetId));
  }

  async putDataset(item: DatasetItem): Promise<void> {
    this.put(keys.dataset(item.model, item.datasetId), item);
  }

  async listDatasets(model: string, limit: number): Promise<DatasetItem[]> {
    return this.all<DatasetItem>(model, "DATASET#")
      .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
      .slice(0, limit);
  }

  async getRun(model: string, runId: string): Promise<RunItem | null> {
    return this.get(keys.run(model, runId));
  }

  async putRun(item: RunItem): Promise<void> {
    this.put(keys.run(item.model, item.runId), item);
  }

  async listRuns(model: string, limit: number): Promise<RunItem[]> {
    return this.all<RunItem>(model, "RUN#")
      .sort((a, b) => b.fence - a.fence)
      .slice(0, limit);
  }

  async getVersion(model: string, version: number): Promise<VersionItem | null> {
    return this.get(keys.version(model, version));
  }

  async putVersion(item: VersionItem): Promise<void> {
    this.put(keys.version(item.model, item.version), item);
  }

  async listVersions(model: string, limit: number): Promise<VersionItem[]> {
    return this.all<VersionItem>(model, "VERSION#").reverse().slice(0, limit);
  }

  async getDelivery(model: string, deliveryId: string): Promise<DeliveryItem | null> {
    return this.get(keys.delivery(model, deliveryId));
  }

  async putDelivery(item: DeliveryItem): Promise<void> {
    this.put(keys.delivery(item.model, item.deliveryId), item);
  }

  async listDeliveries(model: string, limit: number): Promise<DeliveryItem[]> {
    return this.all<DeliveryItem>(model, "DELIVERY#")
      .sort((a, b) => b.fence - a.fence)
      .slice(0, limit);
  }

  async putDriftCheck(item: DriftItem): Promise<void> {
    this.put(keys.drift(item.model, item.checkedAt), item);
  }

  async listDriftChecks(model: string, limit: number): Promise<DriftItem[]> {
    return this.all<DriftItem>(model, "DRIFT#").reverse().slice(0, limit);
  }

  async putAuditEvent(event: AuditEvent): Promise<void> {
    this.put(keys.audit(event.model, event.at, event.sequence), event);
  }

  async listAuditEvents(model: string, limit: number): Promise<AuditEvent[]> {
    return this.all<AuditEvent>(model, "AUDIT#").reverse().slice(0, limit);
  }
}
