import { PutObjectCommand } from "@aws-sdk/client-s3";
import type { BatchItem, RunItem } from "../../core/registry/items.ts";
import { Failure } from "../support/failure.ts";
import { bytes } from "../support/format.ts";
import { until, waitForBatch } from "../support/wait.ts";
import type { DemoContext } from "./context.ts";

/** What came out of one upload: the verdict on the file and, when it was accepted, the run that it started. */
export interface LoopResult {
  readonly batch: BatchItem;
  readonly run: RunItem | null;
  /** From the PUT to the end of everything that it caused. */
  readonly seconds: number;
}

/**
 * Uploads a file with the ordinary S3 API and watches what the factory makes of it; nothing else is touched.
 *
 * @throws Failure when a run fails
 */
export async function uploadAndWatch(context: DemoContext, name: string, content: string): Promise<LoopResult> {
  const { session, model, progress } = context;
  const key = `${model}/incoming/${name}`;
  progress.step(`upload ${name} (${bytes(Buffer.byteLength(content))})`);
  const startedAt = Date.now();
  const answer = await session.s3.send(
    new PutObjectCommand({ Bucket: session.outputs.DataBucketName, Key: key, Body: content, ContentType: "text/csv" }),
  );
  progress.update("validate, profile, split");
  const batch = await waitForBatch(session, model, key, answer.VersionId ?? "null", 120);
  if (batch.status === "quarantined") {
    progress.done(`quarantined: ${batch.rules.join(", ")}`);
    return { batch, run: null, seconds: (Date.now() - startedAt) / 1000 };
  }
  const rows = batch.rows;
  progress.done(
    `accepted, ${rows?.total} rows: ${rows?.train} train, ${rows?.validation} validation, ${rows?.test} held out`,
  );
  const run = await watchRun(context, new Date(startedAt - 1000).toISOString());
  return { batch, run, seconds: (Date.now() - startedAt) / 1000 };
}

/** Follows the first run that started after `since` until it and the delivery that it asked for have ended. */
export async function watchRun(context: DemoContext, since: string): Promise<RunItem> {
  const { session, model, progress } = context;
  progress.step("train, compare, release");
  const run = await until(`the training run of ${model}`, 240, async () => {
    const [head, runs] = await Promise.all([session.registry.getHead(model), session.registry.listRuns(model, 5)]);
    const found = runs.findLast((item) => item.startedAt >= since);
    if (head.deliveryLease !== null) progress.update(`delivery ${head.deliveryLease.deliveryId} changes the endpoint`);
    else if (found?.outcome === "running") progress.update(`run ${found.runId}: training and evaluation`);
    const idle = head.trainingLease === null && head.deliveryLease === null && head.trainingPending === null;
    return found !== undefined && found.outcome !== "running" && idle ? found : undefined;
  });
  if (run.outcome === "failed") throw new Failure(`Run ${run.runId} failed: ${run.reason}`);
  progress.done(`run ${run.runId} made version ${run.version}`);
  return run;
}
