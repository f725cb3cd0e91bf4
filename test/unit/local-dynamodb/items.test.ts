import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DynamoTest, startDynamo, tableInput } from "./tables.ts";

let dynamo: DynamoTest;

beforeEach(async () => {
  dynamo = await startDynamo();
  await dynamo.call("CreateTable", tableInput());
});

afterEach(() => dynamo.test.stop());

const key = { pk: { S: "a" }, sk: { S: "1" } };

describe("PutItem and GetItem", () => {
  it("gives back every type, with numbers in canonical form and bytes as bytes", async () => {
    const item = {
      ...key,
      number: { N: "01.50e1" },
      bytes: { B: new Uint8Array([0, 255]) },
      yes: { BOOL: true },
      nothing: { NULL: true },
      list: { L: [{ S: "x" }, { N: "-0.0" }] },
      map: { M: { constructor: { S: "own" }, inner: { BS: [new Uint8Array([1])] } } },
      texts: { SS: ["b", "a"] },
      numbers: { NS: ["1.0", "2"] },
    };
    await dynamo.call("PutItem", { TableName: "tab", Item: item });
    const { Item } = await dynamo.call("GetItem", { TableName: "tab", Key: key });
    expect(Item).toEqual({
      ...item,
      number: { N: "15" },
      list: { L: [{ S: "x" }, { N: "0" }] },
      numbers: { NS: ["1", "2"] },
    });
  });

  it("gives nothing for an item that does not exist", async () => {
    expect(await dynamo.call("GetItem", { TableName: "tab", Key: key })).toEqual({});
  });

  it("replaces the whole item and gives the old one when asked", async () => {
    await dynamo.call("PutItem", { TableName: "tab", Item: { ...key, a: { S: "1" } } });
    const answer = await dynamo.call("PutItem", {
      TableName: "tab",
      Item: { ...key, b: { S: "2" } },
      ReturnValues: "ALL_OLD",
    });
    expect(answer.Attributes).toEqual({ ...key, a: { S: "1" } });
    expect((await dynamo.call("GetItem", { TableName: "tab", Key: key })).Item).toEqual({ ...key, b: { S: "2" } });
  });

  it.each([
    [{ pk: { S: "a" } }, "One or more parameter values were invalid: Missing the key sk in the item"],
    [
      { ...key, sk: { N: "1" } },
      "One or more parameter values were invalid: Type mismatch for key sk expected: S actual: N",
    ],
    [
      { ...key, pk: { S: "" } },
      "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk",
    ],
    [
      { ...key, pk: { S: "x".repeat(2049) } },
      "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes",
    ],
    [
      { ...key, sk: { S: "x".repeat(1025) } },
      "One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of 1024 bytes",
    ],
    [{ ...key, big: { S: "x".repeat(409_600) } }, "Item size has exceeded the maximum allowed size"],
    [{ ...key, n: { N: "abc" } }, "The parameter cannot be converted to a numeric value: abc"],
    [{ ...key, s: { SS: [] } }, "One or more parameter values were invalid: An string set  may not be empty"],
    [{ ...key, s: { SS: ["a", "a"] } }, /duplicates/],
    [
      { ...key, n: { NULL: false } },
      "One or more parameter values were invalid: Null attribute value types must have the value of true",
    ],
  ])("refuses an item that does not fit: %#", async (Item, message) => {
    await expect(dynamo.call("PutItem", { TableName: "tab", Item })).rejects.toThrow(message);
  });

  it("refuses a key that does not match the schema", async () => {
    await expect(dynamo.call("GetItem", { TableName: "tab", Key: { pk: { S: "a" } } })).rejects.toThrow(
      "The provided key element does not match the schema",
    );
  });

  it("refuses legacy parameters by name", async () => {
    await expect(dynamo.call("GetItem", { TableName: "tab", Key: key, AttributesToGet: ["a"] })).rejects.toThrow(
      /legacy parameter AttributesToGet/,
    );
  });

  it("names a table that does not exist", async () => {
    await expect(dynamo.call("GetItem", { TableName: "nobody", Key: key })).rejects.toMatchObject({
      code: "ResourceNotFoundException",
    });
  });
});

describe("conditions", () => {
  it("writes once under attribute_not_exists and returns the item that was in the way", async () => {
    const put = {
      TableName: "tab",
      Item: { ...key, v: { N: "1" } },
      ConditionExpression: "attribute_not_exists(pk)",
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    };
    await dynamo.call("PutItem", put);
    await expect(dynamo.call("PutItem", put)).rejects.toMatchObject({
      code: "ConditionalCheckFailedException",
      message: "The conditional request failed",
      members: { Item: { ...key, v: { N: "1" } } },
    });
  });

  it("compares against a missing attribute: <> holds, everything else does not", async () => {
    await dynamo.call("PutItem", { TableName: "tab", Item: key });
    const attempt = (ConditionExpression: string) =>
      dynamo.call("UpdateItem", {
        TableName: "tab",
        Key: key,
        UpdateExpression: "SET touched = :v",
        ConditionExpression,
        ExpressionAttributeValues: { ":v": { N: "1" } },
      });
    for (const operator of ["=", "<", "<=", ">", ">="]) {
      await expect(attempt(`absent ${operator} :v`)).rejects.toThrow("The conditional request failed");
    }
    await attempt("absent <> :v");
  });
});

