import { randomUUID } from "node:crypto";
import { AwsError } from "../../kernel/aws-error.ts";
import { formatCaptureRecord } from "./capture-record.ts";
import type { SagemakerContext } from "./context.ts";
import type { DataCapture } from "./data-capture.ts";
import type { EndpointFleets } from "./endpoint-fleets.ts";
import { endpointLogGroup } from "./fleet.ts";
import type { InvocationMetrics } from "./invocation-metrics.ts";
import { type ContainerResponse, ContainerUnavailable } from "./model-server.ts";
import { chooseRoute } from "./traffic.ts";
import type { InvokeInput, InvokeOutput } from "./types.ts";

/** A container has this long to answer: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html */
const TIMEOUT_MILLIS = 60_000;
/** The largest request body of a real-time endpoint. */
const MAX_BODY_BYTES = 6_291_456;

/** Makes the function behind InvokeEndpoint. */
export function createInvoker(
  context: SagemakerContext,
  fleets: EndpointFleets,
  capture: DataCapture,
  metrics: InvocationMetrics,
): (input: InvokeInput) => Promise<InvokeOutput> {
  const { cloud } = context;

  return async (input) => {
    const start = performance.now();
    const endpoint = context.endpoints.get(input.endpointName);
    if (!endpoint || endpoint.status === "Creating" || endpoint.status === "Failed") throw notFound(input.endpointName);
    if (input.body.length > MAX_BODY_BYTES) {
      throw validationError(`The request body has ${input.body.length} bytes; at most ${MAX_BODY_BYTES} are allowed.`);
    }
    const route = chooseRoute(await fleets.serving(endpoint.name), input.targetVariant, Math.random);
    if (!route) {
      if (input.targetVariant === undefined) throw notFound(input.endpointName);
      throw validationError(`Variant ${input.targetVariant} of endpoint ${input.endpointName} not found.`);
    }
    const { fleet, variant } = route;
    const sent = performance.now();
    let response: ContainerResponse | ContainerUnavailable;
    try {
      response = await variant.server.invoke(input.body, headersOf(input), TIMEOUT_MILLIS, input.signal);
    } catch (error) {
      if (!(error instanceof ContainerUnavailable)) throw error;
      response = error;
    }
    const answered = performance.now();
    const status = response instanceof ContainerUnavailable ? 0 : response.status;
    metrics.add({
      endpointName: endpoint.name,
      variantName: variant.name,
      configName: fleet.configName,
      status,
      modelLatencyMicros: (answered - sent) * 1_000,
      overheadLatencyMicros: (sent - start + performance.now() - answered) * 1_000,
    });
    if (response instanceof ContainerUnavailable || status >= 300) throw modelError(input.endpointName, response);
    record(fleet.configName, variant.name, input, response);
    return {
      body: response.body,
      contentType: response.contentType,
      variantName: variant.name,
      customAttributes: response.customAttributes,
    };
  };

  function record(configName: string, variantName: string, input: InvokeInput, response: ContainerResponse): void {
    const config = context.endpointConfigs.get(configName)?.request.DataCaptureConfig;
    if (!config?.EnableCapture || Math.random() * 100 >= (config.InitialSamplingPercentage ?? 0)) return;
    const line = formatCaptureRecord(config, {
      eventId: randomUUID(),
      inferenceId: input.inferenceId,
      customAttributes: input.customAttributes,
      timeMillis: cloud.now(),
      input: { contentType: input.contentType, body: input.body },
      output: { contentType: response.contentType, body: response.body },
    });
    const { endpointName } = input;
    const variants = context.endpointConfigs.get(configName)?.request.ProductionVariants ?? [];
    const modelName = variants.find((variant) => variant.VariantName === variantName)?.ModelName ?? "";
    const roleArn = context.models.get(modelName)?.request.ExecutionRoleArn;
    capture.add({ uri: config.DestinationS3Uri ?? "", endpointName, variantName, roleArn }, line);
  }

  function notFound(endpointName: string): AwsError {
    return validationError(`Endpoint ${endpointName} of account ${cloud.accountId} not found.`);
  }

  function modelError(endpointName: string, response: ContainerResponse | ContainerUnavailable): AwsError {
    const group = endpointLogGroup(endpointName);
    const status = response instanceof ContainerUnavailable ? 0 : response.status;
    const message =
      response instanceof ContainerUnavailable
        ? unavailableMessage(response)
        : Buffer.from(response.body).toString("utf8");
    const side = status >= 400 && status < 500 ? "client" : "server";
    const console = `https://${cloud.region}.console.aws.amazon.com/cloudwatch/home?region=${cloud.region}#logEventViewer:group=${group}`;
    return new AwsError(
      "ModelError",
      424,
      `Received ${side} error (${status}) from primary with message "${message}". See ${console} in account ${cloud.accountId} for more information.`,
      {
        OriginalStatusCode: status,
        OriginalMessage: message,
        LogStreamArn: `arn:${cloud.partition}:logs:${cloud.region}:${cloud.accountId}:log-group:${group}`,
      },
    );
  }
}

function unavailableMessage(error: ContainerUnavailable): string {
  if (error.reason === "connection") return `The container is not reachable: ${error.message}`;
  return "Your invocation timed out while waiting for a response from container primary. Review the latency metrics for each container in Amazon CloudWatch, resolve the issue, and try again.";
}

function headersOf(input: InvokeInput): Record<string, string> {
  return {
    ...(input.contentType ? { "Content-Type": input.contentType } : {}),
    ...(input.accept ? { Accept: input.accept } : {}),
    ...(input.customAttributes ? { "X-Amzn-SageMaker-Custom-Attributes": input.customAttributes } : {}),
    ...(input.inferenceId ? { "X-Amzn-SageMaker-Inference-Id": input.inferenceId } : {}),
  };
}

/** An invocation that cannot be routed. */
export function validationError(message: string): AwsError {
  return new AwsError("ValidationError", 400, message);
}
