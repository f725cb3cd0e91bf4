import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  TransactWriteCommand,
} from "@aws-sdk/lib-dynamodb";
import type { CompanionItem, HeadCommit, PublishedDefinition, Registry } from "../app/ports/registry.ts";
import { MlopsError } from "../core/errors/mlops-error.ts";
import {
  type AccessPatternName,
  accessPatterns,
  INDEX_NAME,
  type Key,
  keys,
} from "../core/registry/access-patterns.ts";
import { emptyHead } from "../core/registry/head.ts";
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
import { callAws, describeFailure } from "./call-aws.ts";
import { clientSettings } from "./client-settings.ts";
import {
  load,
  loadDefinition,
  type StoredItem,
  storeAudit,
  storeBatch,
  storeDataset,
  storeDefinition,
  storeDelivery,
  storeDrift,
  storeHead,
  storeRun,
  storeVersion,
} from "./registry-items.ts";

/** The registry in one DynamoDB table; see core/registry/access-patterns.ts for every key and query. */
export class DynamoRegistry implements Registry {
  private readonly table: string;
  private readonly client: DynamoDBDocumentClient;

  /** @param client for tests; by default one that finds region and credentials by itself */
  constructor(table: string, client: DynamoDBClient = new DynamoDBClient(clientSettings())) {
    this.table = table;
    this.client = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  }

  async getDefinition(model: string): Promise<PublishedDefinition | null> {
    const stored = await this.get(keys.definition(model));
    return stored === null ? null : loadDefinition(stored);
  }

  async listDefinitions(): Promise<readonly PublishedDefinition[]> {
    const stored = await this.query("definitions", "", { ascending: true });
    return stored.map(loadDefinition);
  }

  putDefinition(item: PublishedDefinition): Promise<void> {
    return this.put(storeDefinition(item));
  }

  async deleteDefinition(model: string): Promise<void> {
    await callAws(`delete the definition of ${model}`, () =>
      this.client.send(new DeleteCommand({ TableName: this.table, Key: keys.definition(model) })),
    );
  }

  async getHead(model: string): Promise<Head> {
    const stored = await this.get(keys.head(model));
    return stored === null ? emptyHead(model) : load<Head>(stored, "head");
  }

  async commit({ head, audit, items }: HeadCommit): Promise<void> {
    const isFirst = head.revision === 1;
    const condition = isFirst
      ? { ConditionExpression: "attribute_not_exists(pk)" }
      : { ConditionExpression: "revision = :before", ExpressionAttributeValues: { ":before": head.revision - 1 } };
    const others = [storeAudit(audit), ...items.map(storeCompanion)];
    try {
      await this.client.send(
        new TransactWriteCommand({
          TransactItems: [
            { Put: { TableName: this.table, Item: storeHead(head), ...condition } },
            ...others.map((Item) => ({ Put: { TableName: this.table, Item } })),
          ],
        }),
      );
    } catch (error) {
      if (isConflict(error)) {
        throw new MlopsError(
          "registry.version-conflict",
          `the head of ${head.model} is not at revision ${head.revision - 1} any more; read it again`,
          { cause: error, details: { model: head.model, expected: head.revision - 1 } },
        );
      }
      await callAws(`write the head of ${head.model}`, () => Promise.reject(error));
    }
  }

  async getBatch(model: string, batchId: string): Promise<BatchItem | null> {
    const stored = await this.get(keys.batch(model, batchId));
    return stored === null ? null : load<BatchItem>(stored, "batch");
  }

  async claimBatch(item: BatchItem, nowEpochSeconds: number): Promise<{ claimed: boolean; item: BatchItem }> {
    const present = await this.getBatch(item.model, item.batchId);
    if (present === null) return this.tryClaim(item, { ConditionExpression: "attribute_not_exists(pk)" });
    const isFree =
      present.status === "processing" &&
      present.claim !== null &&
      (present.claim.by === item.claim?.by || present.claim.untilEpochSeconds <= nowEpochSeconds);
    if (!isFree) return { claimed: false, item: present };
    return this.tryClaim(
      { ...present, claim: item.claim },
      {
        ConditionExpression: "#status = :processing AND claim.#by = :by AND claim.untilEpochSeconds = :until",
        ExpressionAttributeNames: { "#status": "status", "#by": "by" },
        ExpressionAttributeValues: {
          ":processing": "processing",
          ":by": present.claim?.by,
          ":until": present.claim?.untilEpochSeconds,
        },
      },
    );
  }

  putBatch(item: BatchItem): Promise<void> {
    return this.put(storeBatch(item));
  }

  async listBatches(model: string): Promise<readonly BatchItem[]> {
    const stored = await this.query("batches", model, { ascending: true });
    return stored
      .map((item) => load<BatchItem>(item, "batch"))
      .sort((a, b) => (`${a.receivedAt}${a.batchId}` < `${b.receivedAt}${b.batchId}` ? -1 : 1));
  }

  listRecentBatches(model: string, limit: number): Promise<readonly BatchItem[]> {
    return this.newest("batchesByTime", model, "batch", limit);
  }

  getDataset(model: string, datasetId: string): Promise<DatasetItem | null> {
    return this.find(keys.dataset(model, datasetId), "dataset");
  }

  putDataset(item: DatasetItem): Promise<void> {
    return this.put(storeDataset(item));
  }

  listDatasets(model: string, limit: number): Promise<readonly DatasetItem[]> {
    return this.newest("datasetsByTime", model, "dataset", limit);
  }

  getRun(model: string, runId: string): Promise<RunItem | null> {
    return this.find(keys.run(model, runId), "run");
  }

