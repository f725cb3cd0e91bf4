import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { copyOfState } from "../../support/state-copy.ts";
import { type DynamoTest, startDynamo, tableInput } from "./tables.ts";

let dynamo: DynamoTest;

beforeEach(async () => {
  dynamo = await startDynamo();
  await dynamo.call("CreateTable", tableInput());
});

afterEach(() => dynamo.test.stop());

const key = (sk: string) => ({ pk: { S: "p" }, sk: { S: sk } });
const putAction = (sk: string, extra: object = {}) => ({ Put: { TableName: "tab", Item: { ...key(sk), ...extra } } });
const scan = async () => (await dynamo.call("Scan", { TableName: "tab" })).Items;

describe("TransactWriteItems", () => {
  it("does all of it", async () => {
    await dynamo.call("PutItem", { TableName: "tab", Item: { ...key("old"), v: { N: "1" } } });
    await dynamo.call("TransactWriteItems", {
      TransactItems: [
        putAction("new"),
        { Delete: { TableName: "tab", Key: key("old") } },
        { ConditionCheck: { TableName: "tab", Key: key("none"), ConditionExpression: "attribute_not_exists(pk)" } },
        {
          Update: {
            TableName: "tab",
            Key: key("counted"),
            UpdateExpression: "ADD n :one",
            ExpressionAttributeValues: { ":one": { N: "1" } },
          },
        },
      ],
    });
    expect(await scan()).toEqual([{ ...key("counted"), n: { N: "1" } }, key("new")]);
  });

  it("does nothing of it when one condition fails, and says which", async () => {
    await dynamo.call("PutItem", { TableName: "tab", Item: { ...key("there"), v: { N: "1" } } });
    const attempt = dynamo.call("TransactWriteItems", {
      TransactItems: [
        putAction("new"),
        {
          Put: {
            TableName: "tab",
            Item: key("there"),
            ConditionExpression: "attribute_not_exists(pk)",
            ReturnValuesOnConditionCheckFailure: "ALL_OLD",
          },
        },
      ],
    });
    await expect(attempt).rejects.toMatchObject({
      code: "TransactionCanceledException",
      message:
        "Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed]",
      members: {
        CancellationReasons: [
          { Code: "None" },
          {
            Code: "ConditionalCheckFailed",
            Message: "The conditional request failed",
            Item: { ...key("there"), v: { N: "1" } },
          },
        ],
      },
    });
    expect(await scan()).toHaveLength(1);
  });

  it("reports an update that cannot be applied as a validation error of its action", async () => {
    const attempt = dynamo.call("TransactWriteItems", {
      TransactItems: [putAction("a"), { Update: { TableName: "tab", Key: key("b"), UpdateExpression: "SET x = y" } }],
    });
    await expect(attempt).rejects.toThrow("[None, ValidationError]");
    expect(await scan()).toEqual([]);
  });

  it("refuses two operations on one item", async () => {
    await expect(
      dynamo.call("TransactWriteItems", { TransactItems: [putAction("a"), putAction("a")] }),
    ).rejects.toThrow("Transaction request cannot include multiple operations on one item");
  });

  it("happens once for a token, and refuses the token for something else", async () => {
    const add = {
      ClientRequestToken: "token-1",
      TransactItems: [
        {
          Update: {
            TableName: "tab",
            Key: key("n"),
            UpdateExpression: "ADD n :one",
            ExpressionAttributeValues: { ":one": { N: "1" } },
          },
        },
      ],
    };
    await dynamo.call("TransactWriteItems", add);
    await dynamo.call("TransactWriteItems", add);
    expect(await scan()).toEqual([{ ...key("n"), n: { N: "1" } }]);
    await expect(
      dynamo.call("TransactWriteItems", { ClientRequestToken: "token-1", TransactItems: [putAction("x")] }),
    ).rejects.toMatchObject({ code: "IdempotentParameterMismatchException" });
  });
});

