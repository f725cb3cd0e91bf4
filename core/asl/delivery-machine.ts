import { catchAll, lambdaTask, retry, sagemakerTask } from "./tasks.ts";
import type { State, StateMachine } from "./types.ts";
import { ALREADY_EXISTS } from "./wait-for-job.ts";

/** The Lambda functions (ARNs) that a delivery calls. */
export interface DeliveryMachineParts {
  readonly planFunctionArn: string;
  readonly smokeFunctionArn: string;
  readonly completeFunctionArn: string;
  readonly failFunctionArn: string;
}

/** Members of the CreateEndpointConfig request that the plan always gives. */
export const ENDPOINT_CONFIG_MEMBERS = [
  "EndpointConfigName",
  "ProductionVariants",
  "DataCaptureConfig",
  "Tags",
] as const;

/** Half a day: guardrails allow at most 8 hours for one update, and a roll-back is a second one. */
const MACHINE_TIMEOUT_SECONDS = 18 * 3600;
/** About nine hours of polling (every 30 s at the end): longer than the longest update that SageMaker allows. */
const MAX_POLLS = 1_100;
const DESCRIBE = "arn:aws:states:::aws-sdk:sagemaker:describeEndpoint";
const UPDATE = "arn:aws:states:::aws-sdk:sagemaker:updateEndpoint";
/** Polls after 1, 2, 2, 3, 3, 4, ... and at most 30 seconds. */
const NEXT_WAIT = "{% $min([30, $ceil(1 + $polls * 0.5)]) %}";

/**
 * The delivery machine: computes the endpoint config, creates or updates the endpoint (blue/green), waits, compares the
 * live config's name with the wanted one (a rolled-back update also ends `InService`), smoke-tests with held-out
 * rows and swaps the head of the registry. Any failure restores the previous config (or removes a new endpoint),
 * is recorded and alerted.
 */
