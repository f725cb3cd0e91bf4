import { makeDeliveryId } from "./ids.ts";
import { type DeliveryEvidence, servingAfter, variantsOf } from "./serving.ts";
import { changed, type Rejected, rejected, type Transition, unchanged } from "./transition.ts";
import type { DeliveryRequest, Head } from "./types.ts";

/** Asks for the right to change the endpoint. */
export interface AcquireDeliveryLease extends Omit<DeliveryRequest, "model" | "deliveryId"> {
  readonly evidence: DeliveryEvidence;
}

/**
 * Gives the delivery lease with the next fence, if no delivery is in progress and the change is allowed. Asking again for
 * what the present lease already does changes nothing: the request is in `deliveryLease.request` of the head.
 */
export function acquireDeliveryLease(head: Head, command: AcquireDeliveryLease, now: Date): Transition {
  const held = head.deliveryLease;
  if (held !== null) {
    const same = held.request;
    if (
      same.action === command.action &&
      same.version === command.version &&
      same.weightPercent === command.weightPercent &&
      same.requestedBy === command.requestedBy
    ) {
      return unchanged(head);
    }
    return rejected(
      "delivery.lease-held",
      `delivery ${held.deliveryId} (${same.action} of version ${same.version}) has been under way for ${head.model} since ${held.startedAt}; try again when it has ended`,
    );
  }
  const { evidence, ...request } = command;
  const serving = servingAfter(head, request, evidence);
  if ("accepted" in serving) return serving;
  const fence = head.deliveryFence + 1;
  const deliveryId = makeDeliveryId(fence, now);
  return changed(
    head,
    {
      deliveryLease: {
        deliveryId,
        fence,
        request: { model: head.model, deliveryId, ...request },
        startedAt: now.toISOString(),
      },
      deliveryFence: fence,
    },
    "DeliveryStarted",
    { actor: command.requestedBy, reason: `${command.action} version ${command.version}: ${command.reason}` },
    now,
  );
}

function lost(head: Head, deliveryId: string): Rejected {
  const holder = head.deliveryLease === null ? "free" : `held by ${head.deliveryLease.deliveryId}`;
  return rejected(
    "delivery.lease-lost",
    `delivery ${deliveryId} does not hold the delivery lease of ${head.model}; the lease is ${holder}`,
  );
}

/** Writes down what the endpoint shall become, before anything is changed. */
export function setDesired(
  head: Head,
  command: { deliveryId: string; configName: string; evidence: DeliveryEvidence },
  now: Date,
): Transition {
  const lease = head.deliveryLease;
  if (lease === null || lease.deliveryId !== command.deliveryId) return lost(head, command.deliveryId);
  if (head.desired?.deliveryId === command.deliveryId) return unchanged(head);
  const serving = servingAfter(head, lease.request, command.evidence);
  if ("accepted" in serving) return serving;
  return changed(
    head,
    {
      desired: {
        deliveryId: command.deliveryId,
        configName: command.configName,
        champion: serving.champion,
        challenger: serving.challenger,
      },
    },
    "DeliveryPlanned",
    { actor: lease.request.requestedBy, reason: lease.request.reason },
    now,
  );
}

/** The proof that a delivery has arrived. */
export interface CompleteDelivery {
  readonly deliveryId: string;
  readonly endpointName: string;
  /** The config that the endpoint runs now. */
  readonly configName: string;
  readonly evidence: DeliveryEvidence;
}

const COMPLETED = {
  promote: "VersionPromoted",
  rollback: "VersionRolledBack",
  "add-challenger": "ChallengerAdded",
  "remove-challenger": "ChallengerRemoved",
} as const;

/**
 * Swaps who serves in one change and gives the lease back. Repeating it after success changes nothing; a delivery that has
 * lost its lease is rejected, so that a late one cannot undo a newer one.
 */
export function completeDelivery(head: Head, command: CompleteDelivery, now: Date): Transition {
  const lease = head.deliveryLease;
  if (lease === null || lease.deliveryId !== command.deliveryId) {
    return head.endpoint?.deliveryId === command.deliveryId ? unchanged(head) : lost(head, command.deliveryId);
  }
  const serving = servingAfter(head, lease.request, command.evidence);
  if ("accepted" in serving) return serving;
  return changed(
    head,
    {
      ...serving,
      championSince: serving.champion === head.champion ? head.championSince : now.toISOString(),
      endpoint: {
        name: command.endpointName,
        configName: command.configName,
        deliveryId: command.deliveryId,
        variants: variantsOf(serving),
      },
      desired: null,
      deliveryLease: null,
    },
    COMPLETED[lease.request.action],
    { actor: lease.request.requestedBy, reason: lease.request.reason },
    now,
  );
}

/** Ends a delivery that had nothing to change: who serves stays, the lease is given back. */
export function endIdleDelivery(head: Head, command: { deliveryId: string }, now: Date): Transition {
  const lease = head.deliveryLease;
  if (lease === null || lease.deliveryId !== command.deliveryId) return unchanged(head);
  return changed(
    head,
    { desired: null, deliveryLease: null },
    "DeliveryNotNeeded",
    { actor: lease.request.requestedBy, reason: "the endpoint already is what was asked for" },
    now,
  );
}

/** Ends a delivery that failed: who serves stays as it was; the lease is given back. Late or repeated calls change nothing. */
export function failDelivery(head: Head, command: { deliveryId: string; reason: string }, now: Date): Transition {
  const lease = head.deliveryLease;
  if (lease === null || lease.deliveryId !== command.deliveryId) return unchanged(head);
  return changed(
    head,
    { desired: null, deliveryLease: null },
    "DeliveryFailed",
    { actor: `delivery ${command.deliveryId}`, reason: command.reason },
    now,
  );
}

/** Forgets the endpoint of a model whose definition is gone; versions and data stay. */
export function retireEndpoint(head: Head, cause: { actor: string; reason: string }, now: Date): Transition {
  if (head.endpoint === null && head.champion === null && head.deliveryLease === null && head.trainingLease === null) {
    return unchanged(head);
  }
  return changed(
    head,
    {
      champion: null,
      previousChampion: null,
      challenger: null,
      endpoint: null,
      desired: null,
      deliveryLease: null,
      trainingLease: null,
      trainingPending: null,
      championSince: null,
    },
    "EndpointRetired",
    cause,
    now,
  );
}
