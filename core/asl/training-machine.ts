import { catchAll, lambdaTask, retry, sagemakerTask } from "./tasks.ts";
import type { Json, State, StateMachine } from "./types.ts";
import { ALREADY_EXISTS, lookAt, waitForJob } from "./wait-for-job.ts";

/** The Lambda functions (ARNs) and the delivery machine (ARN) that a training run calls. */
export interface TrainingMachineParts {
  readonly planFunctionArn: string;
  readonly gateFunctionArn: string;
  readonly registerFunctionArn: string;
  readonly failFunctionArn: string;
  readonly finishFunctionArn: string;
  readonly deliveryStateMachineArn: string;
}

/** Members of the CreateTrainingJob request that the plan always gives. */
export const TRAINING_JOB_MEMBERS = [
  "TrainingJobName",
  "AlgorithmSpecification",
  "RoleArn",
  "InputDataConfig",
  "OutputDataConfig",
  "ResourceConfig",
  "StoppingCondition",
  "HyperParameters",
  "EnableManagedSpotTraining",
  "CheckpointConfig",
  "RetryStrategy",
  "Environment",
  "Tags",
] as const;

/** Members of the CreateModel request that the plan always gives, besides PrimaryContainer. */
export const MODEL_MEMBERS = ["ModelName", "ExecutionRoleArn", "Tags"] as const;

/** Members of the CreateTransformJob request that the plan always gives. */
export const TRANSFORM_JOB_MEMBERS = [
  "TransformJobName",
  "ModelName",
  "BatchStrategy",
  "MaxPayloadInMB",
  "ModelClientConfig",
  "Environment",
  "TransformInput",
  "TransformOutput",
  "DataProcessing",
  "TransformResources",
  "Tags",
] as const;

/** The delivery of this run has been started by an earlier try whose answer was lost; its name is unique to the delivery. */
const EXECUTION_EXISTS = "StepFunctions.ExecutionAlreadyExistsException";

const RUN = { model: "{% $run.model %}", runId: "{% $run.runId %}", fence: "{% $run.fence %}" };
/** Four days: the longest training job we allow (3 days) and room for transforms and retries. */
const MACHINE_TIMEOUT_SECONDS = 4 * 24 * 3600;
/** What the run remembers of its training job, from DescribeTrainingJob's answer; AWS leaves times out while the job runs. */
const TRAINING = {
  training: {
    modelDataUrl: "{% $states.result.ModelArtifacts.S3ModelArtifacts %}",
    billableSeconds:
      "{% $exists($states.result.BillableTimeInSeconds) ? $states.result.BillableTimeInSeconds : $exists($states.result.TrainingTimeInSeconds) ? $states.result.TrainingTimeInSeconds : 0 %}",
    instanceType: "{% $plan.trainingJob.ResourceConfig.InstanceType %}",
    instanceCount: "{% $plan.trainingJob.ResourceConfig.InstanceCount %}",
  },
};

/**
 * The training machine: plan, train, predict the held-out rows with challenger and champion side by side, gate, register,
 * and start the delivery when the gate has passed. Retraining is the same machine with another trigger. Whatever
 * fails goes through one path that records the reason, stops jobs, alerts and releases the lease.
 */
