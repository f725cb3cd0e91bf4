import { callAws, callUnless, createNamed } from "../call-aws.ts";
import { DeployError } from "../deploy-error.ts";
import {
  objectOf,
  type Properties,
  pick,
  type ResourceContext,
  type ResourceProvider,
  tagMap,
  textOf,
} from "../resource-provider.ts";
import { writeZip } from "../zip-writer.ts";

const CONFIGURATION = [
  "DeadLetterConfig",
  "Description",
  "Environment",
  "EphemeralStorage",
  "Handler",
  "KmsKeyArn",
  "Layers",
  "LoggingConfig",
  "MemorySize",
  "Role",
  "Runtime",
  "SnapStart",
  "Timeout",
  "TracingConfig",
  "VpcConfig",
];

/** AWS::Lambda::Function: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-function.html */
export const lambdaFunction: ResourceProvider = {
  type: "AWS::Lambda::Function",
  properties: new Set([
    ...CONFIGURATION,
    "Architectures",
    "Code",
    "FunctionName",
    "PackageType",
    "ReservedConcurrentExecutions",
    "Tags",
  ]),
  replaceOn: ["FunctionName", "PackageType"],
  async create(context, properties) {
    const name = textOf(properties, "FunctionName") ?? context.physicalName(64);
    await createNamed(context, ["ResourceConflictException"], "lambda", "CreateFunction", {
      FunctionName: name,
      Code: codeOf(properties),
      ...pick(properties, [...CONFIGURATION, "Architectures", "PackageType"]),
      ...(properties["Tags"] === undefined ? {} : { Tags: tagMap(properties) }),
    });
    context.claim(name);
    await setConcurrency(context, name, properties, {});
    return stateOf(context, name);
  },
  async update(context, properties, current) {
    const name = current.physicalId;
    const { cloud } = context;
    const resets = CONFIGURATION.filter(
      (property) => current.properties[property] !== undefined && properties[property] === undefined,
    );
    await callAws(cloud, "lambda", "UpdateFunctionConfiguration", {
      FunctionName: name,
      ...Object.fromEntries(resets.map((property) => [property, RESET[property]])),
      ...pick(properties, CONFIGURATION),
    });
    await callAws(cloud, "lambda", "UpdateFunctionCode", {
      FunctionName: name,
      ...codeOf(properties),
      ...pick(properties, ["Architectures"]),
    });
    await setConcurrency(context, name, properties, current.properties);
    return stateOf(context, name);
  },
  async delete({ cloud }, current) {
    await callUnless(["ResourceNotFoundException"], cloud, "lambda", "DeleteFunction", {
      FunctionName: current.physicalId,
    });
  },
};

/** What a property goes back to when it leaves the template. */
const RESET: Readonly<Record<string, unknown>> = {
  DeadLetterConfig: {},
  Description: "",
  Environment: { Variables: {} },
  EphemeralStorage: { Size: 512 },
  KmsKeyArn: "",
  Layers: [],
  MemorySize: 128,
  Timeout: 3,
  TracingConfig: { Mode: "PassThrough" },
};

function codeOf(properties: Properties): Record<string, unknown> {
  const code = objectOf(properties, "Code") ?? {};
  const inline = code["ZipFile"];
  if (typeof inline === "string") {
    const isPython = String(properties["Runtime"]).startsWith("python");
    const name = isPython ? "index.py" : "index.js";
    return { ZipFile: writeZip([{ name, data: Buffer.from(inline, "utf8"), mode: 0o644 }]) };
  }
  if (code["ImageUri"] !== undefined) throw new DeployError("a function from a container image is not supported");
  return pick(code, ["S3Bucket", "S3Key", "S3ObjectVersion"]);
}

async function setConcurrency(
  { cloud }: ResourceContext,
  name: string,
  properties: Properties,
  before: Properties,
): Promise<void> {
  const reserved = properties["ReservedConcurrentExecutions"];
  if (reserved !== undefined) {
    await callAws(cloud, "lambda", "PutFunctionConcurrency", {
      FunctionName: name,
      ReservedConcurrentExecutions: reserved,
    });
  } else if (before["ReservedConcurrentExecutions"] !== undefined) {
    await callAws(cloud, "lambda", "DeleteFunctionConcurrency", { FunctionName: name });
  }
}

function stateOf({ cloud }: ResourceContext, name: string) {
  return {
    physicalId: name,
    attributes: { Arn: `arn:${cloud.partition}:lambda:${cloud.region}:${cloud.accountId}:function:${name}` },
  };
}
