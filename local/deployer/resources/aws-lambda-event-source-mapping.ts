import { AwsError } from "../../kernel/aws-error.ts";
import { callAws, callUnless } from "../call-aws.ts";
import { type Properties, pick, type ResourceContext, type ResourceProvider, tagMap } from "../resource-provider.ts";

const SETTINGS = [
  "BatchSize",
  "BisectBatchOnFunctionError",
  "DestinationConfig",
  "Enabled",
  "FilterCriteria",
  "FunctionName",
  "FunctionResponseTypes",
  "MaximumBatchingWindowInSeconds",
  "MaximumRecordAgeInSeconds",
  "MaximumRetryAttempts",
  "ParallelizationFactor",
  "ScalingConfig",
];

/** AWS::Lambda::EventSourceMapping: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-eventsourcemapping.html */
export const lambdaEventSourceMapping: ResourceProvider = {
  type: "AWS::Lambda::EventSourceMapping",
  properties: new Set([...SETTINGS, "EventSourceArn", "Tags"]),
  replaceOn: ["EventSourceArn"],
  async create(context, properties) {
    const { UUID: uuid } = await createMapping(context, properties);
    return stateOf(context, uuid);
  },
  async update(context, properties, current) {
    await callAws(context.cloud, "lambda", "UpdateEventSourceMapping", {
      UUID: current.physicalId,
      ...pick(properties, SETTINGS),
    });
    return stateOf(context, current.physicalId);
  },
  async delete({ cloud }, current) {
    await callUnless(["ResourceNotFoundException"], cloud, "lambda", "DeleteEventSourceMapping", {
      UUID: current.physicalId,
    });
  },
};

async function createMapping({ cloud, resuming }: ResourceContext, properties: Properties): Promise<{ UUID: string }> {
  try {
    return await callAws<{ UUID: string }>(cloud, "lambda", "CreateEventSourceMapping", {
      ...pick(properties, [...SETTINGS, "EventSourceArn"]),
      ...(properties["Tags"] === undefined ? {} : { Tags: tagMap(properties) }),
    });
  } catch (error) {
    if (!resuming || !(error instanceof AwsError) || error.code !== "ResourceConflictException") throw error;
    const { EventSourceMappings: mappings } = await callAws<{ EventSourceMappings: { UUID: string }[] }>(
      cloud,
      "lambda",
      "ListEventSourceMappings",
      pick(properties, ["EventSourceArn", "FunctionName"]),
    );
    const [mapping] = mappings;
    if (!mapping) throw error;
    return mapping;
  }
}

function stateOf({ cloud }: ResourceContext, uuid: string) {
  const arn = `arn:${cloud.partition}:lambda:${cloud.region}:${cloud.accountId}:event-source-mapping:${uuid}`;
  return { physicalId: uuid, attributes: { Id: uuid, EventSourceMappingArn: arn } };
}
