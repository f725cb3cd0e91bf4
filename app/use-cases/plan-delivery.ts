import { MlopsError } from "../../core/errors/mlops-error.ts";
import { planDeliveryRequests } from "../../core/plans/delivery-plan.ts";
import { endpointName } from "../../core/plans/names.ts";
import type { CreateEndpointConfigRequest, DeploymentConfigRequest, Tag } from "../../core/plans/requests.ts";
import { setDesired } from "../../core/registry/delivery-lease.ts";
import { servingAfter, variantsOf } from "../../core/registry/serving.ts";
import type { DeliveryRequest, Head, ServingVariant } from "../../core/registry/types.ts";
import type { Factory } from "../factory.ts";
import type { EndpointState } from "../ports/training-service.ts";
import { changeHead, mustAccept, rejectionError } from "../support/change-head.ts";
import { planContext, requireDefinition, requireVersion } from "../support/require.ts";
import { ensureModel } from "./ensure-model.ts";
import { hashArtifact } from "./evaluate-gate.ts";
import { deliveryEvidence } from "./lease-delivery.ts";

/** Everything that the delivery machine passes on. */
export interface DeliveryPlan {
  readonly endpointName: string;
  readonly exists: boolean;
  readonly previousConfigName: string | null;
  readonly endpointConfig: CreateEndpointConfigRequest;
  readonly deploymentConfig: DeploymentConfigRequest | null;
  readonly tags: readonly Tag[];
  readonly smoke: { readonly variants: readonly ServingVariant[] };
  /** The endpoint already is what is asked for. */
  readonly noop: boolean;
}

/** How long to wait for an endpoint that never came to life to be gone, before it is made again. */
const GONE_SECONDS = 120;
const GONE_POLL_MILLIS = 2_000;

/**
 * Checks that the version may serve (lease, verdict, the artifact's bytes), writes down what is wanted, makes the alarms and
 * computes the endpoint config. Repeating it gives the same plan.
 *
 * @throws MlopsError `delivery.lease-lost`, `delivery.not-allowed`
 */
export async function planDelivery(factory: Factory, request: DeliveryRequest): Promise<DeliveryPlan> {
  const { model, deliveryId } = request;
  const { definition } = await requireDefinition(factory, model);
  const head = await factory.registry.getHead(model);
  if (head.deliveryLease?.deliveryId !== deliveryId) {
    throw new MlopsError("delivery.lease-lost", `delivery ${deliveryId} does not hold the delivery lease of ${model}`);
  }
  const evidence = await deliveryEvidence(factory, model, request.version);
  const serving = servingAfter(head, head.deliveryLease.request, evidence);
  if ("accepted" in serving) throw rejectionError(serving);
  const wanted = variantsOf(serving);
  const variants = await Promise.all(
    wanted.map(async (variant) => {
      const version = await requireVersion(factory, model, variant.version);
      if (variant.version === request.version)
        await checkArtifact(factory, version.modelDataUrl, evidence.artifactSha256);
      return { ...variant, sagemakerModel: version.sagemakerModel, version: variant.version, item: version };
    }),
  );
  const live = await liveEndpoint(factory, endpointName(factory.settings.stage, model));
  const requests = planDeliveryRequests(planContext(factory, definition), {
    deliveryId,
    variants: variants.map(({ item: _, ...variant }) => variant),
    liveVariantNames: live?.variants.map((variant) => variant.name) ?? null,
    alertTopicArn: factory.settings.alertTopicArn,
    bakeSeconds: definition.delivery.bakeSeconds,
  });
  const noop = isServing(head, live, wanted);
  if (!noop) {
    await recordDesired(factory, request, requests, serving.champion, serving.challenger?.version ?? null);
    for (const { item } of variants) await ensureModel(factory, item);
    await factory.training.putAlarms(requests.alarms);
  }
  return {
    endpointName: requests.endpointName,
    exists: live !== null,
    previousConfigName: live?.configName ?? null,
    endpointConfig: requests.endpointConfig,
    deploymentConfig: requests.deploymentConfig,
    tags: requests.tags,
    smoke: { variants: wanted },
    noop,
  };
}

async function checkArtifact(factory: Factory, modelDataUrl: string, expectedSha256: string): Promise<void> {
  const actual = await hashArtifact(factory, modelDataUrl);
  if (actual === expectedSha256) return;
  throw new MlopsError(
    "delivery.not-allowed",
    `the artifact ${modelDataUrl} has SHA-256 ${actual}, but the gate judged ${expectedSha256}; it was changed after the gate, train again`,
  );
}

/** The endpoint, if there is one that can be updated. One that failed before it ever served is removed first. */
async function liveEndpoint(factory: Factory, name: string): Promise<EndpointState | null> {
  const endpoint = await factory.training.describeEndpoint(name);
  if (endpoint === null || (endpoint.status !== "Failed" && endpoint.status !== "Deleting")) return endpoint;
  if (endpoint.status === "Failed") await factory.training.deleteEndpoint(name);
  const until = factory.clock.now().getTime() + GONE_SECONDS * 1_000;
  while (factory.clock.now().getTime() < until) {
    if ((await factory.training.describeEndpoint(name)) === null) return null;
    await factory.clock.sleep(GONE_POLL_MILLIS);
  }
  throw new MlopsError("cloud.unavailable", `endpoint ${name} is still being deleted; try again in a few minutes`);
}

function isServing(head: Head, live: EndpointState | null, wanted: readonly ServingVariant[]): boolean {
  if (live === null || head.endpoint === null || live.configName !== head.endpoint.configName) return false;
  return JSON.stringify(head.endpoint.variants.map(variantKey)) === JSON.stringify(wanted.map(variantKey));
}

function variantKey(variant: ServingVariant): readonly unknown[] {
  return [variant.name, variant.version, variant.weightPercent];
}

/** On record before anything is made, so that nothing can be left behind unknown. */
async function recordDesired(
  factory: Factory,
  request: DeliveryRequest,
  requests: ReturnType<typeof planDeliveryRequests>,
  champion: number,
  challenger: number | null,
): Promise<void> {
  const { model, deliveryId } = request;
  const configName = requests.endpointConfig.EndpointConfigName;
  const evidence = await deliveryEvidence(factory, model, request.version);
  const item = await factory.registry.getDelivery(model, deliveryId);
  mustAccept(
    await changeHead(
      factory,
      model,
      (head, now) => setDesired(head, { deliveryId, configName, evidence }, now),
      () =>
        item === null
          ? []
          : [
              {
                kind: "delivery",
                item: {
                  ...item,
                  configName,
                  champion,
                  challenger,
                  alarmNames: requests.alarms.map((alarm) => alarm.AlarmName),
                },
              },
            ],
    ),
  );
}