  putRun(item: RunItem): Promise<void> {
    return this.put(storeRun(item));
  }

  listRuns(model: string, limit: number): Promise<readonly RunItem[]> {
    return this.newest("runsByTime", model, "run", limit);
  }

  getVersion(model: string, version: number): Promise<VersionItem | null> {
    return this.find(keys.version(model, version), "version");
  }

  putVersion(item: VersionItem): Promise<void> {
    return this.put(storeVersion(item));
  }

  listVersions(model: string, limit: number): Promise<readonly VersionItem[]> {
    return this.newest("versions", model, "version", limit);
  }

  getDelivery(model: string, deliveryId: string): Promise<DeliveryItem | null> {
    return this.find(keys.delivery(model, deliveryId), "delivery");
  }

  putDelivery(item: DeliveryItem): Promise<void> {
    return this.put(storeDelivery(item));
  }

  listDeliveries(model: string, limit: number): Promise<readonly DeliveryItem[]> {
    return this.newest("deliveriesByTime", model, "delivery", limit);
  }

  putDriftCheck(item: DriftItem): Promise<void> {
    return this.put(storeDrift(item));
  }

  listDriftChecks(model: string, limit: number): Promise<readonly DriftItem[]> {
    return this.newest("driftChecks", model, "drift", limit);
  }

  putAuditEvent(event: AuditEvent): Promise<void> {
    return this.put(storeAudit(event));
  }

  listAuditEvents(model: string, limit: number): Promise<readonly AuditEvent[]> {
    return this.newest("auditEvents", model, "audit", limit);
  }

  private async tryClaim(
    item: BatchItem,
    condition: Partial<ConstructorParameters<typeof PutCommand>[0]>,
  ): Promise<{ claimed: boolean; item: BatchItem }> {
    try {
      await this.client.send(new PutCommand({ TableName: this.table, Item: storeBatch(item), ...condition }));
      return { claimed: true, item };
    } catch (error) {
      if (describeFailure(error).name !== "ConditionalCheckFailedException") {
        return callAws(`claim batch ${item.batchId}`, () => Promise.reject(error));
      }
      const winner = await this.getBatch(item.model, item.batchId);
      if (winner === null) throw new MlopsError("registry.version-conflict", `batch ${item.batchId} came and went`);
      return { claimed: false, item: winner };
    }
  }

  private async get(key: Key): Promise<StoredItem | null> {
    const { Item } = await callAws(`read ${key.pk} ${key.sk}`, () =>
      this.client.send(new GetCommand({ TableName: this.table, Key: { ...key }, ConsistentRead: true })),
    );
    return (Item as StoredItem | undefined) ?? null;
  }

  private async find<T>(key: Key, kind: string): Promise<T | null> {
    const stored = await this.get(key);
    return stored === null ? null : load<T>(stored, kind);
  }

  private async put(item: StoredItem): Promise<void> {
    await callAws(`write ${item.pk} ${item.sk}`, () =>
      this.client.send(new PutCommand({ TableName: this.table, Item: item })),
    );
  }

  private async newest<T>(pattern: AccessPatternName, model: string, kind: string, limit: number): Promise<T[]> {
    const stored = await this.query(pattern, model, { ascending: false, limit });
    return stored.map((item) => load<T>(item, kind));
  }

  private async query(
    name: AccessPatternName,
    model: string,
    options: { ascending: boolean; limit?: number },
  ): Promise<StoredItem[]> {
    const pattern = accessPatterns[name];
    const [partition, sort] = pattern.on === "index" ? ["gsi1pk", "gsi1sk"] : ["pk", "sk"];
    const hasPrefix = pattern.sortPrefix !== "";
    const input: QueryCommandInput = {
      TableName: this.table,
      ...(pattern.on === "index" ? { IndexName: INDEX_NAME } : { ConsistentRead: true }),
      KeyConditionExpression: hasPrefix
        ? "#partition = :partition AND begins_with(#sort, :prefix)"
        : "#partition = :partition",
      ExpressionAttributeNames: { "#partition": partition, ...(hasPrefix && { "#sort": sort }) },
      ExpressionAttributeValues: {
        ":partition": pattern.partition(model),
        ...(hasPrefix && { ":prefix": pattern.sortPrefix }),
      },
      ScanIndexForward: options.ascending,
    };
    const items: StoredItem[] = [];
    let from: QueryCommandInput["ExclusiveStartKey"];
    do {
      const page = await callAws(`query ${name} of ${model}`, () =>
        this.client.send(
          new QueryCommand({
            ...input,
            ...(options.limit !== undefined && { Limit: options.limit - items.length }),
            ...(from !== undefined && { ExclusiveStartKey: from }),
          }),
        ),
      );
      items.push(...((page.Items ?? []) as StoredItem[]));
      from = page.LastEvaluatedKey;
    } while (from !== undefined && items.length < (options.limit ?? Number.POSITIVE_INFINITY));
    return items;
  }
}

function storeCompanion(companion: CompanionItem): StoredItem {
  switch (companion.kind) {
    case "run":
      return storeRun(companion.item);
    case "version":
      return storeVersion(companion.item);
    case "delivery":
      return storeDelivery(companion.item);
  }
}

/** A lost race: the condition did not hold, or another transaction has the item just now. */
function isConflict(error: unknown): boolean {
  const { name } = describeFailure(error);
  if (name !== "TransactionCanceledException") return name === "TransactionConflictException";
  const reasons = (error as { CancellationReasons?: { Code?: string }[] }).CancellationReasons ?? [];
  return reasons.some(({ Code }) => Code === "ConditionalCheckFailed" || Code === "TransactionConflict");
}
