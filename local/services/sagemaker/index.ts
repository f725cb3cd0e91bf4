import type { Cloud } from "../../kernel/cloud.ts";
import { createContainerRuntime } from "./container-runtime.ts";
import { type SagemakerContext, SERVICE } from "./context.ts";
import { createDataCapture } from "./data-capture.ts";
import { endpointConfigOperations } from "./endpoint-config-operations.ts";
import { createEndpointFleets } from "./endpoint-fleets.ts";
import { endpointOperations } from "./endpoint-operations.ts";
import { createInvocationMetrics } from "./invocation-metrics.ts";
import { createInvoker } from "./invoke-endpoint.ts";
import { clearUnpackedModels } from "./model-artifacts.ts";
import { modelOperations } from "./model-operations.ts";
import { tagOperations } from "./tags.ts";
import { createTrainingJobs } from "./training-operations.ts";
import { createTransformJobs } from "./transform-operations.ts";
import type { SagemakerService } from "./types.ts";

export { xgboostImageUri } from "./images.ts";
export { createSagemakerRuntime } from "./runtime.ts";
export type * from "./types.ts";

/**
 * The local SageMaker: training jobs, transform jobs and endpoints that really run, as Python processes on this machine.
 * Without a usable Python its jobs and endpoints fail with a reason that says what to install.
 */
export function createSagemaker(cloud: Cloud): SagemakerService {
  const context: SagemakerContext = {
    cloud,
    containers: createContainerRuntime(cloud),
    trainingJobs: cloud.table(SERVICE, "training-jobs"),
    transformJobs: cloud.table(SERVICE, "transform-jobs"),
    models: cloud.table(SERVICE, "models"),
    endpointConfigs: cloud.table(SERVICE, "endpoint-configs"),
    endpoints: cloud.table(SERVICE, "endpoints"),
    tags: cloud.table(SERVICE, "tags"),
  };
  const training = createTrainingJobs(context);
  const transforms = createTransformJobs(context);
  const fleets = createEndpointFleets(context);
  const capture = createDataCapture(context);
  const metrics = createInvocationMetrics(cloud);
  const flush = async (): Promise<void> => {
    await Promise.all([capture.flush(), metrics.flush()]);
  };
  return {
    id: SERVICE,
    operations: {
      ...training.operations,
      ...transforms.operations,
      ...modelOperations(context),
      ...endpointConfigOperations(context),
      ...endpointOperations(context, fleets),
      ...tagOperations(context),
    },
    invokeEndpoint: createInvoker(context, fleets, capture, metrics),
    flush,
    async start() {
      await clearUnpackedModels(context);
      training.recover();
      transforms.recover();
      await capture.recover();
      fleets.recover();
    },
    async stop() {
      await fleets.stop();
      await context.containers.stop();
      await Promise.all([training.settle(), transforms.settle()]);
      await flush();
    },
  };
}