export function trainingMachine(parts: TrainingMachineParts): StateMachine {
  const onError = catchAll("Record failure");
  const gateInput: Record<string, Json> = {
    model: "{% $run.model %}",
    runId: "{% $run.runId %}",
    datasetId: "{% $plan.datasetId %}",
    championVersion: "{% $plan.championVersion %}",
    modelDataUrl: "{% $training.modelDataUrl %}",
    trainingJobName: "{% $plan.trainingJob.TrainingJobName %}",
    transforms: {
      challenger: "{% $plan.transforms.challenger.TransformOutput.S3OutputPath %}",
      champion:
        "{% $exists($plan.transforms.champion.TransformOutput) ? $plan.transforms.champion.TransformOutput.S3OutputPath : null %}",
    },
  };
  const states: Record<string, State> = {
    Start: {
      Type: "Pass",
      Comment: "Keeps the run's identity for every later state",
      Assign: { run: "{% $states.input %}" },
      Next: "Plan",
    },
    Plan: lambdaTask(parts.planFunctionArn, "{% $run %}", {
      comment: "Freezes the dataset version and computes every SageMaker request of the run",
      assign: { plan: "{% $states.result.Payload %}" },
      onError,
      next: "Anything to train?",
    }),
    "Anything to train?": {
      Type: "Choice",
      Choices: [{ Condition: "{% $plan.outcome = 'train' %}", Next: "Train" }],
      Default: "Finish without training",
    },
    "Finish without training": lambdaTask(
      parts.finishFunctionArn,
      { ...RUN, outcome: "nothing-to-train", reason: "{% $plan.reason %}" },
      { next: "Done" },
    ),
    Train: sagemakerTask("sagemaker:createTrainingJob.sync", "plan.trainingJob", TRAINING_JOB_MEMBERS, {
      assign: TRAINING,
      onError: catchAll("Does the training job run?", { jobExists: ALREADY_EXISTS }),
      next: "Predict held-out rows",
    }),
    "Does the training job run?": {
      Type: "Choice",
      Choices: [{ Condition: "{% $jobExists %}", Next: lookAt("training job") }],
      Default: "Record failure",
    },
    ...waitForJob({
      kind: "TrainingJob",
      name: "$plan.trainingJob.TrainingJobName",
      label: "training job",
      assign: TRAINING,
      onError,
      next: "Predict held-out rows",
      failed: "Training job failed",
    }),
    "Training job failed": { Type: "Pass", Assign: { error: "{% $trainingJobError %}" }, Next: "Record failure" },
    "Predict held-out rows": {
      Type: "Parallel",
      Comment: "Challenger and champion predict the same rows, which neither was trained on",
      Branches: [challengerBranch(), championBranch()],
      Output: {},
      Catch: onError,
      Next: "Gate",
    },
    Gate: lambdaTask(parts.gateFunctionArn, gateInput, {
      comment: "Paired test of challenger against champion, floors and slices; writes the report",
      assign: { gate: "{% $states.result.Payload %}" },
      onError,
      next: "Register",
    }),
    Register: lambdaTask(
      parts.registerFunctionArn,
      { ...gateInput, gate: "{% $gate %}", training: "{% $training %}", fence: "{% $run.fence %}" },
      {
        comment: "Records the version; waits for its turn when a delivery of this model is under way",
        retries: [
          retry(["delivery.lease-held"], {
            intervalSeconds: 5,
            maxAttempts: 60,
            maxDelaySeconds: 120,
            backoffRate: 1.5,
          }),
        ],
        assign: { registered: "{% $states.result.Payload %}" },
        onError,
        next: "Deliver?",
      },
    ),
    "Deliver?": {
      Type: "Choice",
      Choices: [{ Condition: "{% $exists($registered.delivery.deliveryId) %}", Next: "Start delivery" }],
      Default: "Finish",
    },
    "Start delivery": {
      Type: "Task",
      Resource: "arn:aws:states:::states:startExecution",
      Arguments: {
        StateMachineArn: parts.deliveryStateMachineArn,
        Name: "{% $registered.delivery.model & '-' & $registered.delivery.deliveryId %}",
        Input: "{% $registered.delivery %}",
      },
      Retry: [
        retry([EXECUTION_EXISTS], { intervalSeconds: 1, maxAttempts: 0, maxDelaySeconds: 60 }),
        retry(["States.TaskFailed"], { intervalSeconds: 2, maxAttempts: 6, maxDelaySeconds: 60 }),
      ],
      Catch: [{ ErrorEquals: [EXECUTION_EXISTS], Next: "Finish" }, ...onError],
      Next: "Finish",
    },
    Finish: lambdaTask(
      parts.finishFunctionArn,
      { ...RUN, outcome: "succeeded", reason: "{% $registered.note %}" },
      { next: "Done" },
    ),
    "Record failure": lambdaTask(
      parts.failFunctionArn,
      { ...RUN, error: "{% $error %}" },
      {
        comment: "Stops jobs that still run, records the reason, alerts",
        assign: { failure: "{% $states.result.Payload %}" },
        next: "Finish after failure",
      },
    ),
    "Finish after failure": lambdaTask(
      parts.finishFunctionArn,
      { ...RUN, outcome: "failed", reason: "{% $failure.reason %}" },
      { next: "Failed" },
    ),
    Done: { Type: "Succeed" },
    Failed: { Type: "Fail", Error: "{% $error.Error %}", Cause: "{% $failure.reason %}" },
  };
  return {
    Comment: "Trains a candidate, compares it with the champion, registers it",
    QueryLanguage: "JSONata",
    StartAt: "Start",
    TimeoutSeconds: MACHINE_TIMEOUT_SECONDS,
    States: states,
  };
}

