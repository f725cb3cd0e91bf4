import type { Logger } from "@aws-lambda-powertools/logger";
import type { Factory } from "../app/factory.ts";
import type { Environment } from "./environment.ts";
import { type FactoryBase, handlerBasis } from "./factory-base.ts";
import { SagemakerPredictions } from "./sagemaker-predictions.ts";
import { SagemakerTrainingService } from "./sagemaker-training-service.ts";
import { SfnOrchestrator } from "./sfn-orchestrator.ts";
import { SnsAlerts } from "./sns-alerts.ts";
import { stateMachineArns } from "./state-machine-arns.ts";

/** Everything that the use cases need, over the AWS APIs. */
function createAwsFactory(environment: Environment, base: FactoryBase): Factory {
  return {
    ...base,
    orchestrator: new SfnOrchestrator(stateMachineArns(environment)),
    training: new SagemakerTrainingService(),
    predictions: new SagemakerPredictions(),
    alerts: new SnsAlerts(environment.ALERT_TOPIC_ARN),
  };
}

/**
 * What a handler makes at module scope: the factory from the Lambda's environment, and the logger.
 *
 * @throws MlopsError `environment.invalid`
 */
export function handlerContext(handlerName: string): { factory: Factory; logger: Logger; environment: Environment } {
  const { logger, environment, base } = handlerBasis(handlerName);
  return { factory: createAwsFactory(environment, base), logger, environment };
}
