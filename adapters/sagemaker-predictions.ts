import { InvokeEndpointCommand, SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";
import type { PredictionAnswer, Predictions } from "../app/ports/predictions.ts";
import { describeFailure, mapAwsError } from "./call-aws.ts";
import { clientSettings } from "./client-settings.ts";

/** Real-time endpoints answer within 60 seconds or not at all. */
const REQUEST_TIMEOUT_MILLIS = 65_000;

/** Live endpoints of SageMaker. */
export class SagemakerPredictions implements Predictions {
  private readonly client: SageMakerRuntimeClient;

  constructor(client: SageMakerRuntimeClient = new SageMakerRuntimeClient(clientSettings(REQUEST_TIMEOUT_MILLIS))) {
    this.client = client;
  }

  async invoke(endpointName: string, variant: string, body: string, inferenceId: string): Promise<PredictionAnswer> {
    try {
      const output = await this.client.send(
        new InvokeEndpointCommand({
          EndpointName: endpointName,
          TargetVariant: variant,
          ContentType: "application/json",
          Accept: "application/json",
          InferenceId: inferenceId,
          Body: Buffer.from(body, "utf8"),
        }),
      );
      const text = Buffer.from(output.Body ?? new Uint8Array()).toString("utf8");
      return { status: 200, body: text, variant: output.InvokedProductionVariant ?? null };
    } catch (error) {
      const { name } = describeFailure(error);
      if (name !== "ModelError") throw mapAwsError(`invoke ${endpointName}`, error);
      // The container has answered, with an error of its own.
      const { OriginalStatusCode, OriginalMessage } = error as {
        OriginalStatusCode?: number;
        OriginalMessage?: string;
      };
      return { status: OriginalStatusCode ?? 500, body: OriginalMessage ?? "", variant: null };
    }
  }
}
