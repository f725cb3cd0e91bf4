import type { DataCaptureConfig } from "@aws-sdk/client-sagemaker";

/** One invocation as it may be captured. */
export interface CapturedInvocation {
  readonly eventId: string;
  readonly inferenceId: string | undefined;
  readonly customAttributes: string | undefined;
  readonly timeMillis: number;
  readonly input: { readonly contentType: string | undefined; readonly body: Uint8Array };
  readonly output: { readonly contentType: string | undefined; readonly body: Uint8Array };
}

/**
 * Writes an invocation as a line of a capture file, in SageMaker's format.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html
 */
export function formatCaptureRecord(config: DataCaptureConfig, invocation: CapturedInvocation): string {
  const modes = new Set((config.CaptureOptions ?? []).map(({ CaptureMode }) => CaptureMode));
  return JSON.stringify({
    captureData: {
      ...(modes.has("Input") ? { endpointInput: part(config, invocation.input, "INPUT") } : {}),
      ...(modes.has("Output") ? { endpointOutput: part(config, invocation.output, "OUTPUT") } : {}),
    },
    eventMetadata: {
      eventId: invocation.eventId,
      ...(invocation.customAttributes === undefined ? {} : { customAttributes: [invocation.customAttributes] }),
      ...(invocation.inferenceId === undefined ? {} : { inferenceId: invocation.inferenceId }),
      inferenceTime: new Date(invocation.timeMillis).toISOString().replace(/\.\d{3}Z$/, "Z"),
    },
    eventVersion: "0",
  });
}

function part(
  config: DataCaptureConfig,
  message: { readonly contentType: string | undefined; readonly body: Uint8Array },
  mode: "INPUT" | "OUTPUT",
): object {
  const encoding = encodingOf(config, message.contentType);
  return {
    observedContentType: message.contentType ?? "",
    mode,
    data: Buffer.from(message.body).toString(encoding === "BASE64" ? "base64" : "utf8"),
    encoding,
  };
}

/** Content types that the configuration lists as CSV or JSON are kept as text, all others as base64. */
function encodingOf(config: DataCaptureConfig, contentType: string | undefined): "CSV" | "JSON" | "BASE64" {
  const type = contentType?.split(";")[0]?.trim().toLowerCase();
  const lists = (types: readonly string[] | undefined): boolean =>
    type !== undefined && (types ?? []).some((listed) => listed.toLowerCase() === type);
  if (lists(config.CaptureContentTypeHeader?.CsvContentTypes)) return "CSV";
  return lists(config.CaptureContentTypeHeader?.JsonContentTypes) ? "JSON" : "BASE64";
}
