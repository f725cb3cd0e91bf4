import type { AlarmRequest, CreateModelRequest } from "../../core/plans/requests.ts";

/** What a training job ended with. */
export interface TrainingJobState {
  readonly status: "InProgress" | "Completed" | "Failed" | "Stopping" | "Stopped";
  readonly billableSeconds: number;
  readonly failureReason: string | null;
  readonly modelDataUrl: string | null;
  readonly finalMetrics: Readonly<Record<string, number>>;
}

/** A production variant of a live endpoint. */
export interface LiveVariant {
  readonly name: string;
  readonly weight: number;
}

/** A live endpoint. */
export interface EndpointState {
  readonly status: string;
  readonly configName: string;
  readonly failureReason: string | null;
  readonly variants: readonly LiveVariant[];
}

/**
 * Jobs, models, endpoints and their alarms. Deleting and stopping what is not there is fine (each may be repeated after a
 * crash); describing it gives null.
 */
export interface TrainingService {
  describeTrainingJob(name: string): Promise<TrainingJobState | null>;
  /** What the training script itself says was wrong: its last `[mlops] error` line; null when it has said nothing. */
  scriptError(trainingJobName: string): Promise<string | null>;
  stopTrainingJob(name: string): Promise<void>;
  stopTransformJob(name: string): Promise<void>;

  modelExists(name: string): Promise<boolean>;
  /** Creates a model; when one of that name exists, it stays as it is. */
  createModel(request: CreateModelRequest): Promise<void>;
  deleteModel(name: string): Promise<void>;

  describeEndpoint(name: string): Promise<EndpointState | null>;
  /** Returns an endpoint to a config that it has had, with SageMaker's default blue/green update. */
  restoreEndpoint(name: string, configName: string): Promise<void>;
  deleteEndpoint(name: string): Promise<void>;
  deleteEndpointConfig(name: string): Promise<void>;

  putAlarms(alarms: readonly AlarmRequest[]): Promise<void>;
  deleteAlarms(names: readonly string[]): Promise<void>;
}
