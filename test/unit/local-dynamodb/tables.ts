import { createDynamodb } from "../../../local/services/dynamodb/index.ts";
import { createTestCloud, type TestCloud } from "../../support/test-cloud.ts";

/** A test cloud with DynamoDB and one call function. */
export interface DynamoTest {
  readonly test: TestCloud;
  // biome-ignore lint/suspicious/noExplicitAny: answers are AWS shapes; each test looks at its own members.
  call(operation: string, input: object): Promise<any>;
}

/** Starts DynamoDB alone; with a state directory for a restart, with a clock for time to live. */
export async function startDynamo(options: { stateDirectory?: string; now?: () => number } = {}): Promise<DynamoTest> {
  const test = await createTestCloud({ services: [createDynamodb], ...options });
  return { test, call: (operation, input) => test.cloud.call("dynamodb", operation, input) };
}

/** A table `tab` with the keys pk (S) and sk (given type), and optionally a global index `byG` on gpk, gsk and a local one `byL` on lsk. */
export function tableInput(
  options: { sortType?: "S" | "N" | "B"; indexes?: boolean; projection?: object } = {},
): object {
  const attributes = [
    { AttributeName: "pk", AttributeType: "S" },
    { AttributeName: "sk", AttributeType: options.sortType ?? "S" },
  ];
  const base = {
    TableName: "tab",
    KeySchema: [
      { AttributeName: "pk", KeyType: "HASH" },
      { AttributeName: "sk", KeyType: "RANGE" },
    ],
    BillingMode: "PAY_PER_REQUEST",
  };
  if (options.indexes !== true) return { ...base, AttributeDefinitions: attributes };
  return {
    ...base,
    AttributeDefinitions: [
      ...attributes,
      { AttributeName: "gpk", AttributeType: "S" },
      { AttributeName: "gsk", AttributeType: "N" },
      { AttributeName: "lsk", AttributeType: "S" },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: "byG",
        KeySchema: [
          { AttributeName: "gpk", KeyType: "HASH" },
          { AttributeName: "gsk", KeyType: "RANGE" },
        ],
        Projection: options.projection ?? { ProjectionType: "ALL" },
      },
    ],
    LocalSecondaryIndexes: [
      {
        IndexName: "byL",
        KeySchema: [
          { AttributeName: "pk", KeyType: "HASH" },
          { AttributeName: "lsk", KeyType: "RANGE" },
        ],
        Projection: { ProjectionType: "KEYS_ONLY" },
      },
    ],
  };
}
