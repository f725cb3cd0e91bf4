import { retrySagemaker } from "./tasks.ts";
import type { Json, State } from "./types.ts";

/** A job that exists already, because an earlier try has made it and its answer was lost. */
export interface ExistingJob {
  readonly kind: "TrainingJob" | "TransformJob";
  /** JSONata expression of the job's name, without `{% %}`. */
  readonly name: string;
  /** Word that makes the names of the states unique, such as `training job`. */
  readonly label: string;
  /** What is remembered once the job has completed; `$states.result` is its description. */
  readonly assign?: Readonly<Record<string, Json>>;
  readonly onError?: readonly Json[];
  /** The state after the job has completed; without it the branch ends. */
  readonly next?: string;
  /** Where a job that did not complete leads; the error is in the variable `<kind, first letter small>Error`. */
  readonly failed: string;
}

/** Seconds between two looks: the job has run for a while, and no answer is awaited by the second. */
const LOOK_SECONDS = 30;

/** Whether a failed request says that its name is taken; the variable `exists` of a catcher. */
export const ALREADY_EXISTS = "{% $contains($states.errorOutput.Cause, 'already exist') %}";

/** The name of the state that {@link waitForJob} begins with. */
export function lookAt(label: string): string {
  return `Look at the ${label}`;
}

/**
 * States that wait for a job which the machine did not get an answer for: `.sync` cannot take over a job that exists, so the
 * job is looked at until it has ended. A job's name is unique to the run, so a job of that name is the run's own.
 */
export function waitForJob(job: ExistingJob): Record<string, State> {
  const look = lookAt(job.label);
  const ended = `Has the ${job.label} ended?`;
  const wait = `Wait for the ${job.label}`;
  // Branches must not assign what the machine around them assigns: every kind has variables of its own.
  const variable = job.kind === "TrainingJob" ? "trainingJob" : "transformJob";
  const onError = job.onError === undefined ? {} : { Catch: job.onError };
  return {
    [look]: {
      Type: "Task",
      Comment: "An earlier try has started it and its answer was lost: the job is this run's own",
      Resource: `arn:aws:states:::aws-sdk:sagemaker:describe${job.kind}`,
      Arguments: { [`${job.kind}Name`]: `{% ${job.name} %}` },
      Retry: retrySagemaker,
      ...onError,
      Assign: {
        [`${variable}Status`]: `{% $states.result.${job.kind}Status %}`,
        [`${variable}Error`]: {
          Error: "SageMaker.JobDidNotComplete",
          Cause: `{% '${job.kind} ' & ${job.name} & ' is ' & $states.result.${job.kind}Status & ': ' & $states.result.FailureReason %}`,
        },
        ...job.assign,
      },
      Next: ended,
    },
    [ended]: {
      Type: "Choice",
      Choices: [
        { Condition: `{% $${variable}Status = 'Completed' %}`, Next: job.next ?? `The ${job.label} is done` },
        { Condition: `{% $${variable}Status in ['InProgress', 'Stopping'] %}`, Next: wait },
      ],
      Default: job.failed,
    },
    [wait]: { Type: "Wait", Seconds: LOOK_SECONDS, Next: look },
    ...(job.next === undefined ? { [`The ${job.label} is done`]: { Type: "Pass", End: true } as State } : {}),
  };
}
