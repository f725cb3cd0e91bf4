import { Logger } from "@aws-lambda-powertools/logger";
import type { Factory } from "../app/factory.ts";
import type { Log } from "../app/ports/log.ts";
import { DynamoRegistry } from "./dynamo-registry.ts";
import { type Environment, parseEnvironment } from "./environment.ts";
import { S3ObjectStore } from "./s3-object-store.ts";
import { SagemakerPredictions } from "./sagemaker-predictions.ts";
import { SagemakerTrainingService } from "./sagemaker-training-service.ts";
import { SfnOrchestrator } from "./sfn-orchestrator.ts";
import { SnsAlerts } from "./sns-alerts.ts";
import { systemClock } from "./system-clock.ts";

/** Structured JSON lines by Powertools. Fields hold ids and counts, never row data. */
export function powertoolsLog(logger: Logger): Log {
  return {
    info: (message, fields = {}) => logger.info(message, { ...fields }),
    warn: (message, fields = {}) => logger.warn(message, { ...fields }),
  };
}

/** Everything that the use cases need, over the AWS APIs. */
export function createAwsFactory(environment: Environment, log: Log): Factory {
  return {
    settings: {
      stage: environment.STAGE,
      region: environment.AWS_REGION,
      dataBucket: environment.DATA_BUCKET,
      artifactBucket: environment.ARTIFACT_BUCKET,
      sagemakerRoleArn: environment.SAGEMAKER_ROLE_ARN,
      alertTopicArn: environment.ALERT_TOPIC_ARN,
      largeFileBytes: environment.LARGE_FILE_BYTES,
    },
    registry: new DynamoRegistry(environment.REGISTRY_TABLE),
    objects: new S3ObjectStore(),
    orchestrator: new SfnOrchestrator({
      training: environment.TRAINING_STATE_MACHINE_ARN,
      delivery: environment.DELIVERY_STATE_MACHINE_ARN,
      monitoring: environment.MONITORING_STATE_MACHINE_ARN,
      ingest: environment.INGEST_STATE_MACHINE_ARN,
    }),
    training: new SagemakerTrainingService(),
    predictions: new SagemakerPredictions(),
    alerts: new SnsAlerts(environment.ALERT_TOPIC_ARN),
    clock: systemClock,
    log,
  };
}

/**
 * What a handler makes at module scope: the factory from the Lambda's environment, and the logger.
 *
 * @throws MlopsError `environment.invalid`
 */
export function handlerContext(handlerName: string): { factory: Factory; logger: Logger; environment: Environment } {
  const logger = new Logger({ serviceName: handlerName });
  const environment = parseEnvironment(process.env);
  return { factory: createAwsFactory(environment, powertoolsLog(logger)), logger, environment };
}
