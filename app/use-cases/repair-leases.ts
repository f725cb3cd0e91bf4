import { executionName } from "../../core/plans/names.ts";
import type { Factory } from "../factory.ts";
import { failDelivery } from "./fail-delivery.ts";
import { failTraining } from "./fail-training.ts";
import { finishTraining } from "./finish-training.ts";
import { startLeasedTraining } from "./request-training.ts";

/** A lease that is younger may belong to a caller that is just about to start the execution. */
const DELIVERY_GRACE_MILLIS = 10 * 60_000;

/**
 * Brings a training lease and its execution together again: an execution that was never started is started, a lease whose
 * execution has ended is released with the failure on record.
 */
export async function repairTrainingLease(factory: Factory, model: string): Promise<void> {
  const head = await factory.registry.getHead(model);
  const lease = head.trainingLease;
  if (lease === null) return;
  const status = await factory.orchestrator.status("training", executionName(model, lease.runId));
  if (status === "running") return;
  if (status === null) {
    await startLeasedTraining(factory, head);
    return;
  }
  const run = { model, runId: lease.runId, fence: lease.fence };
  const { reason } = await failTraining(factory, {
    ...run,
    error: { Error: `execution.${status}`, Cause: `the execution ended as ${status} without releasing its lease` },
  });
  await finishTraining(factory, { ...run, outcome: "failed", reason });
}

/** The same for a delivery lease. */
export async function repairDeliveryLease(factory: Factory, model: string): Promise<void> {
  const { deliveryLease: lease } = await factory.registry.getHead(model);
  if (lease === null) return;
  const name = executionName(model, lease.deliveryId);
  const status = await factory.orchestrator.status("delivery", name);
  if (status === "running") return;
  if (status === null) {
    if (factory.clock.now().getTime() - Date.parse(lease.startedAt) < DELIVERY_GRACE_MILLIS) return;
    await factory.orchestrator.start("delivery", name, lease.request);
    return;
  }
  await failDelivery(factory, {
    request: lease.request,
    plan: null,
    error: { Error: `execution.${status}`, Cause: `the execution ended as ${status} without releasing its lease` },
  });
}
