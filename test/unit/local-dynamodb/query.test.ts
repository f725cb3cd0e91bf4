import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DynamoTest, startDynamo, tableInput } from "./tables.ts";

let dynamo: DynamoTest;

beforeEach(async () => {
  dynamo = await startDynamo();
});

afterEach(() => dynamo.test.stop());

const put = (Item: object) => dynamo.call("PutItem", { TableName: "tab", Item });
const query = (KeyConditionExpression: string, values: object, extra: object = {}) =>
  dynamo.call("Query", { TableName: "tab", KeyConditionExpression, ExpressionAttributeValues: values, ...extra });
const sortKeys = (answer: { Items: { sk: { S?: string; N?: string } }[] }) =>
  answer.Items.map((item) => item.sk.S ?? item.sk.N);

describe("Query", () => {
  it("orders numbers by value, over all magnitudes and signs", async () => {
    await dynamo.call("CreateTable", tableInput({ sortType: "N" }));
    const ordered = ["-1E10", "-15", "-1.5", "-1", "-0.001", "0", "1E-130", "0.5", "1", "1.01", "9", "10", "1E125"];
    for (const N of [...ordered].reverse()) await put({ pk: { S: "p" }, sk: { N } });
    const answer = await query("pk = :p", { ":p": { S: "p" } });
    expect(sortKeys(answer).map(Number)).toEqual(ordered.map(Number));
    const between = await query("pk = :p AND sk BETWEEN :a AND :b", {
      ":p": { S: "p" },
      ":a": { N: "-1.5" },
      ":b": { N: "0.50" },
    });
    expect(sortKeys(between)).toHaveLength(6);
  });

  it("orders text by UTF-8 bytes", async () => {
    await dynamo.call("CreateTable", tableInput());
    const ordered = ["A", "Z", "a", "é", "\uffee", "😀"];
    for (const S of [...ordered].reverse()) await put({ pk: { S: "p" }, sk: { S } });
    expect(sortKeys(await query("pk = :p", { ":p": { S: "p" } }))).toEqual(ordered);
    expect(sortKeys(await query("pk = :p", { ":p": { S: "p" } }, { ScanIndexForward: false }))).toEqual(
      ordered.reverse(),
    );
  });

  it.each([
    ["sk = :v", ["b"]],
    ["sk < :v", ["a", "ab"]],
    ["sk <= :v", ["a", "ab", "b"]],
    ["sk > :v", ["ba", "c"]],
    ["sk >= :v", ["b", "ba", "c"]],
    [":v < sk", ["ba", "c"]],
    ["begins_with(sk, :v)", ["b", "ba"]],
  ])("selects by %s, forward and backward", async (condition, expected) => {
    await dynamo.call("CreateTable", tableInput());
    for (const S of ["c", "ba", "b", "ab", "a"]) await put({ pk: { S: "p" }, sk: { S } });
    const values = { ":p": { S: "p" }, ":v": { S: "b" } };
    expect(sortKeys(await query(`pk = :p AND ${condition}`, values))).toEqual(expected);
    const backward = await query(`${condition} AND pk = :p`, values, { ScanIndexForward: false });
    expect(sortKeys(backward)).toEqual([...expected].reverse());
  });

  it("pages by Limit, in both directions, without losing or repeating items", async () => {
    await dynamo.call("CreateTable", tableInput());
    const all = Array.from({ length: 25 }, (_, index) => String(index).padStart(2, "0"));
    for (const S of all) await put({ pk: { S: "p" }, sk: { S } });
    for (const ScanIndexForward of [true, false]) {
      const seen: (string | undefined)[] = [];
      let ExclusiveStartKey: object | undefined;
      do {
        const page = await query("pk = :p", { ":p": { S: "p" } }, { Limit: 4, ScanIndexForward, ExclusiveStartKey });
        seen.push(...sortKeys(page));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey !== undefined);
      expect(seen).toEqual(ScanIndexForward ? all : [...all].reverse());
    }
  });

  it("stops a page at 1 MB of read data, and filters after it counted", async () => {
    await dynamo.call("CreateTable", tableInput());
    for (let index = 0; index < 6; index += 1) {
      await put({
        pk: { S: "p" },
        sk: { S: String(index) },
        big: { S: "x".repeat(300_000) },
        even: { BOOL: index % 2 === 0 },
      });
    }
    const first = await query(
      "pk = :p",
      { ":p": { S: "p" }, ":yes": { BOOL: true } },
      { FilterExpression: "even = :yes" },
    );
    expect(first).toMatchObject({ ScannedCount: 4, Count: 2, LastEvaluatedKey: { sk: { S: "3" } } });
  });

  it.each([
    ["sk = :v", "Query condition missed key schema element: pk"],
    ["pk = :v OR sk = :v", "Invalid operator used in KeyConditionExpression: OR"],
    ["pk > :v", "Query key condition not supported"],
    ["pk = :v AND x = :v", "Query condition missed key schema element: sk"],
    ["pk = :v AND pk = :v", "KeyConditionExpressions must only contain one condition per key"],
  ])("refuses the key condition %s", async (condition, message) => {
    await dynamo.call("CreateTable", tableInput());
    await expect(query(condition, { ":v": { S: "v" } })).rejects.toThrow(message);
  });

  it("refuses a filter on the key, and a start key that does not fit", async () => {
    await dynamo.call("CreateTable", tableInput());
    const values = { ":v": { S: "v" } };
    await expect(query("pk = :v", values, { FilterExpression: "sk = :v" })).rejects.toThrow(
      "Filter Expression can only contain non-primary key attributes: Primary key attribute: sk",
    );
    await expect(query("pk = :v", values, { ExclusiveStartKey: { pk: { S: "v" } } })).rejects.toThrow(
      "The provided starting key is invalid",
    );
  });

  it("counts without giving items, and reports consumed capacity when asked", async () => {
    await dynamo.call("CreateTable", tableInput());
    for (const S of ["a", "b"]) await put({ pk: { S: "p" }, sk: { S } });
    const answer = await query("pk = :p", { ":p": { S: "p" } }, { Select: "COUNT", ReturnConsumedCapacity: "TOTAL" });
    expect(answer).toEqual({
      Count: 2,
      ScannedCount: 2,
      ConsumedCapacity: { TableName: "tab", CapacityUnits: 0.5 },
    });
  });
});

