import type { Alerts } from "./ports/alerts.ts";
import type { Clock } from "./ports/clock.ts";
import type { Log } from "./ports/log.ts";
import type { ObjectStore } from "./ports/object-store.ts";
import type { Orchestrator } from "./ports/orchestrator.ts";
import type { Predictions } from "./ports/predictions.ts";
import type { Registry } from "./ports/registry.ts";
import type { TrainingService } from "./ports/training-service.ts";

/** Facts about the stack that a use case runs in. */
export interface FactorySettings {
  readonly stage: string;
  readonly region: string;
  readonly dataBucket: string;
  readonly artifactBucket: string;
  /** Role that SageMaker's jobs and endpoints work with. */
  readonly sagemakerRoleArn: string;
  readonly alertTopicArn: string;
  /** Uploads above so many bytes are taken in by the ingest machine in ranges, smaller ones by one Lambda. */
  readonly largeFileBytes: number;
}

/** Everything that the use cases need from the world. */
export interface Factory {
  readonly settings: FactorySettings;
  readonly registry: Registry;
  readonly objects: ObjectStore;
  readonly orchestrator: Orchestrator;
  readonly training: TrainingService;
  readonly predictions: Predictions;
  readonly alerts: Alerts;
  readonly clock: Clock;
  readonly log: Log;
}
