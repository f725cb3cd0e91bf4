import type { Factory } from "../factory.ts";
import { failDelivery } from "./fail-delivery.ts";
import { failTraining } from "./fail-training.ts";
import { finishTraining } from "./finish-training.ts";
import { failRanges } from "./merge-ranges.ts";

/** An execution of the training, delivery or ingest machine that did not succeed. */
export interface EndedExecution {
  readonly machine: "training" | "delivery" | "ingest";
  /** Execution name `<model>-<run or delivery id>`, of the ingest machine `<model>-<batch id>-<hash of the message>`. */
  readonly name: string;
  readonly status: "FAILED" | "TIMED_OUT" | "ABORTED";
  readonly error: string | null;
  readonly cause: string | null;
}

const INGEST_NAME = /^([a-z][a-z0-9-]*)-([0-9a-f]{16})-[0-9a-f]{8}$/;
const NAME = /^([a-z][a-z0-9-]*)-([rd]\d+-[0-9a-z]+)$/;

/**
 * Releases what an execution held when it could not do so itself (timed out, aborted, failed on its failure path). Where the
 * machine's own failure path has done its work, nothing is left to do, and nothing is done.
 */
export async function executionEnded(factory: Factory, ended: EndedExecution): Promise<{ handled: boolean }> {
  const match = (ended.machine === "ingest" ? INGEST_NAME : NAME).exec(ended.name);
  const [model, id] = [match?.[1], match?.[2]];
  if (model === undefined || id === undefined) return { handled: false };
  const error = {
    Error: ended.error ?? `execution.${ended.status.toLowerCase().replaceAll("_", "-")}`,
    Cause: ended.cause ?? `the execution ${ended.name} ended as ${ended.status}`,
  };
  if (ended.machine === "ingest") {
    return { handled: await failRanges(factory, { model, batchId: id }, error, ended.name) };
  }
  const head = await factory.registry.getHead(model);
  if (ended.machine === "training" && head.trainingLease?.runId === id) {
    const run = { model, runId: id, fence: head.trainingLease.fence };
    const { reason } = await failTraining(factory, { ...run, error });
    await finishTraining(factory, { ...run, outcome: "failed", reason });
    return { handled: true };
  }
  if (ended.machine === "delivery" && head.deliveryLease?.deliveryId === id) {
    await failDelivery(factory, { request: head.deliveryLease.request, plan: null, error });
    return { handled: true };
  }
  return { handled: false };
}
