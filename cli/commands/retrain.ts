import { requireModel } from "../support/definitions.ts";
import { operate } from "../support/operate.ts";
import { printResult } from "../support/print.ts";
import { createProgress } from "../support/progress.ts";
import { openSession, type SessionOptions } from "../support/session.ts";
import { waitForRun } from "../support/wait.ts";

/** `mlops retrain <model>`: starts a training run by command; the registry records who and why. */
export async function retrain(
  model: string,
  options: SessionOptions & { json: boolean; wait: boolean; reason?: string },
): Promise<void> {
  const session = await openSession({ ...options, quiet: options.json });
  await requireModel(session, model);
  const since = new Date(Date.now() - 1000).toISOString();
  const answer = await operate(session, {
    action: "retrain",
    model,
    reason: options.reason ?? "ordered with mlops retrain",
  });
  if (!options.wait) {
    printResult(
      options.json,
      answer,
      () => `Ordered: ${JSON.stringify(answer)}. Follow it with "npx mlops runs ${model}".`,
    );
    return;
  }
  const progress = createProgress();
  progress.step(`train ${model}`);
  const run = await waitForRun(session, model, since, (running) => progress.update(running.runId));
  if (run.outcome === "failed") {
    progress.fail(run.reason ?? "failed");
    process.exitCode = 1;
  } else progress.done(run.reason ?? run.outcome);
  printResult(options.json, run, () => "");
}
