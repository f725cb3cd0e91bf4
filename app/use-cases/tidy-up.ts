import { endpointConfigName, endpointName } from "../../core/plans/names.ts";
import type { DeliveryItem } from "../../core/registry/items.ts";
import type { Head } from "../../core/registry/types.ts";
import type { Factory } from "../factory.ts";

/** Items that are looked at; older ones were tidied up by earlier deliveries. */
const LOOK_BACK = 50;

/**
 * Removes endpoint configs, alarms and SageMaker models that nobody needs any more. What is live, what a roll-back may return to
 * and what a delivery in progress uses stays. Everything is on record in the registry, so a crash only postpones the rest.
 */
export async function tidyUp(factory: Factory, model: string): Promise<void> {
  const head = await factory.registry.getHead(model);
  const live = await factory.training.describeEndpoint(endpointName(factory.settings.stage, model));
  const deliveries = await factory.registry.listDeliveries(model, LOOK_BACK);
  const keepConfigs = configsInUse(factory.settings.stage, head, deliveries, live?.configName ?? null);
  for (const delivery of deliveries) {
    if (!delivery.resourcesKept || delivery.outcome === "running" || keepConfigs.has(delivery.configName)) continue;
    await factory.training.deleteEndpointConfig(delivery.configName);
    await factory.training.deleteAlarms(delivery.alarmNames);
    await factory.registry.putDelivery({ ...delivery, resourcesKept: false });
  }
  const keepVersions = versionsInUse(head);
  for (const version of await factory.registry.listVersions(model, LOOK_BACK)) {
    if (!version.sagemakerModelKept || keepVersions.has(version.version)) continue;
    await factory.training.deleteModel(version.sagemakerModel);
    await factory.registry.putVersion({ ...version, sagemakerModelKept: false });
  }
}

function configsInUse(
  stage: string,
  head: Head,
  deliveries: readonly DeliveryItem[],
  liveConfigName: string | null,
): ReadonlySet<string> {
  const keep = new Set<string>();
  if (liveConfigName !== null) keep.add(liveConfigName);
  if (head.endpoint !== null) keep.add(head.endpoint.configName);
  if (head.desired !== null) keep.add(head.desired.configName);
  if (head.deliveryLease !== null) keep.add(endpointConfigName(stage, head.model, head.deliveryLease.deliveryId));
  const previous = deliveries.find(
    (delivery) => delivery.outcome === "succeeded" && delivery.champion === head.previousChampion,
  );
  if (previous !== undefined && head.previousChampion !== null) keep.add(previous.configName);
  return keep;
}

function versionsInUse(head: Head): ReadonlySet<number> {
  const used = [
    head.champion,
    head.previousChampion,
    head.challenger?.version,
    head.desired?.champion,
    head.desired?.challenger?.version,
    head.deliveryLease?.request.version,
    // The newest one may be just about to be delivered.
    head.lastVersion,
  ];
  return new Set(used.filter((version) => typeof version === "number"));
}
