/** An answer of a live endpoint. */
export interface PredictionAnswer {
  /** HTTP status of the model container's answer. */
  readonly status: number;
  readonly body: string;
  /** The production variant that answered. */
  readonly variant: string | null;
}

/** Calls live endpoints. */
export interface Predictions {
  /**
   * Sends JSON to one variant of an endpoint. A refusal by the model (4xx, 5xx) is an answer, not an exception.
   * Data capture keeps the inference id, so that the factory's own calls are not taken for traffic.
   */
  invoke(endpointName: string, variant: string, body: string, inferenceId: string): Promise<PredictionAnswer>;
}
