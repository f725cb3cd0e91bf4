import { isMlopsError } from "../../core/errors/mlops-error.ts";
import { executionName, sagemakerModelName, trainingJobName, transformJobName } from "../../core/plans/names.ts";
import { trainingSpendUsd } from "../../core/plans/spend.ts";
import type { RunItem } from "../../core/registry/items.ts";
import { recordSpend } from "../../core/registry/training-lease.ts";
import type { Factory } from "../factory.ts";
import { changeHead, mustAccept } from "../support/change-head.ts";
import { failDelivery } from "./fail-delivery.ts";

/** An error as Step Functions hands it on. */
export interface TaskError {
  readonly Error: string;
  readonly Cause: string;
}

/** Which run failed, and why. */
export interface FailedTraining {
  readonly model: string;
  readonly runId: string;
  readonly fence: number;
  readonly error: TaskError;
}

/**
 * Cleans up after a failed run: stops what still runs, puts the money that it took on the account, removes the candidate's
 * model, gives back a delivery lease that nobody will use, and tells people. The training lease is released by finishTraining.
 */
export async function failTraining(factory: Factory, input: FailedTraining): Promise<{ reason: string }> {
  const { stage } = factory.settings;
  const { model, runId } = input;
  const jobName = trainingJobName(stage, model, runId);
  await factory.training.stopTrainingJob(jobName);
  await factory.training.stopTransformJob(transformJobName(stage, model, runId, "challenger"));
  await factory.training.stopTransformJob(transformJobName(stage, model, runId, "champion"));
  const job = await factory.training.describeTrainingJob(jobName);
  const run = await factory.registry.getRun(model, runId);
  const said = job?.status === "Failed" ? await scriptError(factory, jobName) : null;
  const reason = readableReason(input.error, job?.failureReason ?? null, said);
  if (run !== null) {
    await recordRunSpend(factory, run, job?.billableSeconds ?? 0);
    if (run.version === null) await factory.training.deleteModel(sagemakerModelName(stage, model, runId));
    await releaseUnusedDelivery(factory, model, runId);
  }
  if (run?.outcome !== "failed") {
    await factory.alerts.publish({
      kind: "training-failed",
      severity: "warning",
      stage,
      model,
      title: `training run ${runId} failed`,
      what: `The run did not end with a version: ${reason} The champion goes on serving.`,
      evidence: [
        `error: ${input.error.Error}`,
        ...(run === null ? [] : [`trigger: ${run.trigger.kind} (${run.trigger.reason})`]),
        ...(job === null ? [] : [`training job ${jobName}: ${job.status}`]),
      ],
      commands: [`mlops runs ${model}`, `mlops retrain ${model}`],
    });
    const latest = await factory.registry.getRun(model, runId);
    if (latest !== null) await factory.registry.putRun({ ...latest, outcome: "failed", reason });
  }
  return { reason };
}

/** A log that cannot be read must not keep the run from being cleaned up: the reason is then SageMaker's own. */
async function scriptError(factory: Factory, jobName: string): Promise<string | null> {
  try {
    return await factory.training.scriptError(jobName);
  } catch (error) {
    if (!isMlopsError(error)) throw error;
    factory.log.warn("the training job's log cannot be read", { jobName, code: error.code, message: error.message });
    return null;
  }
}

/**
 * What the script says is best: the image's toolkit overwrites the failure file, so SageMaker's own reason shows only the command
 * (https://github.com/aws/sagemaker-containers/blob/v2.8.6.post2/src/sagemaker_containers/_trainer.py). That in turn says more than
 * the state machine's, which wraps the job's whole description.
 */
function readableReason(error: TaskError, failureReason: string | null, said: string | null): string {
  if (said !== null && said !== "") return `The training job failed: ${said}`;
  if (failureReason !== null && failureReason !== "") return `The training job failed: ${failureReason}`;
  return jobReason(error.Cause) ?? `${error.Error}: ${messageOf(error.Cause)}`;
}

/** What a job's description, as a `.sync` task hands it on, says about its end; null when the cause is no such description. */
function jobReason(cause: string): string | null {
  const member = (name: string): string | null => {
    const match = new RegExp(`"${name}":("(?:[^"\\\\]|\\\\.)*")`).exec(cause);
    return match?.[1] === undefined ? null : (JSON.parse(match[1]) as string);
  };
  for (const kind of ["Training", "Transform"]) {
    const [name, status] = [member(`${kind}JobName`), member(`${kind}JobStatus`)];
    if (name === null || status === null) continue;
    const why = member("FailureReason") ?? member("SecondaryStatus");
    return `The ${kind.toLowerCase()} job ${name} is ${status}${why === null ? "" : `: ${why}`}`;
  }
  return null;
}

/** A Lambda's cause is JSON with an errorMessage; anything else is taken as it is. */
function messageOf(cause: string): string {
  const match = /"errorMessage"\s*:\s*"((?:[^"\\]|\\.)*)"/s.exec(cause);
  const text = match === null ? cause : (JSON.parse(`"${match[1]}"`) as string);
  return text.length <= 2_000 ? text : `${text.slice(0, 2_000)}...`;
}

async function recordRunSpend(factory: Factory, run: RunItem, billableSeconds: number): Promise<void> {
  if (run.spendUsd !== null) return;
  const published = await factory.registry.getDefinition(run.model);
  const usd =
    published === null
      ? 0
      : trainingSpendUsd(published.definition, {
          billableSeconds,
          instanceType: published.definition.training.instance.type,
          instanceCount: published.definition.training.instance.count,
        });
  if (usd === 0) {
    await factory.registry.putRun({ ...run, spendUsd: 0 });
    return;
  }
  mustAccept(
    await changeHead(
      factory,
      run.model,
      (head, now) => recordSpend(head, { runId: run.runId, usd }, now),
      () => [{ kind: "run", item: { ...run, spendUsd: usd } }],
    ),
  );
}

async function releaseUnusedDelivery(factory: Factory, model: string, runId: string): Promise<void> {
  const { deliveryLease: lease } = await factory.registry.getHead(model);
  if (lease === null || lease.request.requestedBy !== `run ${runId}`) return;
  if ((await factory.orchestrator.status("delivery", executionName(model, lease.deliveryId))) !== null) return;
  await failDelivery(factory, {
    request: lease.request,
    plan: null,
    error: { Error: "training.failed", Cause: `run ${runId} failed before the delivery was started` },
  });
}
