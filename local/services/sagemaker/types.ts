import type { LocalService } from "../../kernel/cloud.ts";

/** One invocation of an endpoint, from inside the cloud. */
export interface InvokeInput {
  readonly endpointName: string;
  readonly body: Uint8Array;
  readonly contentType?: string | undefined;
  readonly accept?: string | undefined;
  readonly targetVariant?: string | undefined;
  readonly inferenceId?: string | undefined;
  readonly customAttributes?: string | undefined;
  /** Aborted when the client went away. */
  readonly signal?: AbortSignal | undefined;
}

/** What a container answered. */
export interface InvokeOutput {
  readonly body: Uint8Array;
  readonly contentType: string | undefined;
  readonly variantName: string;
  readonly customAttributes: string | undefined;
}

/** The local SageMaker, with what its runtime needs of it. */
export interface SagemakerService extends LocalService {
  /** Routes one request to a variant of the endpoint. Throws AwsError: `ValidationError` or `ModelError`. */
  invokeEndpoint(input: InvokeInput): Promise<InvokeOutput>;
  /** Writes captured records and counted metrics now, instead of within a few seconds. */
  flush(): Promise<void>;
}
