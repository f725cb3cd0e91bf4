import { MlopsError } from "../../core/errors/mlops-error.ts";
import { endpointConfigName } from "../../core/plans/names.ts";
import { acquireDeliveryLease } from "../../core/registry/delivery-lease.ts";
import type { DeliveryItem } from "../../core/registry/items.ts";
import type { DeliveryEvidence } from "../../core/registry/serving.ts";
import type { Accepted, Rejected } from "../../core/registry/transition.ts";
import type { DeliveryRequest, Head } from "../../core/registry/types.ts";
import type { Factory } from "../factory.ts";
import { changeHead } from "../support/change-head.ts";
import { requireVersion } from "../support/require.ts";

/** A delivery request before it has an id. */
export type DeliveryWish = Omit<DeliveryRequest, "model" | "deliveryId">;

/** What the registry knows about the version of a delivery. */
export async function deliveryEvidence(
  factory: Pick<Factory, "registry">,
  model: string,
  version: number,
): Promise<DeliveryEvidence> {
  const { verdict, artifactSha256 } = await requireVersion(factory, model, version);
  return { version, verdict, artifactSha256 };
}

/** Takes the delivery lease and records the delivery in one change; the request is in the new head's lease. */
export async function leaseDelivery(
  factory: Pick<Factory, "registry" | "clock" | "settings">,
  model: string,
  wish: DeliveryWish,
): Promise<Accepted | Rejected> {
  const evidence = await deliveryEvidence(factory, model, wish.version);
  return changeHead(
    factory,
    model,
    (head, now) => acquireDeliveryLease(head, { ...wish, evidence }, now),
    (head) => [{ kind: "delivery", item: deliveryItem(factory.settings.stage, head) }],
  );
}

function deliveryItem(stage: string, head: Head): DeliveryItem {
  const lease = head.deliveryLease;
  if (lease === null) throw new MlopsError("internal.invariant", `${head.model} took a delivery lease and has none`);
  return {
    model: head.model,
    deliveryId: lease.deliveryId,
    fence: lease.fence,
    request: lease.request,
    startedAt: lease.startedAt,
    endedAt: null,
    outcome: "running",
    reason: null,
    configName: endpointConfigName(stage, head.model, lease.deliveryId),
    alarmNames: [],
    champion: null,
    challenger: null,
    resourcesKept: true,
  };
}
