import { isDeepStrictEqual } from "node:util";
import { callAws } from "../call-aws.ts";
import { listOf, objectOf, type Properties, type ResourceContext, tagMap } from "../resource-provider.ts";

interface TableDescription {
  readonly Table: {
    readonly TableArn: string;
    readonly TableStatus: string;
    readonly TableId?: string;
    readonly LatestStreamArn?: string;
    readonly GlobalSecondaryIndexes?: readonly { readonly IndexName: string; readonly IndexStatus?: string }[];
  };
}

const POLL_MILLIS = 20;
const MAX_WAIT_MILLIS = 60_000;

/** Waits until the table and its indexes are active; gives what Ref and GetAtt tell of it. */
export async function tableState(context: ResourceContext, name: string) {
  const { Table: table } = await untilActive(context, name);
  return {
    physicalId: name,
    attributes: { Arn: table.TableArn, TableId: table.TableId, StreamArn: table.LatestStreamArn },
  };
}

async function untilActive({ cloud }: ResourceContext, name: string): Promise<TableDescription> {
  const deadline = performance.now() + MAX_WAIT_MILLIS;
  for (;;) {
    const description = await callAws<TableDescription>(cloud, "dynamodb", "DescribeTable", { TableName: name });
    const { TableStatus: status, GlobalSecondaryIndexes: indexes = [] } = description.Table;
    if (status === "ACTIVE" && indexes.every((index) => (index.IndexStatus ?? "ACTIVE") === "ACTIVE"))
      return description;
    if (performance.now() > deadline) throw new Error(`table '${name}' is still ${status} after ${MAX_WAIT_MILLIS} ms`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLIS));
  }
}

/** Sets what CreateTable does not take: time to live, point-in-time recovery, tags. */
export async function applyTableSettings(
  context: ResourceContext,
  name: string,
  properties: Properties,
  before: Properties,
): Promise<void> {
  const { cloud } = context;
  await untilActive(context, name);
  const ttl = objectOf(properties, "TimeToLiveSpecification");
  const oldTtl = objectOf(before, "TimeToLiveSpecification");
  if (!isDeepStrictEqual(ttl, oldTtl)) {
    const specification = ttl ?? { AttributeName: oldTtl?.["AttributeName"], Enabled: false };
    await callAws(cloud, "dynamodb", "UpdateTimeToLive", { TableName: name, TimeToLiveSpecification: specification });
  }
  const recovery = objectOf(properties, "PointInTimeRecoverySpecification");
  const oldRecovery = objectOf(before, "PointInTimeRecoverySpecification");
  if (!isDeepStrictEqual(recovery, oldRecovery)) {
    await callAws(cloud, "dynamodb", "UpdateContinuousBackups", {
      TableName: name,
      PointInTimeRecoverySpecification: recovery ?? { PointInTimeRecoveryEnabled: false },
    });
  }
  if (Object.keys(before).length > 0) await updateTags(context, name, tagMap(properties), tagMap(before));
}

async function updateTags(
  { cloud }: ResourceContext,
  name: string,
  tags: Record<string, string>,
  before: Record<string, string>,
): Promise<void> {
  if (isDeepStrictEqual(tags, before)) return;
  const ResourceArn = `arn:${cloud.partition}:dynamodb:${cloud.region}:${cloud.accountId}:table/${name}`;
  const gone = Object.keys(before).filter((key) => !(key in tags));
  if (gone.length > 0) await callAws(cloud, "dynamodb", "UntagResource", { ResourceArn, TagKeys: gone });
  const list = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  if (list.length > 0) await callAws(cloud, "dynamodb", "TagResource", { ResourceArn, Tags: list });
}

/** Brings a table to other settings; secondary indexes are deleted and created one at a time, as DynamoDB wants it. */
export async function updateTable(
  context: ResourceContext,
  name: string,
  wanted: Readonly<Record<string, unknown>>,
  current: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { cloud } = context;
  const plain = [
    "BillingMode",
    "ProvisionedThroughput",
    "OnDemandThroughput",
    "DeletionProtectionEnabled",
    "TableClass",
    "SSESpecification",
    "StreamSpecification",
  ];
  const changed = plain.filter((key) => wanted[key] !== undefined && !isDeepStrictEqual(wanted[key], current[key]));
  if (changed.length > 0) {
    const changes = Object.fromEntries(changed.map((key) => [key, wanted[key]]));
    await callAws(cloud, "dynamodb", "UpdateTable", { TableName: name, ...changes });
    await untilActive(context, name);
  }
  const indexes = (source: Properties) => listOf<Properties>(source, "GlobalSecondaryIndexes");
  const same = (index: Properties, others: Properties[]) => others.some((other) => isDeepStrictEqual(other, index));
  for (const index of indexes(current).filter((old) => !same(old, indexes(wanted)))) {
    await callAws(cloud, "dynamodb", "UpdateTable", {
      TableName: name,
      GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: index["IndexName"] } }],
    });
    await untilActive(context, name);
  }
  for (const index of indexes(wanted).filter((one) => !same(one, indexes(current)))) {
    await callAws(cloud, "dynamodb", "UpdateTable", {
      TableName: name,
      AttributeDefinitions: wanted["AttributeDefinitions"],
      GlobalSecondaryIndexUpdates: [{ Create: index }],
    });
    await untilActive(context, name);
  }
}
