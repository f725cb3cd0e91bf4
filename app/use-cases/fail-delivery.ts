import { endpointName } from "../../core/plans/names.ts";
import { failDelivery as failTransition } from "../../core/registry/delivery-lease.ts";
import type { DeliveryRequest, Head } from "../../core/registry/types.ts";
import type { Factory } from "../factory.ts";
import type { CompanionItem } from "../ports/registry.ts";
import { changeHead, mustAccept } from "../support/change-head.ts";
import type { TaskError } from "./fail-training.ts";
import type { DeliveryPlan } from "./plan-delivery.ts";
import { tidyUp } from "./tidy-up.ts";

/** Which delivery failed, and why. */
export interface FailedDelivery {
  readonly request: DeliveryRequest;
  /** Null when it failed before it had a plan. */
  readonly plan: DeliveryPlan | null;
  readonly error: TaskError;
}

/**
 * Ends a failed delivery: who serves stays as it was, the endpoint is brought back to it if it is not there yet, people are
 * told, what the delivery made is removed. A delivery that has ended already is left alone.
 */
export async function failDelivery(
  factory: Factory,
  { request, error }: FailedDelivery,
): Promise<{ reason: string; serving: number | null }> {
  const { model, deliveryId } = request;
  const reason = `${error.Error}: ${error.Cause.slice(0, 1_500)}`;
  const before = await factory.registry.getHead(model);
  if (before.deliveryLease?.deliveryId !== deliveryId) return { reason, serving: before.champion };
  await restoreServing(factory, before);
  await factory.alerts.publish({
    kind: "delivery-failed",
    severity: "critical",
    stage: factory.settings.stage,
    model,
    title: `${request.action} of version ${request.version} failed`,
    what: `The delivery did not arrive: ${reason} ${servingSentence(before)}`,
    evidence: [`delivery ${deliveryId}, requested by ${request.requestedBy}: ${request.reason}`],
    commands: [`mlops status ${model}`, `mlops versions ${model}`],
  });
  const item = await factory.registry.getDelivery(model, deliveryId);
  const head = mustAccept(
    await changeHead(
      factory,
      model,
      (current, now) => failTransition(current, { deliveryId, reason }, now),
      (): CompanionItem[] =>
        item === null
          ? []
          : [
              {
                kind: "delivery",
                item: { ...item, endedAt: factory.clock.now().toISOString(), outcome: "failed", reason },
              },
            ],
    ),
  );
  await tidyUp(factory, model);
  return { reason, serving: head.champion };
}

function servingSentence(head: Head): string {
  return head.champion === null ? "No version serves." : `Version ${head.champion} goes on serving.`;
}

/**
 * Makes the live endpoint equal to what the registry says: back to the config on record, or gone when there never was a champion.
 * While an update is under way it can only be looked at again later, which the monitor does.
 *
 * @returns true when the endpoint is, or is on the way to, what the registry says
 */
export async function restoreServing(factory: Factory, head: Head): Promise<boolean> {
  const name = endpointName(factory.settings.stage, head.model);
  const live = await factory.training.describeEndpoint(name);
  if (live === null) return head.endpoint === null;
  if (head.endpoint === null) {
    if (live.status === "Deleting") return true;
    if (live.status !== "InService" && live.status !== "Failed") return false;
    await factory.training.deleteEndpoint(name);
    return true;
  }
  if (live.configName === head.endpoint.configName) return true;
  if (live.status !== "InService") return false;
  await factory.training.restoreEndpoint(name, head.endpoint.configName);
  return true;
}