describe("TransactGetItems", () => {
  it("gives items in order, nothing for those that are missing", async () => {
    await dynamo.call("PutItem", { TableName: "tab", Item: { ...key("a"), v: { N: "1" } } });
    const answer = await dynamo.call("TransactGetItems", {
      TransactItems: [
        { Get: { TableName: "tab", Key: key("none") } },
        { Get: { TableName: "tab", Key: key("a"), ProjectionExpression: "v" } },
      ],
    });
    expect(answer.Responses).toEqual([{}, { Item: { v: { N: "1" } } }]);
  });
});

describe("batches", () => {
  it("writes and reads many items", async () => {
    const PutRequests = ["a", "b", "c"].map((sk) => ({ PutRequest: { Item: key(sk) } }));
    const written = await dynamo.call("BatchWriteItem", { RequestItems: { tab: PutRequests } });
    expect(written.UnprocessedItems).toEqual({});
    await dynamo.call("BatchWriteItem", { RequestItems: { tab: [{ DeleteRequest: { Key: key("a") } }] } });
    const read = await dynamo.call("BatchGetItem", { RequestItems: { tab: { Keys: ["a", "b", "c"].map(key) } } });
    expect(read.Responses.tab).toEqual([key("b"), key("c")]);
    expect(read.UnprocessedKeys).toEqual({});
  });

  it("refuses the same key twice", async () => {
    const PutRequest = { Item: key("a") };
    await expect(
      dynamo.call("BatchWriteItem", { RequestItems: { tab: [{ PutRequest }, { PutRequest }] } }),
    ).rejects.toThrow("Provided list of item keys contains duplicates");
  });
});

describe("durability", () => {
  async function restart(): Promise<void> {
    const stateDirectory = copyOfState(dynamo.test.stateDirectory);
    await dynamo.test.stop();
    dynamo = await startDynamo({ stateDirectory });
  }

  it("keeps tables, items with bytes, settings and tokens over a kill", async () => {
    await dynamo.call("PutItem", { TableName: "tab", Item: { ...key("a"), b: { B: new Uint8Array([1, 2]) } } });
    await dynamo.call("UpdateTimeToLive", {
      TableName: "tab",
      TimeToLiveSpecification: { AttributeName: "ttl", Enabled: true },
    });
    await dynamo.call("TransactWriteItems", { ClientRequestToken: "tok", TransactItems: [putAction("b")] });
    await restart();
    expect(await scan()).toEqual([{ ...key("a"), b: { B: Buffer.from([1, 2]) } }, key("b")]);
    expect((await dynamo.call("DescribeTimeToLive", { TableName: "tab" })).TimeToLiveDescription.TimeToLiveStatus).toBe(
      "ENABLED",
    );
    await expect(
      dynamo.call("TransactWriteItems", { ClientRequestToken: "tok", TransactItems: [putAction("c")] }),
    ).rejects.toMatchObject({ code: "IdempotentParameterMismatchException" });
  });

  it("finishes a transaction whose journal was written before the process died", async () => {
    await dynamo.call("PutItem", { TableName: "tab", Item: key("gone") });
    const goneKey = "1:pgone";
    const newKey = "1:pnew";
    const line = JSON.stringify([
      "set",
      "current",
      {
        writes: [
          { table: "tab", key: goneKey },
          { table: "tab", key: newKey, item: key("new") },
        ],
      },
    ]);
    appendFileSync(join(dynamo.test.stateDirectory, "dynamodb/tables/journal.jsonl"), `${line}\n`);
    await restart();
    expect(await scan()).toEqual([key("new")]);
    await restart();
    expect(await scan()).toEqual([key("new")]);
  });

  it("does not bring back items of a deleted table", async () => {
    await dynamo.call("PutItem", { TableName: "tab", Item: key("a") });
    await dynamo.call("DeleteTable", { TableName: "tab" });
    await dynamo.call("CreateTable", tableInput());
    await restart();
    expect(await scan()).toEqual([]);
  });
});
