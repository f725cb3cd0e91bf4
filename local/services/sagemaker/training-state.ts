import type { SecondaryStatus, TrainingJobStatus } from "@aws-sdk/client-sagemaker";
import type { SagemakerContext } from "./context.ts";
import { publishTrainingJob } from "./events.ts";
import type { TrainingJobRecord } from "./records.ts";

/** SageMaker's own words for each step. */
const MESSAGES: Partial<Record<SecondaryStatus, string>> = {
  Starting: "Preparing the instances for training",
  Downloading: "Downloading input data",
  Training: "Training image download completed. Training in progress.",
  Uploading: "Uploading generated training model",
  Interrupted: "Training job interrupted: its spot capacity was taken back",
  Stopping: "Stopping the training job",
  Stopped: "Training job stopped",
  Completed: "Training job completed",
  Failed: "Training job failed",
  MaxRuntimeExceeded: "Training job runtime exceeded MaxRuntimeInSeconds provided",
};

/** Moves a job to its next secondary status, stores it and publishes the event. Gives the new record. */
export function advanceTrainingJob(
  context: SagemakerContext,
  name: string,
  status: TrainingJobStatus,
  secondaryStatus: SecondaryStatus,
  change: Partial<TrainingJobRecord> = {},
): TrainingJobRecord {
  const job = context.trainingJobs.get(name);
  if (!job) throw new Error(`training job ${name} is gone`);
  const now = context.cloud.now();
  const transitions = [...job.transitions];
  const open = transitions.at(-1);
  if (open && open.endMillis === undefined) transitions[transitions.length - 1] = { ...open, endMillis: now };
  const isFinal = status === "Completed" || status === "Failed" || status === "Stopped";
  transitions.push({
    status: secondaryStatus,
    startMillis: now,
    ...(isFinal ? { endMillis: now } : {}),
    message: MESSAGES[secondaryStatus] ?? secondaryStatus,
  });
  const next = context.trainingJobs.set(name, {
    ...job,
    ...change,
    status,
    secondaryStatus,
    transitions,
    modifiedMillis: now,
    ...(isFinal ? { endMillis: now } : {}),
  });
  publishTrainingJob(context, next);
  return next;
}