describe("secondary indexes", () => {
  it("holds only items that have its key, and follows their changes", async () => {
    await dynamo.call("CreateTable", tableInput({ indexes: true }));
    await put({ pk: { S: "p" }, sk: { S: "1" } });
    await put({ pk: { S: "p" }, sk: { S: "2" }, gpk: { S: "g" }, gsk: { N: "2" } });
    await put({ pk: { S: "q" }, sk: { S: "3" }, gpk: { S: "g" }, gsk: { N: "1" } });
    const inIndex = () => query("gpk = :g", { ":g": { S: "g" } }, { IndexName: "byG" });
    expect(sortKeys(await inIndex())).toEqual(["3", "2"]);
    await dynamo.call("UpdateItem", {
      TableName: "tab",
      Key: { pk: { S: "q" }, sk: { S: "3" } },
      UpdateExpression: "SET gsk = :n",
      ExpressionAttributeValues: { ":n": { N: "3" } },
    });
    expect(sortKeys(await inIndex())).toEqual(["2", "3"]);
    await dynamo.call("UpdateItem", {
      TableName: "tab",
      Key: { pk: { S: "q" }, sk: { S: "3" } },
      UpdateExpression: "REMOVE gpk",
    });
    expect(sortKeys(await inIndex())).toEqual(["2"]);
    await dynamo.call("DeleteItem", { TableName: "tab", Key: { pk: { S: "p" }, sk: { S: "2" } } });
    expect(sortKeys(await inIndex())).toEqual([]);
  });

  it("pages through items with equal index keys", async () => {
    await dynamo.call("CreateTable", tableInput({ indexes: true }));
    for (let index = 0; index < 9; index += 1) {
      await put({ pk: { S: `p${index}` }, sk: { S: "s" }, gpk: { S: "g" }, gsk: { N: "1" } });
    }
    const seen = new Set<string>();
    let ExclusiveStartKey: object | undefined;
    do {
      const page = await query("gpk = :g", { ":g": { S: "g" } }, { IndexName: "byG", Limit: 2, ExclusiveStartKey });
      for (const item of page.Items) seen.add(item.pk.S);
      ExclusiveStartKey = page.LastEvaluatedKey;
      if (ExclusiveStartKey) expect(Object.keys(ExclusiveStartKey).sort()).toEqual(["gpk", "gsk", "pk", "sk"]);
    } while (ExclusiveStartKey !== undefined);
    expect(seen.size).toBe(9);
  });

  it("gives what it projects; a local index fetches the rest when asked", async () => {
    await dynamo.call(
      "CreateTable",
      tableInput({ indexes: true, projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["shown"] } }),
    );
    const item = {
      pk: { S: "p" },
      sk: { S: "1" },
      gpk: { S: "g" },
      gsk: { N: "1" },
      lsk: { S: "l" },
      shown: { S: "s" },
      extra: { S: "h" },
    };
    await put(item);
    const global = await query("gpk = :g", { ":g": { S: "g" } }, { IndexName: "byG" });
    const { extra: _extra, lsk: _lsk, ...projected } = item;
    expect(global.Items).toEqual([projected]);
    await expect(
      query("gpk = :g", { ":g": { S: "g" } }, { IndexName: "byG", ProjectionExpression: "extra" }),
    ).rejects.toThrow("does not project [extra]");
    await expect(query("gpk = :g", { ":g": { S: "g" } }, { IndexName: "byG", ConsistentRead: true })).rejects.toThrow(
      "Consistent reads are not supported on global secondary indexes",
    );
    const local = await query(
      "pk = :p AND lsk = :l",
      { ":p": { S: "p" }, ":l": { S: "l" } },
      { IndexName: "byL", Select: "ALL_ATTRIBUTES" },
    );
    expect(local.Items).toEqual([item]);
  });

  it("can be added to a full table and removed again", async () => {
    await dynamo.call("CreateTable", tableInput());
    await put({ pk: { S: "p" }, sk: { S: "1" }, n: { N: "7" } });
    await dynamo.call("UpdateTable", {
      TableName: "tab",
      AttributeDefinitions: [{ AttributeName: "n", AttributeType: "N" }],
      GlobalSecondaryIndexUpdates: [
        {
          Create: {
            IndexName: "byN",
            KeySchema: [{ AttributeName: "n", KeyType: "HASH" }],
            Projection: { ProjectionType: "KEYS_ONLY" },
          },
        },
      ],
    });
    expect(sortKeys(await query("n = :n", { ":n": { N: "7.0" } }, { IndexName: "byN" }))).toEqual(["1"]);
    await dynamo.call("UpdateTable", {
      TableName: "tab",
      GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: "byN" } }],
    });
    const { Table } = await dynamo.call("DescribeTable", { TableName: "tab" });
    expect(Table.GlobalSecondaryIndexes).toBeUndefined();
    expect(Table.AttributeDefinitions).toHaveLength(2);
  });
});

