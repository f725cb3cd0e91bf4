import { randomUUID } from "node:crypto";
import { AwsError } from "../../kernel/aws-error.ts";
import type { Cloud, Operation } from "../../kernel/cloud.ts";
import { resourceNotFound, validation } from "./errors.ts";
import {
  checkAttributesUsed,
  checkIndexes,
  type IndexInput,
  readAttributes,
  readIndex,
  readSchema,
  readThroughput,
} from "./table-definition.ts";
import { describeTable } from "./table-description.ts";
import type { TableStore } from "./table-store.ts";
import type { IndexDefinition, KeyAttribute, TableDefinition } from "./types.ts";

/** Parameters that are accepted by AWS and not here. An empty value of them is no request for the feature. */
const UNSUPPORTED = [
  "ReplicaUpdates",
  "GlobalTableWitnessUpdates",
  "MultiRegionConsistency",
  "ResourcePolicy",
  "GlobalTableSettingsReplicationMode",
];

interface IndexChange {
  readonly Create?: IndexInput;
  readonly Update?: {
    readonly IndexName: string;
    readonly ProvisionedThroughput?: IndexInput["ProvisionedThroughput"];
  };
  readonly Delete?: { readonly IndexName: string };
}

/** The operations on tables themselves. */
export function tableOperations(cloud: Cloud, store: TableStore): Record<string, Operation> {
  return {
    CreateTable(input) {
      const name: string = input.TableName;
      refuseUnsupported(input);
      if (!/^[A-Za-z0-9_.-]{3,255}$/.test(name)) {
        throw validation(
          "TableName must be at least 3 characters long and at most 255 characters long, of a-z, A-Z, 0-9, '_', '-' and '.'",
        );
      }
      const schema = readSchema(input);
      if (store.find(name) !== undefined) {
        throw new AwsError("ResourceInUseException", 400, `Table already exists: ${name}`);
      }
      const definition: TableDefinition = {
        name,
        id: randomUUID(),
        arn: `arn:${cloud.partition}:dynamodb:${cloud.region}:${cloud.accountId}:table/${name}`,
        createdAtMillis: cloud.now(),
        ...schema,
        deletionProtection: input.DeletionProtectionEnabled === true,
        ...(input.TableClass === undefined ? {} : { tableClass: input.TableClass }),
        ...sseOf(input.SSESpecification),
        tags: Object.fromEntries(
          ((input.Tags ?? []) as { Key: string; Value: string }[]).map((tag) => [tag.Key, tag.Value]),
        ),
      };
      // AWS says CREATING here and ACTIVE a little later; here the table is ready at once.
      return { TableDescription: describeTable(store.create(definition), "CREATING") };
    },
    DescribeTable(input) {
      const name: string = input.TableName;
      const table = store.find(name.startsWith("arn:") ? (name.split("/")[1] ?? "") : name);
      if (table === undefined) throw resourceNotFound(`Requested resource not found: Table: ${name} not found`);
      return { Table: describeTable(table) };
    },
    UpdateTable(input) {
      const table = store.table(input.TableName);
      refuseUnsupported(input);
      const { definition } = table;
      const attributes = merged(definition.attributes, readAttributes(input.AttributeDefinitions ?? []));
      const indexes = changedIndexes(definition, input.GlobalSecondaryIndexUpdates ?? [], attributes);
      checkIndexes(indexes);
      const used = usedAttributes(attributes, definition, indexes);
      checkAttributesUsed(used, definition.key, indexes);
      const billingMode = input.BillingMode ?? definition.billingMode;
      const givenThroughput = input.ProvisionedThroughput;
      const keepsThroughput = givenThroughput === undefined && billingMode === definition.billingMode;
      store.redefine(table, {
        attributes: used,
        indexes,
        billingMode,
        throughput: keepsThroughput ? definition.throughput : readThroughput(billingMode, givenThroughput),
        deletionProtection: input.DeletionProtectionEnabled ?? definition.deletionProtection,
        ...(input.TableClass === undefined ? {} : { tableClass: input.TableClass }),
        ...sseOf(input.SSESpecification),
      });
      return { TableDescription: describeTable(table, "UPDATING") };
    },
    DeleteTable(input) {
      const name: string = input.TableName;
      const table = store.find(name.startsWith("arn:") ? (name.split("/")[1] ?? "") : name);
      if (table === undefined) throw resourceNotFound(`Requested resource not found: Table: ${name} not found`);
      if (table.definition.deletionProtection) {
        throw validation(
          `Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.`,
        );
      }
      const description = describeTable(table, "DELETING");
      store.remove(table);
      return { TableDescription: description };
    },
    ListTables(input) {
      const after: string = input.ExclusiveStartTableName ?? "";
      const rest = store.names().filter((name) => name > after);
      const page = rest.slice(0, input.Limit ?? 100);
      const last = page.at(-1);
      const hasMore = last !== undefined && rest.length > page.length;
      return { TableNames: page, ...(hasMore ? { LastEvaluatedTableName: last } : {}) };
    },
    DescribeEndpoints: () => ({
      Endpoints: [{ Address: new URL(cloud.endpoint()).host, CachePeriodInMinutes: 1_440 }],
    }),
    DescribeLimits: () => ({
      AccountMaxReadCapacityUnits: 80_000,
      AccountMaxWriteCapacityUnits: 80_000,
      TableMaxReadCapacityUnits: 40_000,
      TableMaxWriteCapacityUnits: 40_000,
    }),
  };
}

