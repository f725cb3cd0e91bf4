import type { InvokeEndpointInput } from "@aws-sdk/client-sagemaker-runtime";
import type { Cloud, LocalService } from "../../kernel/cloud.ts";
import { SERVICE } from "./context.ts";
import { validationError } from "./invoke-endpoint.ts";
import type { SagemakerService } from "./types.ts";

/** Members of InvokeEndpoint for kinds of endpoints that this cloud does not have. */
const UNSUPPORTED = [
  "TargetModel",
  "TargetContainerHostname",
  "EnableExplanations",
  "InferenceComponentName",
  "SessionId",
] as const;

/** The local SageMaker runtime: InvokeEndpoint. */
export function createSagemakerRuntime(cloud: Cloud): LocalService {
  return {
    id: "sagemaker-runtime",
    operations: {
      async InvokeEndpoint(input: InvokeEndpointInput, { signal }) {
        for (const member of UNSUPPORTED) {
          if (input[member] !== undefined) throw validationError(`The local SageMaker does not support ${member}.`);
        }
        const output = await cloud.service<SagemakerService>(SERVICE).invokeEndpoint({
          endpointName: input.EndpointName ?? "",
          body: (input.Body as Uint8Array | undefined) ?? new Uint8Array(),
          contentType: input.ContentType,
          accept: input.Accept,
          targetVariant: input.TargetVariant,
          inferenceId: input.InferenceId,
          customAttributes: input.CustomAttributes,
          signal,
        });
        return {
          Body: output.body,
          ContentType: output.contentType,
          InvokedProductionVariant: output.variantName,
          CustomAttributes: output.customAttributes,
        };
      },
    },
  };
}
