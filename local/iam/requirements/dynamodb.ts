import {
  type Derivation,
  type Input,
  list,
  nameOrArn,
  type Place,
  type ServiceTable,
  structure,
  text,
} from "./requirement.ts";

const tableOf = (input: Input, place: Place): string =>
  nameOrArn(place, "dynamodb", "table/", text(input, "TableName"));

const onTable =
  (action: string): Derivation =>
  (input, place) => [{ action: `dynamodb:${action}`, resource: tableOf(input, place) }];

/** A query of an index is authorised on the index, not on its table. */
const onTableOrIndex =
  (action: string): Derivation =>
  (input, place) => {
    const index = text(input, "IndexName");
    return [
      { action: `dynamodb:${action}`, resource: tableOf(input, place) + (index === "" ? "" : `/index/${index}`) },
    ];
  };

const batch =
  (action: string): Derivation =>
  (input, place) =>
    Object.keys(structure(input, "RequestItems")).map((table) => ({
      action: `dynamodb:${action}`,
      resource: nameOrArn(place, "dynamodb", "table/", table),
    }));

/** What each entry of a transaction counts as. */
const ENTRY_ACTIONS: Readonly<Record<string, string>> = {
  Put: "PutItem",
  Update: "UpdateItem",
  Delete: "DeleteItem",
  ConditionCheck: "ConditionCheckItem",
  Get: "GetItem",
};

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html */
const transaction =
  (operation: string): Derivation =>
  (input, place) =>
    list(input, "TransactItems").flatMap((item) =>
      Object.entries(item).map(([kind, entry]) => {
        const action = ENTRY_ACTIONS[kind];
        if (action === undefined) throw new Error(`a transaction has no entry ${kind}`);
        return {
          action: `dynamodb:${action}`,
          resource: tableOf(entry as Input, place),
          context: { "dynamodb:EnclosingOperation": operation },
        };
      }),
    );

const TABLE_OPERATIONS = [
  "GetItem",
  "PutItem",
  "UpdateItem",
  "DeleteItem",
  "CreateTable",
  "DeleteTable",
  "UpdateTable",
  "DescribeTable",
  "DescribeTimeToLive",
  "UpdateTimeToLive",
  "DescribeContinuousBackups",
  "UpdateContinuousBackups",
];

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html */
export const dynamodbTable: ServiceTable = {
  ...Object.fromEntries(TABLE_OPERATIONS.map((operation) => [operation, onTable(operation)])),
  Query: onTableOrIndex("Query"),
  Scan: onTableOrIndex("Scan"),
  BatchGetItem: batch("BatchGetItem"),
  BatchWriteItem: batch("BatchWriteItem"),
  TransactWriteItems: transaction("TransactWriteItems"),
  TransactGetItems: transaction("TransactGetItems"),
  ListTables: () => [{ action: "dynamodb:ListTables", resource: "*" }],
  DescribeLimits: () => [{ action: "dynamodb:DescribeLimits", resource: "*" }],
  DescribeEndpoints: () => [{ action: "dynamodb:DescribeEndpoints", resource: "*" }],
};
