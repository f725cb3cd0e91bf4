import { setTimeout as sleep } from "node:timers/promises";
import { makeBatchId } from "../../core/registry/ids.ts";
import type { BatchItem, DeliveryItem, RunItem } from "../../core/registry/items.ts";
import { Failure } from "./failure.ts";
import type { Session } from "./session.ts";

const POLL_MILLIS = 150;

/**
 * Looks again and again until there is an answer.
 *
 * @param what completes the sentence "Waited N s for ..."
 * @throws Failure after `timeoutSeconds`
 */
export async function until<T>(what: string, timeoutSeconds: number, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + timeoutSeconds * 1000;
  while (Date.now() < deadline) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(POLL_MILLIS);
  }
  throw new Failure(
    `Waited ${timeoutSeconds} s for ${what} in vain. "npx mlops status" and "npx mlops local logs" show what happened.`,
  );
}

/** Waits until the factory has decided about an uploaded object version. */
export function waitForBatch(
  session: Session,
  model: string,
  key: string,
  versionId: string,
  timeoutSeconds = 900,
): Promise<BatchItem> {
  const id = makeBatchId({ bucket: session.outputs.DataBucketName, key, versionId });
  return until(`the verdict on ${key}`, timeoutSeconds, async () => {
    const batch = await session.registry.getBatch(model, id);
    return batch !== null && batch.status !== "processing" && batch.settledAt !== null ? batch : undefined;
  });
}

/** Waits for the end of the first run that starts after `since` (ISO time). */
export function waitForRun(
  session: Session,
  model: string,
  since: string,
  onRunning: (run: RunItem) => void,
  timeoutSeconds = 3600,
): Promise<RunItem> {
  return until(`a training run of ${model}`, timeoutSeconds, async () => {
    const runs = await session.registry.listRuns(model, 5);
    const run = runs.findLast((item) => item.startedAt >= since);
    if (run === undefined) return undefined;
    if (run.outcome === "running") {
      onRunning(run);
      return undefined;
    }
    return run;
  });
}

/** Waits until no delivery of the model is under way, and gives the newest one. */
export function waitForDelivery(
  session: Session,
  model: string,
  since: string,
  timeoutSeconds = 3600,
): Promise<DeliveryItem> {
  return until(`a delivery of ${model}`, timeoutSeconds, async () => {
    const [delivery] = await session.registry.listDeliveries(model, 1);
    return delivery !== undefined && delivery.startedAt >= since && delivery.outcome !== "running"
      ? delivery
      : undefined;
  });
}
