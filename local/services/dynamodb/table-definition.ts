import { invalidValues, validation } from "./errors.ts";
import type { IndexDefinition, KeyAttribute, KeySchema, KeyType, TableDefinition, Throughput } from "./types.ts";

/** Quotas of a table: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
const MAX_GLOBAL_INDEXES = 20;
const MAX_LOCAL_INDEXES = 5;

interface AttributeDefinitionInput {
  readonly AttributeName: string;
  readonly AttributeType: KeyType;
}

interface KeyElementInput {
  readonly AttributeName: string;
  readonly KeyType: string;
}

interface ThroughputInput {
  readonly ReadCapacityUnits: number;
  readonly WriteCapacityUnits: number;
}

/** An index as CreateTable and UpdateTable take it. */
export interface IndexInput {
  readonly IndexName: string;
  readonly KeySchema: readonly KeyElementInput[];
  readonly Projection?: { readonly ProjectionType?: string; readonly NonKeyAttributes?: readonly string[] };
  readonly ProvisionedThroughput?: ThroughputInput;
}

/** The members of CreateTable that make its definition. */
export interface CreateTableInput {
  readonly TableName: string;
  readonly AttributeDefinitions?: readonly AttributeDefinitionInput[];
  readonly KeySchema?: readonly KeyElementInput[];
  readonly GlobalSecondaryIndexes?: readonly IndexInput[];
  readonly LocalSecondaryIndexes?: readonly IndexInput[];
  readonly BillingMode?: string;
  readonly ProvisionedThroughput?: ThroughputInput;
}

/** The parts of a definition that CreateTable's schema decides. Throws ValidationException. */
export function readSchema(
  input: CreateTableInput,
): Pick<TableDefinition, "key" | "attributes" | "indexes" | "billingMode" | "throughput"> {
  const attributes = readAttributes(input.AttributeDefinitions ?? []);
  const key = readKey(input.KeySchema ?? [], attributes);
  const billingMode = input.BillingMode === "PAY_PER_REQUEST" ? "PAY_PER_REQUEST" : "PROVISIONED";
  const throughput = readThroughput(billingMode, input.ProvisionedThroughput);
  const indexes = [
    ...(input.LocalSecondaryIndexes ?? []).map((index) => readIndex("local", index, attributes, key)),
    ...(input.GlobalSecondaryIndexes ?? []).map((index) => readIndex("global", index, attributes, key)),
  ];
  checkIndexes(indexes);
  checkAttributesUsed(attributes, key, indexes);
  return { key, attributes, indexes, billingMode, ...(throughput === undefined ? {} : { throughput }) };
}

/** Attribute definitions, each name once. Throws ValidationException. */
export function readAttributes(input: readonly AttributeDefinitionInput[]): KeyAttribute[] {
  const attributes = input.map(({ AttributeName, AttributeType }) => ({ name: AttributeName, type: AttributeType }));
  if (new Set(attributes.map(({ name }) => name)).size < attributes.length) {
    throw invalidValues("AttributeDefinitions has a duplicate name");
  }
  return attributes;
}

/** An index. Throws ValidationException. */
export function readIndex(
  kind: IndexDefinition["kind"],
  input: IndexInput,
  attributes: readonly KeyAttribute[],
  tableKey: KeySchema,
): IndexDefinition {
  const key = readKey(input.KeySchema, attributes);
  if (kind === "local") {
    if (tableKey.range === undefined) {
      throw invalidValues(
        "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex",
      );
    }
    if (key.hash.name !== tableKey.hash.name) {
      throw invalidValues(
        `Index KeySchema does not have the same leading hash key as table KeySchema for index: ${input.IndexName}. index hash key: ${key.hash.name}, table hash key: ${tableKey.hash.name}`,
      );
    }
    if (key.range === undefined) {
      throw invalidValues(`Index KeySchema does not have a range key for index: ${input.IndexName}`);
    }
  }
  const projection = input.Projection?.ProjectionType;
  const include = input.Projection?.NonKeyAttributes ?? [];
  if (projection !== "ALL" && projection !== "KEYS_ONLY" && projection !== "INCLUDE") {
    throw invalidValues("Unknown ProjectionType: null");
  }
  if (projection === "INCLUDE" && include.length === 0) {
    throw invalidValues("NonKeyAttributes must be specified when ProjectionType is INCLUDE");
  }
  if (projection !== "INCLUDE" && include.length > 0) {
    throw invalidValues(`ProjectionType is ${projection}, but NonKeyAttributes is specified`);
  }
  const throughput = input.ProvisionedThroughput;
  return {
    name: input.IndexName,
    kind,
    key,
    projection,
    include,
    ...(throughput === undefined
      ? {}
      : { throughput: { read: throughput.ReadCapacityUnits, write: throughput.WriteCapacityUnits } }),
  };
}

