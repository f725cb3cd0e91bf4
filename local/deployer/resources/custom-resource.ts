import { randomUUID } from "node:crypto";
import { callAws } from "../call-aws.ts";
import { type CustomResourceResponse, expectResponse } from "../custom-resource-responses.ts";
import { DeployError } from "../deploy-error.ts";
import type { DeployedResource, Properties, ResourceContext, ResourceProvider } from "../resource-provider.ts";

const DEFAULT_TIMEOUT_SECONDS = 3_600;

/**
 * AWS::CloudFormation::CustomResource and Custom::*: a Lambda function gets a Create, Update or Delete request and
 * answers by a PUT to the request's ResponseURL.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
 */
export const customResource: ResourceProvider = {
  type: "AWS::CloudFormation::CustomResource",
  properties: undefined,
  replaceOn: ["ServiceToken"],
  async create(context, properties) {
    return stateOf(await request(context, "Create", properties, undefined));
  },
  async update(context, properties, current) {
    const response = await request(context, "Update", properties, current);
    return stateOf({ ...response, PhysicalResourceId: response.PhysicalResourceId ?? current.physicalId });
  },
  async delete(context, current) {
    await request(context, "Delete", current.properties, current);
  },
};

function stateOf(response: CustomResourceResponse) {
  if (!response.PhysicalResourceId) {
    throw new DeployError("the custom resource's answer has no PhysicalResourceId");
  }
  return { physicalId: response.PhysicalResourceId, attributes: response.Data ?? {} };
}

async function request(
  context: ResourceContext,
  kind: "Create" | "Update" | "Delete",
  properties: Properties,
  current: DeployedResource | undefined,
): Promise<CustomResourceResponse> {
  const { cloud } = context;
  const serviceToken = String(properties["ServiceToken"]);
  if (!serviceToken.includes(":lambda:")) {
    throw new DeployError(`the ServiceToken must name a Lambda function, got '${serviceToken}'`);
  }
  const timeoutSeconds = Number(properties["ServiceTimeout"] ?? DEFAULT_TIMEOUT_SECONDS);
  const expected = expectResponse(cloud, timeoutSeconds * 1_000);
  const event = {
    RequestType: kind,
    ServiceToken: serviceToken,
    ResponseURL: expected.url,
    StackId: context.stackId,
    RequestId: randomUUID(),
    LogicalResourceId: context.logicalId,
    ResourceType: context.type,
    ...(current ? { PhysicalResourceId: current.physicalId } : {}),
    ResourceProperties: asText(properties),
    ...(kind === "Update" && current ? { OldResourceProperties: asText(current.properties) } : {}),
  };
  const invocation = invoke(context, serviceToken, event);
  // A function that fails without answering would keep AWS waiting for an hour; here its error ends the wait.
  invocation.catch((error: unknown) => expected.fail(error));
  const response = await expected.response;
  if (response.Status === "FAILED") {
    throw new DeployError(`the custom resource failed: ${response.Reason ?? "no reason given"}`);
  }
  return response;
}

async function invoke({ cloud }: ResourceContext, serviceToken: string, event: object): Promise<void> {
  const answer = await callAws<{ FunctionError?: string; Payload?: Uint8Array }>(cloud, "lambda", "Invoke", {
    FunctionName: serviceToken,
    InvocationType: "RequestResponse",
    Payload: Buffer.from(JSON.stringify(event), "utf8"),
  });
  if (answer.FunctionError) {
    const detail = Buffer.from(answer.Payload ?? []).toString("utf8");
    throw new DeployError(`the custom resource's function failed (${answer.FunctionError}): ${detail}`);
  }
}

/** CloudFormation hands every scalar to a custom resource as text. */
function asText(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asText);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asText(item)]));
  }
  return typeof value === "number" || typeof value === "boolean" ? String(value) : value;
}
