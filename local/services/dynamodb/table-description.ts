import type { Table } from "./table.ts";
import type { IndexDefinition, KeySchema, Throughput } from "./types.ts";

/** A table in the shape of DescribeTable. */
export function describeTable(table: Table, status = "ACTIVE"): object {
  const { definition } = table;
  const globals = definition.indexes.filter((index) => index.kind === "global");
  const locals = definition.indexes.filter((index) => index.kind === "local");
  const isOnDemand = definition.billingMode === "PAY_PER_REQUEST";
  return {
    TableName: definition.name,
    TableArn: definition.arn,
    TableId: definition.id,
    TableStatus: status,
    CreationDateTime: new Date(definition.createdAtMillis),
    AttributeDefinitions: definition.attributes.map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
    KeySchema: describeKey(definition.key),
    ItemCount: table.count,
    TableSizeBytes: table.sizeBytes,
    ProvisionedThroughput: describeThroughput(definition.throughput),
    ...(isOnDemand
      ? {
          BillingModeSummary: {
            BillingMode: "PAY_PER_REQUEST",
            LastUpdateToPayPerRequestDateTime: new Date(definition.createdAtMillis),
          },
        }
      : {}),
    ...(globals.length === 0
      ? {}
      : {
          GlobalSecondaryIndexes: globals.map((index) => ({
            ...describeIndex(table, index),
            IndexStatus: status === "ACTIVE" ? "ACTIVE" : "CREATING",
            ProvisionedThroughput: describeThroughput(index.throughput),
          })),
        }),
    ...(locals.length === 0 ? {} : { LocalSecondaryIndexes: locals.map((index) => describeIndex(table, index)) }),
    DeletionProtectionEnabled: definition.deletionProtection,
    ...(definition.tableClass === undefined ? {} : { TableClassSummary: { TableClass: definition.tableClass } }),
    ...(definition.sse === undefined
      ? {}
      : {
          SSEDescription: {
            Status: "ENABLED",
            SSEType: "KMS",
            ...(definition.sse.kmsKeyId === undefined ? {} : { KMSMasterKeyArn: definition.sse.kmsKeyId }),
          },
        }),
  };
}

function describeKey(key: KeySchema): object[] {
  const hash = { AttributeName: key.hash.name, KeyType: "HASH" };
  return key.range === undefined ? [hash] : [hash, { AttributeName: key.range.name, KeyType: "RANGE" }];
}

function describeIndex(table: Table, index: IndexDefinition): object {
  const entries = table.index(index.name)?.entries;
  return {
    IndexName: index.name,
    IndexArn: `${table.definition.arn}/index/${index.name}`,
    KeySchema: describeKey(index.key),
    Projection: {
      ProjectionType: index.projection,
      ...(index.projection === "INCLUDE" ? { NonKeyAttributes: index.include } : {}),
    },
    ItemCount: entries?.count ?? 0,
    IndexSizeBytes: entries?.sizeBytes ?? 0,
  };
}

function describeThroughput(throughput: Throughput | undefined): object {
  return {
    NumberOfDecreasesToday: 0,
    ReadCapacityUnits: throughput?.read ?? 0,
    WriteCapacityUnits: throughput?.write ?? 0,
  };
}