/** Checks names and numbers of indexes. Throws ValidationException. */
export function checkIndexes(indexes: readonly IndexDefinition[]): void {
  const names = indexes.map((index) => index.name);
  const repeated = names.find((name, position) => names.indexOf(name) !== position);
  if (repeated !== undefined) throw invalidValues(`Duplicate index name: ${repeated}`);
  const globals = indexes.filter((index) => index.kind === "global").length;
  if (globals > MAX_GLOBAL_INDEXES) {
    throw invalidValues(`GlobalSecondaryIndex count exceeds the per-table limit of ${MAX_GLOBAL_INDEXES}`);
  }
  if (indexes.length - globals > MAX_LOCAL_INDEXES) {
    throw invalidValues(`Number of LocalSecondaryIndexes exceeds per-table limit of ${MAX_LOCAL_INDEXES}`);
  }
}

/** Checks that every defined attribute belongs to a key. Throws ValidationException. */
export function checkAttributesUsed(
  attributes: readonly KeyAttribute[],
  key: KeySchema,
  indexes: readonly IndexDefinition[],
): void {
  const used = new Set([key, ...indexes.map((index) => index.key)].flatMap((one) => [one.hash.name, one.range?.name]));
  if (attributes.some(({ name }) => !used.has(name))) {
    throw invalidValues(
      indexes.length === 0
        ? "Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions"
        : `Some AttributeDefinitions are not used. AttributeDefinitions: [${attributes.map(({ name }) => name).join(", ")}], keys used: [${[...used].filter((name) => name !== undefined).join(", ")}]`,
    );
  }
}

/** The provisioned capacity, which goes with its billing mode only. Throws ValidationException. */
export function readThroughput(billingMode: string, input: ThroughputInput | undefined): Throughput | undefined {
  if (billingMode === "PAY_PER_REQUEST") {
    if (input === undefined) return undefined;
    throw invalidValues(
      "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
    );
  }
  if (input === undefined) {
    throw invalidValues(
      "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED",
    );
  }
  return { read: input.ReadCapacityUnits, write: input.WriteCapacityUnits };
}

function readKey(elements: readonly KeyElementInput[], attributes: readonly KeyAttribute[]): KeySchema {
  const [first, second] = elements;
  if (elements.length > 2) {
    throw validation("The local cloud does not support keys of more than one partition and one sort attribute");
  }
  if (first?.KeyType !== "HASH") {
    throw invalidValues("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
  }
  if (second !== undefined && second.KeyType !== "RANGE") {
    throw invalidValues("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
  }
  if (first.AttributeName === second?.AttributeName) {
    throw validation("Both the Hash Key and the Range Key element in the KeySchema have the same name");
  }
  const find = (element: KeyElementInput): KeyAttribute => {
    const attribute = attributes.find(({ name }) => name === element.AttributeName);
    if (attribute !== undefined) return attribute;
    throw invalidValues(
      `Some index key attributes are not defined in AttributeDefinitions. Keys: [${elements.map((one) => one.AttributeName).join(", ")}], AttributeDefinitions: [${attributes.map(({ name }) => name).join(", ")}]`,
    );
  };
  return second === undefined ? { hash: find(first) } : { hash: find(first), range: find(second) };
}
