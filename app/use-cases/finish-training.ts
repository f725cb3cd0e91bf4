import { releaseTrainingLease } from "../../core/registry/training-lease.ts";
import type { Factory } from "../factory.ts";
import type { CompanionItem } from "../ports/registry.ts";
import { changeHead, mustAccept } from "../support/change-head.ts";
import { requestTraining } from "./request-training.ts";

/** How a run ended. */
export interface FinishedTraining {
  readonly model: string;
  readonly runId: string;
  readonly fence: number;
  readonly outcome: "succeeded" | "failed" | "nothing-to-train";
  readonly reason: string;
}

/** Releases the lease, records how the run ended, and starts what arrived meanwhile. Repeating it changes nothing. */
export async function finishTraining(factory: Factory, input: FinishedTraining): Promise<{ next: string | null }> {
  const { model, runId, outcome, reason } = input;
  const head = mustAccept(
    await changeHead(
      factory,
      model,
      (before, now) => releaseTrainingLease(before, input, now),
      async (): Promise<CompanionItem[]> => {
        const run = await factory.registry.getRun(model, runId);
        if (run === null) return [];
        const item = { ...run, outcome, reason, endedAt: factory.clock.now().toISOString() };
        return [{ kind: "run", item }];
      },
    ),
  );
  if (head.trainingLease !== null || head.trainingPending === null) return { next: null };
  const published = await factory.registry.getDefinition(model);
  if (published === null) return { next: null };
  const answer = await requestTraining(factory, {
    model,
    trigger: { kind: "pending", reason: head.trainingPending.reason },
    actor: `run ${runId}`,
  });
  return { next: answer.outcome === "started" ? answer.runId : null };
}
