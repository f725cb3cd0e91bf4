import { DeployError } from "../deploy-error.ts";
import {
  listOf,
  objectOf,
  type Properties,
  pick,
  type ResourceContext,
  type ResourceProvider,
} from "../resource-provider.ts";
import { dynamodbTable } from "./aws-dynamodb-table.ts";

/**
 * AWS::DynamoDB::GlobalTable with one replica, in the cloud's own region:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-dynamodb-globaltable.html
 */
export const dynamodbGlobalTable: ResourceProvider = {
  type: "AWS::DynamoDB::GlobalTable",
  properties: new Set([
    "AttributeDefinitions",
    "BillingMode",
    "GlobalSecondaryIndexes",
    "KeySchema",
    "LocalSecondaryIndexes",
    "Replicas",
    "SSESpecification",
    "StreamSpecification",
    "TableName",
    "TimeToLiveSpecification",
  ]),
  replaceOn: dynamodbTable.replaceOn,
  create: (context, properties) => dynamodbTable.create(context, asTable(context, properties)),
  update: (context, properties, current) =>
    dynamodbTable.update(context, asTable(context, properties), {
      ...current,
      properties: asTable(context, current.properties),
    }),
  delete: dynamodbTable.delete,
};

function asTable({ cloud }: ResourceContext, properties: Properties): Properties {
  const replicas = listOf<Properties>(properties, "Replicas");
  const [replica] = replicas;
  if (!replica || replicas.length > 1 || replica["Region"] !== cloud.region) {
    const regions = replicas.map((one) => one["Region"]).join(", ");
    throw new DeployError(`a global table needs exactly one replica, in ${cloud.region}; it has: ${regions}`);
  }
  return {
    ...pick(properties, [
      "AttributeDefinitions",
      "BillingMode",
      "GlobalSecondaryIndexes",
      "KeySchema",
      "LocalSecondaryIndexes",
      "StreamSpecification",
      "TableName",
      "TimeToLiveSpecification",
    ]),
    ...pick(replica, ["DeletionProtectionEnabled", "PointInTimeRecoverySpecification", "TableClass", "Tags"]),
    ...(objectOf(properties, "SSESpecification") ? { SSESpecification: properties["SSESpecification"] } : {}),
  };
}
