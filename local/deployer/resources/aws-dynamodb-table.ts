import { callUnless } from "../call-aws.ts";
import { type Properties, pick, type ResourceProvider, tagMap, textOf } from "../resource-provider.ts";
import { applyTableSettings, tableState, updateTable } from "./dynamodb-table-settings.ts";

/** AWS::DynamoDB::Table: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-dynamodb-table.html */
export const dynamodbTable: ResourceProvider = {
  type: "AWS::DynamoDB::Table",
  properties: new Set([
    "AttributeDefinitions",
    "BillingMode",
    "ContributorInsightsSpecification",
    "DeletionProtectionEnabled",
    "GlobalSecondaryIndexes",
    "KeySchema",
    "LocalSecondaryIndexes",
    "OnDemandThroughput",
    "PointInTimeRecoverySpecification",
    "ProvisionedThroughput",
    "SSESpecification",
    "StreamSpecification",
    "TableClass",
    "TableName",
    "Tags",
    "TimeToLiveSpecification",
  ]),
  replaceOn: ["KeySchema", "LocalSecondaryIndexes", "TableName"],
  async create(context, properties) {
    const name = textOf(properties, "TableName") ?? context.physicalName(255);
    await callUnless(context.resuming ? ["ResourceInUseException"] : [], context.cloud, "dynamodb", "CreateTable", {
      TableName: name,
      ...tableInput(properties),
      Tags: Object.entries(tagMap(properties)).map(([Key, Value]) => ({ Key, Value })),
    });
    context.claim(name);
    await applyTableSettings(context, name, properties, {});
    return await tableState(context, name);
  },
  async update(context, properties, current) {
    await updateTable(context, current.physicalId, tableInput(properties), tableInput(current.properties));
    await applyTableSettings(context, current.physicalId, properties, current.properties);
    return await tableState(context, current.physicalId);
  },
  async delete({ cloud }, current) {
    await callUnless(["ResourceNotFoundException"], cloud, "dynamodb", "DeleteTable", {
      TableName: current.physicalId,
    });
  },
};

function tableInput(properties: Properties): Record<string, unknown> {
  const stream = properties["StreamSpecification"] as Properties | undefined;
  const encryption = properties["SSESpecification"] as Properties | undefined;
  return {
    ...pick(properties, [
      "AttributeDefinitions",
      "BillingMode",
      "DeletionProtectionEnabled",
      "GlobalSecondaryIndexes",
      "KeySchema",
      "LocalSecondaryIndexes",
      "OnDemandThroughput",
      "ProvisionedThroughput",
      "TableClass",
    ]),
    ...(stream ? { StreamSpecification: { StreamEnabled: true, StreamViewType: stream["StreamViewType"] } } : {}),
    ...(encryption
      ? {
          SSESpecification: {
            Enabled: encryption["SSEEnabled"],
            ...pick(encryption, ["KMSMasterKeyId", "SSEType"]),
          },
        }
      : {}),
  };
}
