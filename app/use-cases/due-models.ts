import { endpointName, executionName } from "../../core/plans/names.ts";
import type { Factory } from "../factory.ts";
import type { PublishedDefinition } from "../ports/registry.ts";
import { restoreServing } from "./fail-delivery.ts";
import { leaseDelivery } from "./lease-delivery.ts";
import { repairDeliveryLease, repairTrainingLease } from "./repair-leases.ts";
import { requestTraining } from "./request-training.ts";
import { tidyUp } from "./tidy-up.ts";

/** Input of the monitoring machine: everything that is due, or some models now. */
export interface DueRequest {
  readonly models?: readonly string[];
  readonly force?: boolean;
}

/** What is due for a model. */
export interface DueModel {
  readonly model: string;
  readonly check: boolean;
  readonly retrain: "schedule" | null;
}

const MILLIS_PER_MINUTE = 60_000;
/** Checks start on a coarse grid; one that is this near is taken along. */
const EARLY_MILLIS = 30_000;

/**
 * Says which models are due for a drift check or a scheduled training, and mends on the way what crashes have left: leases whose
 * execution has ended, an endpoint that is not what the registry says, resources that nobody needs, and trainings that are pending.
 * A model that cannot be mended does not keep the others from their turn: people are told.
 */
export async function dueModels(factory: Factory, request: DueRequest): Promise<{ models: readonly DueModel[] }> {
  const wanted = request.models === undefined ? null : new Set(request.models);
  const published = (await factory.registry.listDefinitions()).filter(({ model }) => wanted?.has(model) ?? true);
  const due: DueModel[] = [];
  for (const definition of published) {
    try {
      await mend(factory, definition.model);
    } catch (error) {
      await alertMendFailed(factory, definition.model, error);
    }
    const item = await dueOf(factory, definition, request.force === true);
    if (item.check || item.retrain !== null) due.push(item);
  }
  return { models: due };
}

async function mend(factory: Factory, model: string): Promise<void> {
  await repairTrainingLease(factory, model);
  await repairDeliveryLease(factory, model);
  const head = await factory.registry.getHead(model);
  if (head.deliveryLease === null) {
    if (!(await restoreServing(factory, head))) await redeliver(factory, model, head.champion);
    await tidyUp(factory, model);
  }
  if (head.trainingLease === null && head.trainingPending !== null) {
    await requestTraining(factory, {
      model,
      trigger: { kind: "pending", reason: head.trainingPending.reason },
      actor: "monitor",
    });
  }
}

/** An endpoint that somebody has deleted is made again; one that is just being updated is looked at next time. */
async function redeliver(factory: Factory, model: string, champion: number | null): Promise<void> {
  const name = endpointName(factory.settings.stage, model);
  if (champion === null || (await factory.training.describeEndpoint(name)) !== null) {
    factory.log.warn("endpoint differs from the registry and cannot be updated now", { model });
    return;
  }
  const leased = await leaseDelivery(factory, model, {
    action: "promote",
    version: champion,
    weightPercent: null,
    requestedBy: "monitor",
    reason: `endpoint ${name} is gone, but version ${champion} should serve`,
    forced: false,
  });
  const request = leased.accepted ? leased.head.deliveryLease?.request : undefined;
  if (request === undefined) return;
  await factory.orchestrator.start("delivery", executionName(model, request.deliveryId), request);
}

async function dueOf(factory: Factory, { model, definition }: PublishedDefinition, force: boolean): Promise<DueModel> {
  const head = await factory.registry.getHead(model);
  const now = factory.clock.now().getTime();
  const serves = head.champion !== null && head.endpoint !== null;
  const [last] = serves ? await factory.registry.listDriftChecks(model, 1) : [];
  const everyMillis = definition.monitoring.everyMinutes * MILLIS_PER_MINUTE;
  const captures = definition.endpoint.capture.fraction > 0;
  const check =
    serves &&
    (force || (captures && (last === undefined || now - Date.parse(last.checkedAt) >= everyMillis - EARLY_MILLIS)));
  const scheduleMillis = definition.retraining.scheduleEveryHours * 60 * MILLIS_PER_MINUTE;
  const scheduled =
    definition.retraining.on.includes("schedule") &&
    head.trainingLease === null &&
    head.lastTrainingAt !== null &&
    now - Date.parse(head.lastTrainingAt) >= scheduleMillis;
  return { model, check, retrain: scheduled ? "schedule" : null };
}

async function alertMendFailed(factory: Factory, model: string, error: unknown): Promise<void> {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  factory.log.warn("mending failed", { model, message });
  await factory.alerts.publish({
    kind: "mending-failed",
    severity: "critical",
    stage: factory.settings.stage,
    model,
    title: "the monitor could not mend this model",
    what: `Leases, endpoint or left-over resources could not be brought in order: ${message}`,
    evidence: [],
    commands: [`mlops status ${model}`, `mlops runs ${model}`],
  });
}
