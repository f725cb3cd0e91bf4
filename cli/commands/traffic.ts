import { requireModel } from "../support/definitions.ts";
import { Failure } from "../support/failure.ts";
import { operate } from "../support/operate.ts";
import { printResult } from "../support/print.ts";
import { createProgress } from "../support/progress.ts";
import { openSession, type SessionOptions } from "../support/session.ts";
import { waitForDelivery } from "../support/wait.ts";

interface TrafficOptions extends SessionOptions {
  readonly json: boolean;
  readonly wait: boolean;
  readonly challenger?: number;
  readonly end?: string;
  readonly toVersion?: number;
  readonly reason?: string;
}

/** `mlops traffic <model> --challenger PERCENT | --end promote|remove`: a second variant beside the champion, and its end. */
export async function traffic(model: string, options: TrafficOptions): Promise<void> {
  if ((options.challenger === undefined) === (options.end === undefined)) {
    throw new Failure("Give either --challenger PERCENT (1 to 99) or --end promote|remove.", 2);
  }
  if (options.end !== undefined && options.end !== "promote" && options.end !== "remove") {
    throw new Failure(`--end takes promote or remove, not "${options.end}".`, 2);
  }
  const request =
    options.challenger === undefined
      ? { action: "end-experiment", model, outcome: options.end }
      : { action: "traffic", model, weightPercent: options.challenger, version: options.toVersion ?? null };
  await deliver(model, { ...request, reason: options.reason ?? "ordered with mlops traffic" }, options);
}

/** `mlops rollback <model>`: the previous champion serves again. */
export async function rollback(
  model: string,
  options: SessionOptions & { json: boolean; wait: boolean; toVersion?: number; reason?: string },
): Promise<void> {
  const request = { action: "rollback", model, version: options.toVersion ?? null };
  await deliver(model, { ...request, reason: options.reason ?? "ordered with mlops rollback" }, options);
}

async function deliver(
  model: string,
  request: Readonly<Record<string, unknown>>,
  options: SessionOptions & { json: boolean; wait: boolean },
): Promise<void> {
  const session = await openSession({ ...options, quiet: options.json });
  await requireModel(session, model);
  const since = new Date(Date.now() - 1000).toISOString();
  const answer = await operate(session, request);
  if (!options.wait) {
    printResult(options.json, answer, () => `Under way. "npx mlops status ${model}" shows how far it is.`);
    return;
  }
  const progress = createProgress();
  progress.step(`change the endpoint of ${model}`);
  const delivery = await waitForDelivery(session, model, since);
  const head = await session.registry.getHead(model);
  const serving = `champion version ${head.champion}${head.challenger === null ? "" : `, challenger version ${head.challenger.version} at ${head.challenger.weightPercent} %`}`;
  if (delivery.outcome === "succeeded") progress.done(serving);
  else {
    progress.fail(`${delivery.reason ?? "failed"}; ${serving} serves as before`);
    process.exitCode = 1;
  }
  printResult(options.json, { delivery, head }, () => "");
}