describe("Scan", () => {
  it("gives every item once, in one piece, in pages and in segments", async () => {
    await dynamo.call("CreateTable", tableInput());
    const all = new Set<string>();
    for (let index = 0; index < 120; index += 1) {
      await put({ pk: { S: `p${index % 40}` }, sk: { S: String(index) } });
      all.add(String(index));
    }
    const scanAll = async (extra: object): Promise<string[]> => {
      const seen: string[] = [];
      let ExclusiveStartKey: object | undefined;
      do {
        const page = await dynamo.call("Scan", { TableName: "tab", ...extra, ExclusiveStartKey });
        seen.push(...(sortKeys(page) as string[]));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey !== undefined);
      return seen;
    };
    expect((await scanAll({})).length).toBe(120);
    expect(new Set(await scanAll({ Limit: 7 }))).toEqual(all);
    const segments = await Promise.all([0, 1, 2].map((Segment) => scanAll({ Segment, TotalSegments: 3, Limit: 5 })));
    expect(segments.flat().length).toBe(120);
    expect(new Set(segments.flat())).toEqual(all);
  });

  it("projects paths into maps and lists", async () => {
    await dynamo.call("CreateTable", tableInput());
    await put({
      pk: { S: "p" },
      sk: { S: "1" },
      m: { M: { a: { N: "1" }, b: { N: "2" } } },
      l: { L: [{ S: "0" }, { S: "1" }, { S: "2" }] },
    });
    const answer = await dynamo.call("Scan", {
      TableName: "tab",
      ProjectionExpression: "#m.a, l[2], l[0], nothing",
      ExpressionAttributeNames: { "#m": "m" },
    });
    expect(answer.Items).toEqual([{ m: { M: { a: { N: "1" } } }, l: { L: [{ S: "0" }, { S: "2" }] } }]);
  });
});
