import type { ModelDefinition } from "../../core/definition/schema.ts";
import type {
  AuditEvent,
  BatchItem,
  DatasetItem,
  DefinitionItem,
  DeliveryItem,
  DriftItem,
  RunItem,
  VersionItem,
} from "../../core/registry/items.ts";
import type { Head } from "../../core/registry/types.ts";

/** A published definition with its parsed document. */
export type PublishedDefinition = DefinitionItem<ModelDefinition>;

/** An item that is written together with a change of the head. */
export type CompanionItem =
  | { readonly kind: "run"; readonly item: RunItem }
  | { readonly kind: "version"; readonly item: VersionItem }
  | { readonly kind: "delivery"; readonly item: DeliveryItem };

/** One atomic change: the next head (its revision is one above the stored one), the audit event, and items that belong to it. */
export interface HeadCommit {
  readonly head: Head;
  readonly audit: AuditEvent;
  readonly items: readonly CompanionItem[];
}

/**
 * The memory of the factory: definitions, heads, batches, datasets, runs, versions, deliveries, drift checks, audit events.
 * Reads are strongly consistent, except lists of definitions, datasets, runs and deliveries. Lists are newest first.
 * Every method throws `cloud.unavailable` (retryable) when the table does not answer.
 */
export interface Registry {
  getDefinition(model: string): Promise<PublishedDefinition | null>;
  /** All published definitions, sorted by name. */
  listDefinitions(): Promise<readonly PublishedDefinition[]>;
  putDefinition(item: PublishedDefinition): Promise<void>;
  deleteDefinition(model: string): Promise<void>;

  /** The model's head; the empty head (revision 0) when nothing has happened yet. */
  getHead(model: string): Promise<Head>;
  /** Writes head, audit event and items in one transaction. @throws `registry.version-conflict` when the head has moved on. */
  commit(change: HeadCommit): Promise<void>;

  getBatch(model: string, batchId: string): Promise<BatchItem | null>;
  /**
   * Claims an object version for `by`. Gives the stored item: the new claim, or what was decided before.
   * @returns `claimed` false when somebody else works on it or it is decided
   */
  claimBatch(
    item: BatchItem,
    nowEpochSeconds: number,
  ): Promise<{ readonly claimed: boolean; readonly item: BatchItem }>;
  putBatch(item: BatchItem): Promise<void>;
  /** All batches of a model, claims included, oldest first; an accepted batch is seen at once. */
  listBatches(model: string): Promise<readonly BatchItem[]>;
  /** The latest decided batches, newest first. */
  listRecentBatches(model: string, limit: number): Promise<readonly BatchItem[]>;

  getDataset(model: string, datasetId: string): Promise<DatasetItem | null>;
  putDataset(item: DatasetItem): Promise<void>;
  /** Dataset versions, newest first. */
  listDatasets(model: string, limit: number): Promise<readonly DatasetItem[]>;

  getRun(model: string, runId: string): Promise<RunItem | null>;
  putRun(item: RunItem): Promise<void>;
  listRuns(model: string, limit: number): Promise<readonly RunItem[]>;

  getVersion(model: string, version: number): Promise<VersionItem | null>;
  putVersion(item: VersionItem): Promise<void>;
  listVersions(model: string, limit: number): Promise<readonly VersionItem[]>;

  getDelivery(model: string, deliveryId: string): Promise<DeliveryItem | null>;
  putDelivery(item: DeliveryItem): Promise<void>;
  listDeliveries(model: string, limit: number): Promise<readonly DeliveryItem[]>;

  putDriftCheck(item: DriftItem): Promise<void>;
  listDriftChecks(model: string, limit: number): Promise<readonly DriftItem[]>;

  putAuditEvent(event: AuditEvent): Promise<void>;
  listAuditEvents(model: string, limit: number): Promise<readonly AuditEvent[]>;
}
