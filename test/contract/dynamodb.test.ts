import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  IdempotentParameterMismatchException,
  ResourceNotFoundException,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  BatchWriteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  NumberValue,
  PutCommand,
  paginateQuery,
  paginateScan,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type StartedCloud, startCloud } from "../support/start-cloud.ts";

let cloud: StartedCloud;
let client: DynamoDBClient;
let documents: DynamoDBDocumentClient;
const TableName = `contract-${Date.now()}`;

beforeAll(async () => {
  cloud = await startCloud();
  client = new DynamoDBClient(cloud.clientConfig);
  documents = DynamoDBDocumentClient.from(client);
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [
        { AttributeName: "pk", AttributeType: "S" },
        { AttributeName: "sk", AttributeType: "S" },
        { AttributeName: "kind", AttributeType: "S" },
      ],
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: "by-kind",
          KeySchema: [{ AttributeName: "kind", KeyType: "HASH" }],
          Projection: { ProjectionType: "ALL" },
        },
      ],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 60 }, { TableName });
});

afterAll(async () => {
  await client.send(new DeleteTableCommand({ TableName }));
  client.destroy();
  await cloud.stop();
});

describe("DynamoDB through the SDK", () => {
  it("round-trips documents with binary, sets, nested values and numbers beyond a double", async () => {
    const Item = {
      pk: "types",
      sk: "1",
      bytes: new Uint8Array([1, 2, 3]),
      tags: new Set(["a", "b"]),
      nested: { list: [1, "two", null, true], empty: "" },
    };
    await documents.send(
      new PutCommand({ TableName, Item: { ...Item, big: NumberValue.from("12345678901234567890.123456789") } }),
    );
    const ownClient = new DynamoDBClient(cloud.clientConfig);
    const precise = DynamoDBDocumentClient.from(ownClient, { unmarshallOptions: { wrapNumbers: true } });
    const { Item: got } = await precise.send(new GetCommand({ TableName, Key: { pk: "types", sk: "1" } }));
    expect(got?.["big"]).toMatchObject({ value: "12345678901234567890.123456789" });
    ownClient.destroy();
    const plain = await documents.send(
      new GetCommand({ TableName, Key: { pk: "types", sk: "1" }, ProjectionExpression: "pk, sk, bytes, tags, nested" }),
    );
    expect(plain.Item).toEqual(Item);
  });

  it("raises the SDK's own error classes, with the item that was in the way", async () => {
    const put = new PutCommand({
      TableName,
      Item: { pk: "once", sk: "1" },
      ConditionExpression: "attribute_not_exists(pk)",
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    });
    await documents.send(put);
    const error = await documents.send(put).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ConditionalCheckFailedException);
    expect(error).toMatchObject({ message: "The conditional request failed" });
    expect((error as ConditionalCheckFailedException).Item?.["pk"]).toBeDefined();
    await expect(client.send(new DescribeTableCommand({ TableName: "nobody" }))).rejects.toBeInstanceOf(
      ResourceNotFoundException,
    );
  });

  it("updates atomically: of many conditional increments exactly one wins each round", async () => {
    const Key = { pk: "counter", sk: "1" };
    await documents.send(new PutCommand({ TableName, Item: { ...Key, version: 0 } }));
    const attempts = Array.from({ length: 10 }, () =>
      documents.send(
        new UpdateCommand({
          TableName,
          Key,
          UpdateExpression: "SET #v = #v + :one",
          ConditionExpression: "#v = :seen",
          ExpressionAttributeNames: { "#v": "version" },
          ExpressionAttributeValues: { ":one": 1, ":seen": 0 },
          ReturnValues: "ALL_NEW",
        }),
      ),
    );
    const settled = await Promise.allSettled(attempts);
    expect(settled.filter((result) => result.status === "fulfilled")).toHaveLength(1);
  });

  it("cancels transactions with reasons, and runs one token once", async () => {
    await documents.send(new PutCommand({ TableName, Item: { pk: "tx", sk: "taken" } }));
    const failing = new TransactWriteCommand({
      TransactItems: [
        { Put: { TableName, Item: { pk: "tx", sk: "new" } } },
        { Put: { TableName, Item: { pk: "tx", sk: "taken" }, ConditionExpression: "attribute_not_exists(pk)" } },
      ],
    });
    const error = await documents.send(failing).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(TransactionCanceledException);
    expect((error as TransactionCanceledException).CancellationReasons?.map((reason) => reason.Code)).toEqual([
      "None",
      "ConditionalCheckFailed",
    ]);
    const ClientRequestToken = `token-${Date.now()}`;
    const add = (amount: string) =>
      client.send(
        new TransactWriteItemsCommand({
          ClientRequestToken,
          TransactItems: [
            {
              Update: {
                TableName,
                Key: { pk: { S: "tx" }, sk: { S: "sum" } },
                UpdateExpression: "ADD amount :a",
                ExpressionAttributeValues: { ":a": { N: amount } },
              },
            },
          ],
        }),
      );
    await add("5");
    await add("5");
    const { Item } = await documents.send(
      new GetCommand({ TableName, Key: { pk: "tx", sk: "sum" }, ConsistentRead: true }),
    );
    expect(Item?.["amount"]).toBe(5);
    await expect(add("6")).rejects.toBeInstanceOf(IdempotentParameterMismatchException);
  });

  it("pages queries and scans through the SDK's paginators, and reads indexes", async () => {
    const items = Array.from({ length: 23 }, (_, index) => ({
      pk: "page",
      sk: String(index).padStart(3, "0"),
      kind: index % 2 === 0 ? "even" : "odd",
    }));
    await documents.send(
      new BatchWriteCommand({ RequestItems: { [TableName]: items.map((Item) => ({ PutRequest: { Item } })) } }),
    );
    const seen: string[] = [];
    const pages = paginateQuery(
      { client: documents, pageSize: 5 },
      { TableName, KeyConditionExpression: "pk = :p", ExpressionAttributeValues: { ":p": "page" } },
    );
    for await (const page of pages) seen.push(...(page.Items ?? []).map((item) => item["sk"] as string));
    expect(seen).toEqual(items.map((item) => item.sk));
    let scanned = 0;
    for await (const page of paginateScan(
      { client: documents, pageSize: 7 },
      { TableName, ProjectionExpression: "pk" },
    )) {
      scanned += (page.Items ?? []).filter((item) => item["pk"] === "page").length;
    }
    expect(scanned).toBe(23);
    const odd = await documents.send(
      new QueryCommand({
        TableName,
        IndexName: "by-kind",
        KeyConditionExpression: "kind = :k",
        FilterExpression: "begins_with(sk, :tens)",
        ExpressionAttributeValues: { ":k": "odd", ":tens": "01" },
      }),
    );
    expect(odd.Count).toBe(5);
    expect(odd.ScannedCount).toBe(11);
    const batch = await documents.send(
      new BatchGetCommand({
        RequestItems: { [TableName]: { Keys: items.slice(0, 3).map(({ pk, sk }) => ({ pk, sk })) } },
      }),
    );
    expect(batch.Responses?.[TableName]).toHaveLength(3);
  });
});
