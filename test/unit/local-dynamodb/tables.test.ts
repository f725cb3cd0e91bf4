import { afterEach, describe, expect, it } from "vitest";
import type { DynamodbService } from "../../../local/services/dynamodb/types.ts";
import { type DynamoTest, startDynamo, tableInput } from "./tables.ts";

let dynamo: DynamoTest;

afterEach(() => dynamo.test.stop());

describe("tables", () => {
  it("are described in AWS's shape and listed in pages", async () => {
    dynamo = await startDynamo();
    const created = await dynamo.call("CreateTable", {
      ...tableInput({ indexes: true }),
      Tags: [{ Key: "k", Value: "v" }],
    });
    expect(created.TableDescription.TableStatus).toBe("CREATING");
    const { Table } = await dynamo.call("DescribeTable", { TableName: "tab" });
    expect(Table).toMatchObject({
      TableStatus: "ACTIVE",
      TableArn: "arn:aws:dynamodb:us-east-1:000000000000:table/tab",
      BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" },
      GlobalSecondaryIndexes: [{ IndexName: "byG", IndexStatus: "ACTIVE" }],
      LocalSecondaryIndexes: [{ IndexName: "byL" }],
    });
    const tags = await dynamo.call("ListTagsOfResource", { ResourceArn: Table.TableArn });
    expect(tags.Tags).toEqual([{ Key: "k", Value: "v" }]);
    await dynamo.call("CreateTable", { ...tableInput(), TableName: "another" });
    const page = await dynamo.call("ListTables", { Limit: 1 });
    expect(page).toEqual({ TableNames: ["another"], LastEvaluatedTableName: "another" });
    const rest = await dynamo.call("ListTables", { ExclusiveStartTableName: "another" });
    expect(rest).toEqual({ TableNames: ["tab"] });
  });

  it("refuse a second creation, streams, and deletion under protection", async () => {
    dynamo = await startDynamo();
    await dynamo.call("CreateTable", { ...tableInput(), DeletionProtectionEnabled: true });
    await expect(dynamo.call("CreateTable", tableInput())).rejects.toMatchObject({ code: "ResourceInUseException" });
    await expect(
      dynamo.call("CreateTable", {
        ...tableInput(),
        TableName: "s-t",
        StreamSpecification: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" },
      }),
    ).rejects.toThrow(/streams/);
    await expect(dynamo.call("DeleteTable", { TableName: "tab" })).rejects.toThrow(/protected against deletion/);
    await dynamo.call("UpdateTable", { TableName: "tab", DeletionProtectionEnabled: false });
    await dynamo.call("DeleteTable", { TableName: "tab" });
    await expect(dynamo.call("DescribeTable", { TableName: "tab" })).rejects.toMatchObject({
      code: "ResourceNotFoundException",
    });
  });

  it("refuse a schema that does not fit its attribute definitions", async () => {
    dynamo = await startDynamo();
    const input = { ...tableInput(), AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }] };
    await expect(dynamo.call("CreateTable", input)).rejects.toThrow(/Some index key attributes are not defined/);
  });

  it("describe point-in-time recovery", async () => {
    dynamo = await startDynamo();
    await dynamo.call("CreateTable", tableInput());
    await dynamo.call("UpdateContinuousBackups", {
      TableName: "tab",
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
    const answer = await dynamo.call("DescribeContinuousBackups", { TableName: "tab" });
    expect(answer.ContinuousBackupsDescription.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus).toBe(
      "ENABLED",
    );
  });

  it("lose items whose time to live has passed, and only those", async () => {
    let now = 1_800_000_000_000;
    dynamo = await startDynamo({ now: () => now });
    await dynamo.call("CreateTable", tableInput());
    await dynamo.call("UpdateTimeToLive", {
      TableName: "tab",
      TimeToLiveSpecification: { AttributeName: "ttl", Enabled: true },
    });
    const put = (sk: string, ttl: object) =>
      dynamo.call("PutItem", { TableName: "tab", Item: { pk: { S: "p" }, sk: { S: sk }, ttl } });
    await put("soon", { N: "1800000010" });
    await put("later", { N: "1800009999" });
    await put("text", { S: "1800000010" });
    await put("ancient", { N: "5" });
    const service = dynamo.test.cloud.service<DynamodbService>("dynamodb");
    expect(service.sweepExpired()).toBe(0);
    now += 11_000;
    expect(service.sweepExpired()).toBe(1);
    expect((await dynamo.call("Scan", { TableName: "tab" })).Count).toBe(3);
  });
});

describe("speed", () => {
  it("does more than 20,000 simple operations a second in process", async () => {
    dynamo = await startDynamo();
    await dynamo.call("CreateTable", tableInput());
    const { operations } = dynamo.test.cloud.service<DynamodbService>("dynamodb");
    const context = { principal: { arn: "service" }, requestId: "1", signal: new AbortController().signal };
    const total = 20_000;
    const started = performance.now();
    for (let index = 0; index < total / 2; index += 1) {
      const Key = { pk: { S: `p${index % 100}` }, sk: { S: String(index) } };
      await operations["PutItem"]?.(
        { TableName: "tab", Item: { ...Key, n: { N: String(index) }, s: { S: "some text" } } },
        context,
      );
      await operations["GetItem"]?.({ TableName: "tab", Key }, context);
    }
    const perSecond = total / ((performance.now() - started) / 1_000);
    console.log(`dynamodb: ${Math.round(perSecond)} operations a second`);
    // Half of the aim: the machine of the test may be busy.
    expect(perSecond).toBeGreaterThan(10_000);
  });
});