export function deliveryMachine(parts: DeliveryMachineParts): StateMachine {
  const input = { request: "{% $request %}" };
  const beforeChange = catchAll("Record failure");
  const afterChange = catchAll("Inspect before roll-back", { polls: 0, restored: false });
  // An update that was refused may be under way all the same: an earlier try had its effect and the answer was lost.
  const afterRefusal = catchAll("Wait", { refusal: "{% $states.errorOutput %}" });
  const states: Record<string, State> = {
    Start: {
      Type: "Pass",
      Assign: { request: "{% $states.input %}", plan: null, polls: 0, restored: false, refusal: null },
      Next: "Plan",
    },
    Plan: lambdaTask(parts.planFunctionArn, "{% $request %}", {
      comment: "Checks the gate's verdict, computes the endpoint config, makes the alarms, records what is wanted",
      assign: { plan: "{% $states.result.Payload %}" },
      onError: beforeChange,
      next: "Anything to change?",
    }),
    "Anything to change?": {
      Type: "Choice",
      Choices: [{ Condition: "{% $plan.noop %}", Next: "Complete" }],
      Default: "Create endpoint config",
    },
    "Create endpoint config": sagemakerTask(
      "aws-sdk:sagemaker:createEndpointConfig",
      "plan.endpointConfig",
      ENDPOINT_CONFIG_MEMBERS,
      {
        onError: [
          {
            ErrorEquals: ["States.ALL"],
            Assign: {
              error: "{% $states.errorOutput %}",
              configExists: ALREADY_EXISTS,
            },
            Next: "Config is there?",
          },
        ],
        next: "Endpoint exists?",
      },
    ),
    "Config is there?": {
      Type: "Choice",
      Comment: "An earlier try of the same delivery may have made it: its name is unique to the delivery",
      Choices: [{ Condition: "{% $configExists %}", Next: "Endpoint exists?" }],
      Default: "Record failure",
    },
    "Endpoint exists?": {
      Type: "Choice",
      Choices: [
        {
          Condition: "{% $plan.exists and $exists($plan.deploymentConfig.BlueGreenUpdatePolicy) %}",
          Next: "Update endpoint under guardrails",
        },
        { Condition: "{% $plan.exists %}", Next: "Update endpoint" },
      ],
      Default: "Create endpoint",
    },
    "Create endpoint": sagemakerTask("aws-sdk:sagemaker:createEndpoint", "plan", [], {
      more: {
        EndpointName: "{% $plan.endpointName %}",
        EndpointConfigName: "{% $plan.endpointConfig.EndpointConfigName %}",
        Tags: "{% $plan.tags %}",
      },
      onError: catchAll("Endpoint is there?", { polls: 0, endpointExists: ALREADY_EXISTS }),
      next: "Wait",
    }),
    "Endpoint is there?": {
      Type: "Choice",
      Comment: "An earlier try whose answer was lost may have made it",
      Choices: [{ Condition: "{% $endpointExists %}", Next: "Wait" }],
      Default: "Inspect before roll-back",
    },
    "Update endpoint": sagemakerTask("aws-sdk:sagemaker:updateEndpoint", "plan", [], {
      comment: "A variant comes or goes, which guardrails cannot express",
      more: {
        EndpointName: "{% $plan.endpointName %}",
        EndpointConfigName: "{% $plan.endpointConfig.EndpointConfigName %}",
      },
      onError: afterRefusal,
      next: "Wait",
    }),
    "Update endpoint under guardrails": sagemakerTask("aws-sdk:sagemaker:updateEndpoint", "plan", [], {
      more: {
        EndpointName: "{% $plan.endpointName %}",
        EndpointConfigName: "{% $plan.endpointConfig.EndpointConfigName %}",
        DeploymentConfig: "{% $plan.deploymentConfig %}",
      },
      onError: afterRefusal,
      next: "Wait",
    }),
    Wait: { Type: "Wait", Seconds: NEXT_WAIT, Assign: { polls: "{% $polls + 1 %}" }, Next: "Look" },
    Look: describe("Arrived?", afterChange),
    "Arrived?": {
      Type: "Choice",
      Choices: [
        {
          Condition: "{% $live.status = 'InService' and $live.configName = $plan.endpointConfig.EndpointConfigName %}",
          Next: "Smoke test",
        },
        {
          Condition:
            "{% $live.status in ['Creating', 'Updating', 'SystemUpdating', 'RollingBack'] and $polls < " +
            MAX_POLLS +
            " %}",
          Next: "Wait",
        },
      ],
      Default: "Did not arrive",
    },
    "Did not arrive": {
      Type: "Pass",
      Assign: {
        error:
          "{% $refusal != null ? $refusal : {'Error': 'delivery.not-in-service', 'Cause': 'The endpoint is ' & $live.status & ' with config ' & $live.configName & '; wanted ' & $plan.endpointConfig.EndpointConfigName & '. ' & $live.failureReason} %}",
        polls: 0,
      },
      Next: "Inspect before roll-back",
    },
    "Smoke test": lambdaTask(
      parts.smokeFunctionArn,
      { ...input, plan: "{% $plan %}" },
      {
        comment: "Real held-out rows through the live endpoint must give what batch transform gave",
        onError: afterChange,
        next: "Complete",
      },
    ),
    Complete: lambdaTask(
      parts.completeFunctionArn,
      { ...input, plan: "{% $plan %}" },
      {
        comment: "Swaps the head of the registry in one conditional update, then tidies up",
        onError: afterChange,
        next: "Done",
      },
    ),
    "Inspect before roll-back": describe("What to restore?", [{ ErrorEquals: ["States.ALL"], Next: "Record failure" }]),
    "What to restore?": {
      Type: "Choice",
      Choices: [
        {
          Condition:
            "{% $live.status in ['Creating', 'Updating', 'SystemUpdating', 'RollingBack', 'Deleting'] and $polls < " +
            MAX_POLLS +
            " %}",
          Next: "Wait before roll-back",
        },
        { Condition: "{% $not($plan.exists) %}", Next: "Delete new endpoint" },
        {
          Condition: "{% $live.configName = $plan.previousConfigName or $restored %}",
          Next: "Record failure",
        },
      ],
      Default: "Restore previous config",
    },
    "Wait before roll-back": {
      Type: "Wait",
      Seconds: NEXT_WAIT,
      Assign: { polls: "{% $polls + 1 %}" },
      Next: "Inspect before roll-back",
    },
    "Restore previous config": {
      Type: "Task",
      Resource: UPDATE,
      Arguments: { EndpointName: "{% $plan.endpointName %}", EndpointConfigName: "{% $plan.previousConfigName %}" },
      Retry: [retry(["States.TaskFailed"], { intervalSeconds: 2, maxAttempts: 6, maxDelaySeconds: 60 })],
      Catch: [{ ErrorEquals: ["States.ALL"], Next: "Record failure" }],
      Assign: { polls: 0, restored: true },
      Next: "Wait before roll-back",
    },
    "Delete new endpoint": {
      Type: "Task",
      Comment: "It never served: nothing to go back to, and it costs money",
      Resource: "arn:aws:states:::aws-sdk:sagemaker:deleteEndpoint",
      Arguments: { EndpointName: "{% $plan.endpointName %}" },
      Retry: [retry(["States.TaskFailed"], { intervalSeconds: 2, maxAttempts: 6, maxDelaySeconds: 60 })],
      Catch: [{ ErrorEquals: ["States.ALL"], Next: "Record failure" }],
      Next: "Record failure",
    },
    "Record failure": lambdaTask(
      parts.failFunctionArn,
      { ...input, plan: "{% $plan %}", error: "{% $error %}" },
      { next: "Failed" },
    ),
    Done: { Type: "Succeed" },
    Failed: { Type: "Fail", Error: "{% $error.Error %}", Cause: "{% $error.Cause %}" },
  };
  return {
    Comment: "Puts a version behind the endpoint, or takes one out, and rolls back by itself",
    QueryLanguage: "JSONata",
    StartAt: "Start",
    TimeoutSeconds: MACHINE_TIMEOUT_SECONDS,
    States: states,
  };
}

function describe(next: string, onError: TaskCatch): State {
  return {
    Type: "Task",
    Resource: DESCRIBE,
    Arguments: { EndpointName: "{% $plan.endpointName %}" },
    Retry: [retry(["States.TaskFailed"], { intervalSeconds: 2, maxAttempts: 8, maxDelaySeconds: 60 })],
    Catch: onError,
    Assign: {
      live: {
        status: "{% $states.result.EndpointStatus %}",
        configName: "{% $states.result.EndpointConfigName %}",
        failureReason: "{% $exists($states.result.FailureReason) ? $states.result.FailureReason : '' %}",
      },
    },
    Next: next,
  };
}

type TaskCatch = ReturnType<typeof catchAll>;
