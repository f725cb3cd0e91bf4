import { randomUUID } from "node:crypto";
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DynamoRegistry } from "../../adapters/dynamo-registry.ts";
import type { Registry } from "../../app/ports/registry.ts";
import { parseDefinition } from "../../core/definition/parse.ts";
import { emptyHead } from "../../core/registry/head.ts";
import type { BatchItem, RunItem } from "../../core/registry/items.ts";
import { acquireTrainingLease } from "../../core/registry/training-lease.ts";
import { testDefinitionYaml } from "../support/memory-ports.ts";
import { MemoryRegistry } from "../support/memory-registry.ts";
import { type StartedCloud, startCloud } from "../support/start-cloud.ts";

let cloud: StartedCloud;
let client: DynamoDBClient;
const TableName = `registry-${randomUUID().slice(0, 8)}`;

beforeAll(async () => {
  cloud = await startCloud();
  client = new DynamoDBClient(cloud.clientConfig);
  const attribute = (AttributeName: string) => ({ AttributeName, AttributeType: "S" as const });
  const keys = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: "HASH" as const },
    { AttributeName: range, KeyType: "RANGE" as const },
  ];
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: ["pk", "sk", "gsi1pk", "gsi1sk"].map(attribute),
      KeySchema: keys("pk", "sk"),
      GlobalSecondaryIndexes: [
        { IndexName: "gsi1", KeySchema: keys("gsi1pk", "gsi1sk"), Projection: { ProjectionType: "ALL" } },
      ],
    }),
  );
  for (;;) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    if (Table?.TableStatus === "ACTIVE") break;
    await new Promise((done) => setTimeout(done, 50));
  }
});

afterAll(async () => {
  client.destroy();
  await cloud.stop();
});

const now = new Date("2026-01-01T00:00:00Z");

function leased(model: string) {
  const policy = { on: ["data"] as const, cooldownMinutes: 0, maxRunsPerDay: 9, maxUsdPerMonth: 9 };
  const result = acquireTrainingLease(
    emptyHead(model),
    { trigger: { kind: "data", reason: "r" }, policy, actor: "test" },
    now,
  );
  if (!result.accepted || result.audit === null) throw new Error("expected a lease");
  return { head: result.head, audit: result.audit };
}

function run(model: string, fence: number): RunItem {
  return {
    model,
    runId: `r${fence}-x`,
    fence,
    trigger: { kind: "data", reason: "r" },
    startedAt: `2026-01-0${fence}T00:00:00.000Z`,
    endedAt: null,
    outcome: "running",
    reason: null,
    datasetId: null,
    definitionHash: null,
    championVersion: null,
    version: null,
    spendUsd: null,
  };
}

function batch(model: string, batchId: string, by: string, untilEpochSeconds: number): BatchItem {
  return {
    model,
    batchId,
    status: "processing",
    source: { bucket: "b", key: `${model}/incoming/ä b.csv`, versionId: "v1" },
    receivedAt: `2026-01-01T00:00:0${batchId}.000Z`,
    claim: { by, untilEpochSeconds },
    decidedAt: null,
    rows: null,
    manifestKey: null,
    sourceSha256: null,
    dataHash: null,
    timeRange: null,
    reportKey: null,
    rules: [],
    settledAt: null,
  };
}

describe.each<[string, () => Registry]>([
  ["in memory", () => new MemoryRegistry()],
  ["in DynamoDB", () => new DynamoRegistry(TableName, client)],
])("the registry %s", (_, create) => {
  const model = () => `m${randomUUID().slice(0, 8)}`;

  it("gives the empty head of a model that nothing has happened to", async () => {
    expect(await create().getHead("nobody")).toEqual(emptyHead("nobody"));
  });

  it("writes head, audit event and companions together", async () => {
    const [registry, name] = [create(), model()];
    const change = leased(name);
    await registry.commit({ ...change, items: [{ kind: "run", item: run(name, 1) }] });
    expect(await registry.getHead(name)).toEqual(change.head);
    expect(await registry.listAuditEvents(name, 10)).toEqual([change.audit]);
    expect(await registry.getRun(name, "r1-x")).toEqual(run(name, 1));
  });

  it("lets one of two writers win and the other know, with nothing of it written", async () => {
    const [registry, name] = [create(), model()];
    const change = leased(name);
    const writes = await Promise.allSettled([
      registry.commit({ ...change, items: [{ kind: "run", item: run(name, 1) }] }),
      registry.commit({ ...change, items: [{ kind: "run", item: run(name, 2) }] }),
    ]);
    const lost = writes.filter((write) => write.status === "rejected");
    expect(lost).toHaveLength(1);
    expect(lost[0]?.reason).toMatchObject({ code: "registry.version-conflict", retryable: true });
    expect(await registry.listRuns(name, 10)).toHaveLength(1);
  });

  it("refuses a head that skips a revision", async () => {
    const [registry, name] = [create(), model()];
    const change = leased(name);
    await registry.commit({ ...change, items: [] });
    const skipped = { ...change.head, revision: 3 };
    await expect(registry.commit({ ...change, head: skipped, items: [] })).rejects.toMatchObject({
      code: "registry.version-conflict",
    });
  });

  it("lists newest first, up to the limit", async () => {
    const [registry, name] = [create(), model()];
    for (const fence of [2, 1, 3]) await registry.putRun(run(name, fence));
    expect((await registry.listRuns(name, 2)).map((item) => item.runId)).toEqual(["r3-x", "r2-x"]);
  });

  it("claims a batch once, gives it back to its own worker and after its time to anybody", async () => {
    const [registry, name] = [create(), model()];
    const first = await registry.claimBatch(batch(name, "1", "m1", 1_000), 100);
    expect(first.claimed).toBe(true);
    expect((await registry.claimBatch(batch(name, "1", "m2", 2_000), 200)).claimed).toBe(false);
    expect((await registry.claimBatch(batch(name, "1", "m1", 2_000), 200)).claimed).toBe(true);
    const taken = await registry.claimBatch(batch(name, "1", "m3", 9_000), 3_000);
    expect(taken).toMatchObject({ claimed: true, item: { claim: { by: "m3" } } });
  });

  it("claims nothing that is decided, and lists it at once", async () => {
    const [registry, name] = [create(), model()];
    const { item } = await registry.claimBatch(batch(name, "1", "m1", 1_000), 100);
    await registry.putBatch({ ...item, status: "accepted", claim: null });
    const again = await registry.claimBatch(batch(name, "1", "m1", 9_000), 5_000);
    expect(again).toMatchObject({ claimed: false, item: { status: "accepted" } });
    expect((await registry.listBatches(name)).map((found) => found.batchId)).toEqual(["1"]);
    expect(await registry.listRecentBatches(name, 5)).toHaveLength(1);
  });

  it("keeps a definition with the order of its features", async () => {
    const [registry, name] = [create(), model()];
    const yaml = testDefinitionYaml(name).replace("    speed:", "    zulu: { type: number }\n    speed:");
    const definition = parseDefinition(yaml, "m.yaml");
    const item = { model: name, definition, hash: "h", publishedAt: now.toISOString(), sourceKey: "s" };
    await registry.putDefinition(item);
    const found = await registry.getDefinition(name);
    expect(found).toEqual(item);
    expect(Object.keys(found?.definition.data.features ?? {})).toEqual(["zulu", "speed", "phase"]);
    expect((await registry.listDefinitions()).map((other) => other.model)).toContain(name);
    await registry.deleteDefinition(name);
    expect(await registry.getDefinition(name)).toBeNull();
  });
});
