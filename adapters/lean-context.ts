import type { Logger } from "@aws-lambda-powertools/logger";
import type { Factory } from "../app/factory.ts";
import type { Environment } from "./environment.ts";
import { type FactoryBase, handlerBasis } from "./factory-base.ts";
import { onDemand } from "./on-demand.ts";
import { stateMachineArns } from "./state-machine-arns.ts";

/** The same factory as createAwsFactory's; all but registry and objects is loaded when it is used for the first time. */
function createLeanFactory(environment: Environment, base: FactoryBase): Factory {
  return {
    ...base,
    orchestrator: onDemand(async () => {
      const { SfnOrchestrator } = await import("./sfn-orchestrator.ts");
      return new SfnOrchestrator(stateMachineArns(environment));
    }),
    training: onDemand(async () => {
      const { SagemakerTrainingService } = await import("./sagemaker-training-service.ts");
      return new SagemakerTrainingService();
    }),
    predictions: onDemand(async () => {
      const { SagemakerPredictions } = await import("./sagemaker-predictions.ts");
      return new SagemakerPredictions();
    }),
    alerts: onDemand(async () => {
      const { SnsAlerts } = await import("./sns-alerts.ts");
      return new SnsAlerts(environment.ALERT_TOPIC_ARN);
    }),
  };
}

/**
 * handlerContext for handlers that mostly work on registry and objects alone: their cold start loads two SDK clients instead of seven.
 *
 * @throws MlopsError `environment.invalid`
 */
export function leanHandlerContext(handlerName: string): { factory: Factory; logger: Logger } {
  const { logger, environment, base } = handlerBasis(handlerName);
  return { factory: createLeanFactory(environment, base), logger };
}