describe("UpdateItem", () => {
  const update = (UpdateExpression: string, values?: object, extra: object = {}) =>
    dynamo.call("UpdateItem", {
      TableName: "tab",
      Key: key,
      UpdateExpression,
      ...(values ? { ExpressionAttributeValues: values } : {}),
      ReturnValues: "ALL_NEW",
      ...extra,
    });

  it("makes the item when there is none and counts exactly", async () => {
    await update("ADD hits :one", { ":one": { N: "12345678901234567890123456789012345678" } });
    const { Attributes } = await update("ADD hits :one", { ":one": { N: "1" } });
    expect(Attributes).toEqual({ ...key, hits: { N: "12345678901234567890123456789012345679" } });
  });

  it("reads the item as it was before in all clauses", async () => {
    await update("SET a = :a, b = :b", { ":a": { N: "1" }, ":b": { N: "2" } });
    const { Attributes } = await update("SET a = b, b = a");
    expect(Attributes).toMatchObject({ a: { N: "2" }, b: { N: "1" } });
  });

  it("appends to lists, sets behind the end, and removes by the old indices", async () => {
    await update("SET l = :l", { ":l": { L: [{ S: "0" }, { S: "1" }, { S: "2" }] } });
    await update("SET l[10] = :x", { ":x": { S: "3" } });
    const { Attributes } = await update("REMOVE l[0], l[2]");
    expect(Attributes.l).toEqual({ L: [{ S: "1" }, { S: "3" }] });
    const appended = await update("SET l = list_append(if_not_exists(l, :e), :more)", {
      ":e": { L: [] },
      ":more": { L: [{ S: "4" }] },
    });
    expect(appended.Attributes.l.L).toHaveLength(3);
  });

  it("changes sets, and removes a set that becomes empty", async () => {
    await update("ADD tags :t", { ":t": { SS: ["a", "b"] } });
    const { Attributes } = await update("DELETE tags :t", { ":t": { SS: ["a", "b", "c"] } });
    expect(Attributes).toEqual(key);
  });

  it("returns only what was updated for UPDATED_NEW and UPDATED_OLD", async () => {
    await update("SET m = :m, kept = :o", { ":m": { M: { x: { N: "1" }, y: { N: "2" } } }, ":o": { S: "o" } });
    const changed = await update("SET m.x = m.x + :one", { ":one": { N: "1" } }, { ReturnValues: "UPDATED_NEW" });
    expect(changed.Attributes).toEqual({ m: { M: { x: { N: "2" } } } });
    const old = await update("REMOVE m.x", undefined, { ReturnValues: "UPDATED_OLD" });
    expect(old.Attributes).toEqual({ m: { M: { x: { N: "2" } } } });
  });

  it.each([
    ["SET a = b", undefined, "The provided expression refers to an attribute that does not exist in the item"],
    ["SET a.b = :v", { ":v": { N: "1" } }, "The document path provided in the update expression is invalid for update"],
    [
      "SET pk = :v",
      { ":v": { S: "1" } },
      "One or more parameter values were invalid: Cannot update attribute pk. This attribute is part of the key",
    ],
    [
      "SET a = :v SET b = :v",
      { ":v": { N: "1" } },
      'Invalid UpdateExpression: The "SET" section can only be used once in an update expression;',
    ],
    [
      "SET a = :v, a.b = :v",
      { ":v": { N: "1" } },
      "Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, b]",
    ],
    [
      "SET a = :v + :w",
      { ":v": { N: "1" }, ":w": { S: "x" } },
      "Invalid UpdateExpression: Incorrect operand type for operator or function; operator or function: +, operand type: S",
    ],
    [
      "SET name = :v",
      { ":v": { N: "1" } },
      "Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: name",
    ],
    [
      "SET a = :v",
      { ":v": { N: "1" }, ":w": { N: "1" } },
      "Value provided in ExpressionAttributeValues unused in expressions: keys: {:w}",
    ],
    [
      "SET a = :nope",
      { ":nope2": { N: "1" } },
      "Invalid UpdateExpression: An expression attribute value used in expression is not defined; attribute value: :nope",
    ],
    ["SET a = ", { ":v": { N: "1" } }, 'Invalid UpdateExpression: Syntax error; token: "<EOF>", near: "="'],
    ["", undefined, "Invalid UpdateExpression: The expression can not be empty;"],
  ])("refuses %s", async (expression, values, message) => {
    await expect(update(expression, values)).rejects.toThrow(message);
  });
});

describe("DeleteItem", () => {
  it("is idempotent and gives the old item when asked", async () => {
    await dynamo.call("PutItem", { TableName: "tab", Item: key });
    const first = await dynamo.call("DeleteItem", { TableName: "tab", Key: key, ReturnValues: "ALL_OLD" });
    expect(first.Attributes).toEqual(key);
    expect(await dynamo.call("DeleteItem", { TableName: "tab", Key: key, ReturnValues: "ALL_OLD" })).toEqual({});
  });
});
