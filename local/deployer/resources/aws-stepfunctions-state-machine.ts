import type { S3Service } from "../../services/s3/types.ts";
import { callAws, callUnless } from "../call-aws.ts";
import { DeployError } from "../deploy-error.ts";
import {
  listOf,
  objectOf,
  type Properties,
  pick,
  type ResourceContext,
  type ResourceProvider,
  textOf,
} from "../resource-provider.ts";

/** AWS::StepFunctions::StateMachine: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-stepfunctions-statemachine.html */
export const stepFunctionsStateMachine: ResourceProvider = {
  type: "AWS::StepFunctions::StateMachine",
  properties: new Set([
    "Definition",
    "DefinitionS3Location",
    "DefinitionString",
    "DefinitionSubstitutions",
    "EncryptionConfiguration",
    "LoggingConfiguration",
    "RoleArn",
    "StateMachineName",
    "StateMachineType",
    "Tags",
    "TracingConfiguration",
  ]),
  replaceOn: ["StateMachineName", "StateMachineType"],
  async create(context, properties) {
    const name = textOf(properties, "StateMachineName") ?? context.physicalName(80, { separator: "-" });
    // Creating the same machine again gives the same answer, so an interrupted try needs no care.
    const { stateMachineArn: arn } = await callAws<{ stateMachineArn: string }>(
      context.cloud,
      "stepfunctions",
      "CreateStateMachine",
      {
        name,
        definition: await definitionOf(context, properties),
        ...(properties["StateMachineType"] === undefined ? {} : { type: properties["StateMachineType"] }),
        ...settingsOf(properties),
        tags: listOf<Properties>(properties, "Tags").map((tag) => ({ key: tag["Key"], value: tag["Value"] })),
      },
    );
    return stateOf(arn);
  },
  async update(context, properties, current) {
    await callAws(context.cloud, "stepfunctions", "UpdateStateMachine", {
      stateMachineArn: current.physicalId,
      definition: await definitionOf(context, properties),
      ...settingsOf(properties),
    });
    return stateOf(current.physicalId);
  },
  async delete({ cloud }, current) {
    await callUnless(["StateMachineDoesNotExist"], cloud, "stepfunctions", "DeleteStateMachine", {
      stateMachineArn: current.physicalId,
    });
  },
};

function stateOf(arn: string) {
  return { physicalId: arn, attributes: { Arn: arn, Name: arn.slice(arn.lastIndexOf(":") + 1) } };
}

function settingsOf(properties: Properties): Record<string, unknown> {
  const logging = objectOf(properties, "LoggingConfiguration");
  const tracing = objectOf(properties, "TracingConfiguration");
  const encryption = objectOf(properties, "EncryptionConfiguration");
  return {
    roleArn: properties["RoleArn"],
    ...(logging ? { loggingConfiguration: loggingOf(logging) } : {}),
    ...(tracing ? { tracingConfiguration: { enabled: tracing["Enabled"] } } : {}),
    ...(encryption
      ? {
          encryptionConfiguration: {
            type: encryption["Type"],
            ...(encryption["KmsKeyId"] === undefined ? {} : { kmsKeyId: encryption["KmsKeyId"] }),
          },
        }
      : {}),
  };
}

function loggingOf(logging: Properties): Record<string, unknown> {
  const destinations = listOf<Properties>(logging, "Destinations").map((destination) => ({
    cloudWatchLogsLogGroup: {
      logGroupArn: objectOf(destination, "CloudWatchLogsLogGroup")?.["LogGroupArn"],
    },
  }));
  return {
    ...(logging["Level"] === undefined ? {} : { level: logging["Level"] }),
    ...(logging["IncludeExecutionData"] === undefined ? {} : { includeExecutionData: logging["IncludeExecutionData"] }),
    ...(destinations.length > 0 ? { destinations } : {}),
  };
}

async function definitionOf({ cloud }: ResourceContext, properties: Properties): Promise<string> {
  const substitutions = objectOf(properties, "DefinitionSubstitutions") ?? {};
  const substitute = (text: string): string =>
    text.replace(/\$\{([A-Za-z0-9_]+)\}/g, (whole, name: string) =>
      Object.hasOwn(substitutions, name) ? String(substitutions[name]) : whole,
    );
  if (properties["DefinitionString"] !== undefined) return substitute(String(properties["DefinitionString"]));
  if (properties["Definition"] !== undefined) return JSON.stringify(substituteIn(properties["Definition"], substitute));
  const location = objectOf(properties, "DefinitionS3Location");
  if (!location) throw new DeployError("a state machine needs DefinitionString, Definition or DefinitionS3Location");
  const { Bucket: bucket, Key: key, Version: versionId } = pick(location, ["Bucket", "Key", "Version"]);
  const object = await cloud.service<S3Service>("s3").getObject({
    bucket: String(bucket),
    key: String(key),
    ...(versionId === undefined ? {} : { versionId: String(versionId) }),
  });
  const chunks: Buffer[] = [];
  for await (const chunk of object.stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return substitute(Buffer.concat(chunks).toString("utf8"));
}

function substituteIn(value: unknown, substitute: (text: string) => string): unknown {
  if (typeof value === "string") return substitute(value);
  if (Array.isArray(value)) return value.map((item) => substituteIn(item, substitute));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, substituteIn(item, substitute)]));
}
