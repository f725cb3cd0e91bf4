import { randomUUID } from "node:crypto";
import { lambdaFailure } from "../asl/errors-matching.ts";
import { isObject, type Json, type JsonObject } from "../asl/json.ts";
import { StateError } from "../asl/state-error.ts";
import { fromApi, toApi } from "./convert.ts";
import type { IntegrationContext } from "./integration.ts";
import { operationName, type Resource } from "./resource.ts";

/** Makes the request of a task and gives its result as a state sees it. Throws AwsError or {@link StateError}. */
export async function makeRequest(resource: Resource, args: Json, context: IntegrationContext): Promise<Json> {
  if (resource.kind === "lambda-function") return invokeFunction(resource.functionArn, args, context);
  if (resource.kind === "optimized" && resource.service.id === "lambda") return invokeLambda(args, context);
  const serviceId = resource.service.id;
  const operation = operationName(resource.action);
  const output = await context.cloud.call(serviceId, operation, toApi(serviceId, operation, args), context.principal);
  if (resource.kind === "sdk") return fromApi(serviceId, operation, output, "iso");
  const result = { ...(await fromApi(serviceId, operation, output, "millis")), ...sdkMetadata() };
  if (serviceId === "events") failOnRejectedEntries(result);
  return result;
}

/** A Lambda function's ARN as the resource: the function's answer itself is the result. */
async function invokeFunction(functionArn: string, args: Json, context: IntegrationContext): Promise<Json> {
  const output = await invoke({ FunctionName: functionArn, Payload: args }, context);
  return output.Payload;
}

/** `lambda:invoke`: the answer with StatusCode, ExecutedVersion and metadata around it. */
async function invokeLambda(args: Json, context: IntegrationContext): Promise<Json> {
  const output = await invoke(isObject(args) ? args : {}, context);
  return { ...output, ...sdkMetadata() };
}

async function invoke(args: JsonObject, context: IntegrationContext): Promise<JsonObject & { Payload: Json }> {
  const request = toApi("lambda", "Invoke", { ...args, Payload: jsonText(args["Payload"]) });
  const answer = await context.cloud.call("lambda", "Invoke", request, context.principal);
  const { Payload: payload, ...rest } = await fromApi("lambda", "Invoke", answer, "millis");
  const text = typeof payload === "string" ? payload : "";
  if (typeof rest["FunctionError"] === "string") {
    const failure = lambdaFailure(text);
    throw new StateError(failure.error, failure.cause);
  }
  return { ...rest, Payload: text === "" ? null : parse(text) };
}

/** The payload as JSON text: absent is `{}`, a string is a JSON string. */
function jsonText(payload: Json | undefined): string {
  return JSON.stringify(payload === undefined ? {} : payload);
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new StateError("Lambda.InvalidResponse", `The function's answer is not valid JSON: ${problem}`);
  }
}

/** Response metadata that optimized integrations add to every result. */
function sdkMetadata(): JsonObject {
  const requestId = randomUUID();
  const headers = { "Content-Type": "application/json", "x-amzn-RequestId": requestId };
  return {
    SdkHttpMetadata: {
      AllHttpHeaders: { "Content-Type": ["application/json"], "x-amzn-RequestId": [requestId] },
      HttpHeaders: headers,
      HttpStatusCode: 200,
    },
    SdkResponseMetadata: { RequestId: requestId },
  };
}

/** `events:putEvents` fails the task when any entry was refused: https://docs.aws.amazon.com/step-functions/latest/dg/connect-eventbridge.html */
function failOnRejectedEntries(result: JsonObject): void {
  if (typeof result["FailedEntryCount"] === "number" && result["FailedEntryCount"] > 0) {
    throw new StateError("EventBridge.FailedEntry", JSON.stringify(result));
  }
}
