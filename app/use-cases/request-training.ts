import { executionName } from "../../core/plans/names.ts";
import type { RunItem } from "../../core/registry/items.ts";
import { acquireTrainingLease, notePendingTraining } from "../../core/registry/training-lease.ts";
import type { Rejected } from "../../core/registry/transition.ts";
import type { Head, TrainingLease, TrainingRequest, TrainingTrigger } from "../../core/registry/types.ts";
import type { Factory } from "../factory.ts";
import { changeHead } from "../support/change-head.ts";
import { requireDefinition } from "../support/require.ts";

/** A wish to train. */
export interface TrainingWish {
  readonly model: string;
  readonly trigger: TrainingTrigger;
  readonly actor: string;
  /** A person accepts to go beyond the budget. */
  readonly force?: boolean;
}

/** What became of a wish: a run was started, it is picked up later, or the definition does not allow it. */
export interface TrainingAnswer {
  readonly outcome: "started" | "pending" | "refused";
  readonly runId: string | null;
  readonly reason: string;
}

/**
 * Takes the training lease and starts the training machine. A held lease means: pending, and the run that holds it starts
 * the next one when it ends. Safe to repeat: the lease names the execution, and a lease whose execution
 * was never started (a crash in between) is started now.
 */
export async function requestTraining(factory: Factory, wish: TrainingWish): Promise<TrainingAnswer> {
  const { definition } = await requireDefinition(factory, wish.model);
  const running = await startUnstartedTraining(factory, wish.model);
  if (running !== null && isSameCause(running.trigger, wish.trigger)) {
    return { outcome: "started", runId: running.runId, reason: wish.trigger.reason };
  }
  const result = await changeHead(
    factory,
    wish.model,
    (head, now) =>
      acquireTrainingLease(
        head,
        {
          trigger: wish.trigger,
          policy: definition.retraining,
          actor: wish.actor,
          ...(wish.force === true && { force: true }),
        },
        now,
      ),
    (head) => runItems(head),
  );
  if (!result.accepted) return postpone(factory, wish, result);
  const runId = await startLeasedTraining(factory, result.head);
  return { outcome: "started", runId, reason: wish.trigger.reason };
}

/** A batch that asks twice (its event came again) is already served by the run that it has started. */
function isSameCause(running: TrainingTrigger, wished: TrainingTrigger): boolean {
  return wished.kind === "data" && running.kind === "data" && running.reason === wished.reason;
}

/** Starts the execution of a lease whose holder has crashed before it could; gives the lease that is held. */
async function startUnstartedTraining(factory: Factory, model: string): Promise<TrainingLease | null> {
  const head = await factory.registry.getHead(model);
  if (head.trainingLease === null) return null;
  const status = await factory.orchestrator.status("training", executionName(model, head.trainingLease.runId));
  if (status === null) await startLeasedTraining(factory, head);
  return head.trainingLease;
}

/** Starts the execution that the head's training lease names; repeating it changes nothing. */
export async function startLeasedTraining(factory: Pick<Factory, "orchestrator">, head: Head): Promise<string | null> {
  const lease = head.trainingLease;
  if (lease === null) return null;
  const { runId, fence, trigger } = lease;
  const request: TrainingRequest = { model: head.model, runId, fence, trigger };
  await factory.orchestrator.start("training", executionName(head.model, runId), request);
  return runId;
}

function runItems(head: Head): { kind: "run"; item: RunItem }[] {
  const lease = head.trainingLease;
  if (lease === null) return [];
  const item: RunItem = {
    model: head.model,
    runId: lease.runId,
    fence: lease.fence,
    trigger: lease.trigger,
    startedAt: lease.startedAt,
    endedAt: null,
    outcome: "running",
    reason: null,
    datasetId: null,
    definitionHash: null,
    championVersion: null,
    version: null,
    spendUsd: null,
  };
  return [{ kind: "run", item }];
}

/** Data must not be forgotten: it stays pending when a lease or a ceiling is in the way. Others come back by themselves. */
async function postpone(factory: Factory, wish: TrainingWish, rejection: Rejected): Promise<TrainingAnswer> {
  const ceiling = rejection.code === "training.budget" || rejection.code === "training.runs-per-day";
  const waits = wish.trigger.kind === "data" || wish.trigger.kind === "pending";
  const pending = rejection.code === "training.lease-held" || (ceiling && waits);
  factory.log.info("training not started", { model: wish.model, trigger: wish.trigger.kind, code: rejection.code });
  if (!pending) {
    if (ceiling && wish.trigger.kind !== "command") await alertCeiling(factory, wish, rejection);
    return { outcome: "refused", runId: null, reason: rejection.message };
  }
  const noted = await changeHead(factory, wish.model, (head, now) =>
    notePendingTraining(head, { actor: wish.actor, reason: wish.trigger.reason }, now),
  );
  const news = noted.accepted && noted.audit !== null;
  if (ceiling && news) await alertCeiling(factory, wish, rejection);
  if (noted.accepted && noted.head.trainingLease === null && rejection.code === "training.lease-held") {
    // The run ended between our two looks, so nobody would pick this up.
    return requestTraining(factory, { ...wish, trigger: { kind: "pending", reason: wish.trigger.reason } });
  }
  return { outcome: "pending", runId: null, reason: rejection.message };
}

async function alertCeiling(factory: Factory, wish: TrainingWish, rejection: Rejected): Promise<void> {
  await factory.alerts.publish({
    kind: "training-ceiling",
    severity: "warning",
    stage: factory.settings.stage,
    model: wish.model,
    title: "training waits: a ceiling is reached",
    what: `A training run was wanted (${wish.trigger.reason}) and not started: ${rejection.message}. The endpoint goes on serving.`,
    evidence: [`trigger: ${wish.trigger.kind}`, `rule: ${rejection.code}`],
    commands: [`mlops runs ${wish.model}`, `mlops retrain ${wish.model}`],
  });
}