function challengerBranch(): Json {
  return {
    StartAt: "Create model",
    States: {
      "Create model": {
        ...sagemakerTask("aws-sdk:sagemaker:createModel", "plan.model", MODEL_MEMBERS, {
          more: {
            PrimaryContainer: "{% $merge([$plan.model.PrimaryContainer, {'ModelDataUrl': $training.modelDataUrl}]) %}",
          },
          onError: [
            {
              ErrorEquals: ["States.ALL"],
              Assign: { modelExists: ALREADY_EXISTS, modelError: "{% $states.errorOutput %}" },
              Next: "Model is there?",
            },
          ],
          next: "Predict with challenger",
        }),
      },
      "Model is there?": {
        Type: "Choice",
        Choices: [{ Condition: "{% $modelExists %}", Next: "Predict with challenger" }],
        Default: "No model",
      },
      "No model": { Type: "Fail", Error: "{% $modelError.Error %}", Cause: "{% $modelError.Cause %}" },
      ...predict("challenger"),
    },
  } as unknown as Json;
}

function championBranch(): Json {
  return {
    StartAt: "Is there a champion?",
    States: {
      "Is there a champion?": {
        Type: "Choice",
        Choices: [
          { Condition: "{% $exists($plan.transforms.champion.TransformJobName) %}", Next: "Predict with champion" },
        ],
        Default: "First model",
      },
      "First model": { Type: "Pass", End: true },
      ...predict("champion"),
    },
  } as unknown as Json;
}

/** Batch transform of one variant over the held-out rows; the last state of a branch. */
function predict(variant: "challenger" | "champion"): Record<string, State> {
  const request = `plan.transforms.${variant}`;
  const label = `${variant}'s transform job`;
  return {
    [`Predict with ${variant}`]: sagemakerTask("sagemaker:createTransformJob.sync", request, TRANSFORM_JOB_MEMBERS, {
      onError: [
        {
          ErrorEquals: ["States.ALL"],
          Assign: { transformExists: ALREADY_EXISTS, transformError: "{% $states.errorOutput %}" },
          Next: `Does the ${label} run?`,
        },
      ],
    }),
    [`Does the ${label} run?`]: {
      Type: "Choice",
      Choices: [{ Condition: "{% $transformExists %}", Next: lookAt(label) }],
      Default: `No predictions of the ${variant}`,
    },
    [`No predictions of the ${variant}`]: {
      Type: "Fail",
      Error: "{% $transformError.Error %}",
      Cause: "{% $transformError.Cause %}",
    },
    ...waitForJob({
      kind: "TransformJob",
      name: `$${request}.TransformJobName`,
      label,
      failed: `The ${variant}'s predictions failed`,
    }),
    [`The ${variant}'s predictions failed`]: {
      Type: "Fail",
      Error: "{% $transformJobError.Error %}",
      Cause: "{% $transformJobError.Cause %}",
    },
  };
}
