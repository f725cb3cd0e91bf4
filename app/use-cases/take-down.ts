import {
  endpointName,
  executionName,
  sagemakerModelName,
  trainingJobName,
  transformJobName,
} from "../../core/plans/names.ts";
import { retireEndpoint } from "../../core/registry/delivery-lease.ts";
import type { Factory } from "../factory.ts";
import { changeHead, mustAccept } from "../support/change-head.ts";
import { deleteEndpointAndWait } from "../support/delete-endpoint.ts";

/** Items that are looked at for resources; far more than can be kept at a time. */
const LOOK_BACK = 200;

/**
 * Takes down everything of a model that costs money or runs: executions, jobs, endpoint, configs, alarms, SageMaker models.
 * Data, artifacts and the registry's history stay. Repeatable.
 */
export async function takeDown(factory: Factory, model: string, reason: string): Promise<void> {
  const { stage } = factory.settings;
  const head = await factory.registry.getHead(model);
  if (head.trainingLease !== null) {
    const { runId } = head.trainingLease;
    await factory.orchestrator.stop("training", executionName(model, runId), reason);
    await factory.training.stopTrainingJob(trainingJobName(stage, model, runId));
    await factory.training.stopTransformJob(transformJobName(stage, model, runId, "challenger"));
    await factory.training.stopTransformJob(transformJobName(stage, model, runId, "champion"));
    await factory.training.deleteModel(sagemakerModelName(stage, model, runId));
    const run = await factory.registry.getRun(model, runId);
    if (run !== null && run.endedAt === null) {
      const endedAt = factory.clock.now().toISOString();
      await factory.registry.putRun({ ...run, outcome: "failed", reason, endedAt });
    }
  }
  if (head.deliveryLease !== null) {
    const { deliveryId } = head.deliveryLease;
    await factory.orchestrator.stop("delivery", executionName(model, deliveryId), reason);
    const delivery = await factory.registry.getDelivery(model, deliveryId);
    if (delivery !== null && delivery.outcome === "running") {
      const endedAt = factory.clock.now().toISOString();
      await factory.registry.putDelivery({ ...delivery, outcome: "failed", reason, endedAt });
    }
  }
  await deleteEndpointAndWait(factory, endpointName(stage, model));
  for (const delivery of await factory.registry.listDeliveries(model, LOOK_BACK)) {
    if (!delivery.resourcesKept) continue;
    await factory.training.deleteEndpointConfig(delivery.configName);
    await factory.training.deleteAlarms(delivery.alarmNames);
    await factory.registry.putDelivery({ ...delivery, resourcesKept: false });
  }
  for (const version of await factory.registry.listVersions(model, LOOK_BACK)) {
    if (!version.sagemakerModelKept) continue;
    await factory.training.deleteModel(version.sagemakerModel);
    await factory.registry.putVersion({ ...version, sagemakerModelKept: false });
  }
  mustAccept(
    await changeHead(factory, model, (current, now) => retireEndpoint(current, { actor: "catalog", reason }, now)),
  );
}