function refuseUnsupported(input: Readonly<Record<string, unknown>>): void {
  const stream = input["StreamSpecification"] as { readonly StreamEnabled?: boolean } | undefined;
  if (stream?.StreamEnabled === true) {
    throw validation("StreamSpecification: the local cloud does not support DynamoDB streams");
  }
  for (const name of UNSUPPORTED) {
    if (input[name] !== undefined) throw validation(`${name}: not supported by the local cloud`);
  }
}

function sseOf(input: { Enabled?: boolean; KMSMasterKeyId?: string } | undefined): Pick<TableDefinition, "sse"> {
  if (input?.Enabled !== true) return {};
  return { sse: input.KMSMasterKeyId === undefined ? {} : { kmsKeyId: input.KMSMasterKeyId } };
}

function merged(old: readonly KeyAttribute[], given: readonly KeyAttribute[]): KeyAttribute[] {
  return [...old.filter(({ name }) => !given.some((attribute) => attribute.name === name)), ...given];
}

function changedIndexes(
  definition: TableDefinition,
  changes: readonly IndexChange[],
  attributes: readonly KeyAttribute[],
): IndexDefinition[] {
  let indexes = [...definition.indexes];
  const find = (name: string): IndexDefinition => {
    const index = indexes.find((candidate) => candidate.kind === "global" && candidate.name === name);
    if (index === undefined) throw resourceNotFound(`Requested resource not found: Index: ${name} not found`);
    return index;
  };
  for (const { Create, Update, Delete } of changes) {
    if (Create !== undefined) indexes.push(readIndex("global", Create, attributes, definition.key));
    else if (Delete !== undefined) {
      const removed = find(Delete.IndexName);
      indexes = indexes.filter((index) => index !== removed);
    } else if (Update !== undefined) {
      const old = find(Update.IndexName);
      const throughput = Update.ProvisionedThroughput;
      indexes = indexes.map((index) =>
        index === old && throughput !== undefined
          ? { ...old, throughput: { read: throughput.ReadCapacityUnits, write: throughput.WriteCapacityUnits } }
          : index,
      );
    }
  }
  return indexes;
}

/** Attributes that belonged only to deleted indexes are forgotten. */
function usedAttributes(
  attributes: readonly KeyAttribute[],
  definition: TableDefinition,
  indexes: readonly IndexDefinition[],
): KeyAttribute[] {
  const keys = [definition.key, ...indexes.map((index) => index.key)];
  return attributes.filter(({ name }) => keys.some((key) => key.hash.name === name || key.range?.name === name));
}
