import { Logger } from "@aws-lambda-powertools/logger";
import type { Factory } from "../app/factory.ts";
import type { Log } from "../app/ports/log.ts";
import { DynamoRegistry } from "./dynamo-registry.ts";
import { type Environment, parseEnvironment } from "./environment.ts";
import { S3ObjectStore } from "./s3-object-store.ts";
import { systemClock } from "./system-clock.ts";

/** What every handler uses of a factory. The other ports bring SDK clients of their own, which not every cold start should load. */
export type FactoryBase = Pick<Factory, "settings" | "registry" | "objects" | "clock" | "log">;

/** Structured JSON lines by Powertools. Fields hold ids and counts, never row data. */
function powertoolsLog(logger: Logger): Log {
  return {
    info: (message, fields = {}) => logger.info(message, { ...fields }),
    warn: (message, fields = {}) => logger.warn(message, { ...fields }),
  };
}

/** Settings, registry and objects from a Lambda's environment. */
function createFactoryBase(environment: Environment, log: Log): FactoryBase {
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
    clock: systemClock,
    log,
  };
}

/** What a handler makes at module scope besides its factory. */
export function handlerBasis(handlerName: string): { logger: Logger; environment: Environment; base: FactoryBase } {
  const logger = new Logger({ serviceName: handlerName });
  const environment = parseEnvironment(process.env);
  return { logger, environment, base: createFactoryBase(environment, powertoolsLog(logger)) };
}
