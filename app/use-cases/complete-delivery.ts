import { MlopsError } from "../../core/errors/mlops-error.ts";
import { completeDelivery as completeTransition, endIdleDelivery } from "../../core/registry/delivery-lease.ts";
import type { DeliveryItem } from "../../core/registry/items.ts";
import type { Challenger, Head } from "../../core/registry/types.ts";
import type { Factory } from "../factory.ts";
import type { CompanionItem } from "../ports/registry.ts";
import { changeHead, mustAccept } from "../support/change-head.ts";
import { deliveryEvidence } from "./lease-delivery.ts";
import type { PlannedDelivery } from "./smoke-test.ts";
import { tidyUp } from "./tidy-up.ts";

/**
 * Swaps who serves in one conditional update, tells people, and removes what is no longer needed. Repeatable: after the swap only
 * the tidying is done again.
 *
 * @throws MlopsError `delivery.rolled-back` when the endpoint runs another config, `delivery.lease-lost`
 */
export async function completeDelivery(
  factory: Factory,
  { request, plan }: PlannedDelivery,
): Promise<{ champion: number | null; challenger: Challenger | null }> {
  const { model, deliveryId } = request;
  if (!plan.noop) await checkLive(factory, plan.endpointName, plan.endpointConfig.EndpointConfigName);
  const evidence = await deliveryEvidence(factory, model, request.version);
  const item = await factory.registry.getDelivery(model, deliveryId);
  const result = await changeHead(
    factory,
    model,
    (head, now) =>
      plan.noop
        ? endIdleDelivery(head, { deliveryId }, now)
        : completeTransition(
            head,
            {
              deliveryId,
              endpointName: plan.endpointName,
              configName: plan.endpointConfig.EndpointConfigName,
              evidence,
            },
            now,
          ),
    () => companion(item, factory.clock.now(), plan.noop),
  );
  const head = mustAccept(result);
  if (!plan.noop && result.accepted && result.audit !== null) await announce(factory, request, head);
  await tidyUp(factory, model);
  return { champion: head.champion, challenger: head.challenger };
}

/** A rolled-back update also ends `InService`: only the config's name tells. */
async function checkLive(factory: Factory, endpointName: string, configName: string): Promise<void> {
  const live = await factory.training.describeEndpoint(endpointName);
  if (live?.configName === configName && live.status === "InService") return;
  throw new MlopsError(
    "delivery.rolled-back",
    `endpoint ${endpointName} is ${live?.status ?? "gone"} with config ${live?.configName ?? "none"}, expected ${configName} in service`,
  );
}

function companion(item: DeliveryItem | null, now: Date, noop: boolean): CompanionItem[] {
  if (item === null) return [];
  const reason = noop ? "the endpoint already was what was asked for" : null;
  return [
    {
      kind: "delivery",
      item: { ...item, endedAt: now.toISOString(), outcome: "succeeded", reason, resourcesKept: !noop },
    },
  ];
}

async function announce(factory: Factory, request: PlannedDelivery["request"], head: Head): Promise<void> {
  const { model, version } = request;
  const titles = {
    promote: `version ${version} serves`,
    rollback: `rolled back to version ${version}`,
    "add-challenger": `version ${version} gets ${request.weightPercent} % of the traffic`,
    "remove-challenger": `the challenger is out`,
  } as const;
  const undo = {
    promote: `mlops rollback ${model}`,
    rollback: `mlops versions ${model}`,
    "add-challenger": `mlops traffic ${model} --end remove`,
    "remove-challenger": `mlops versions ${model}`,
  } as const;
  await factory.alerts.publish({
    kind: "delivery-completed",
    severity: "info",
    stage: factory.settings.stage,
    model,
    title: titles[request.action],
    what: `${request.requestedBy}: ${request.reason}`,
    evidence: (head.endpoint?.variants ?? []).map(
      (variant) => `${variant.name}: version ${variant.version}, ${variant.weightPercent} % of the traffic`,
    ),
    commands: [`mlops status ${model}`, undo[request.action]],
  });
}
