import { arnOf, type Input, list, type Place, type Requirement, structure, text } from "./requirements/requirement.ts";

/** What a service checks of a role that it is given, before it takes the resource. */
export interface RoleCheck {
  readonly roleArn: string;
  readonly requirement: Requirement;
  /** The error of the service when the role lacks it. */
  readonly refusal: { readonly code: string; readonly message: string };
}

/** How the checks learn about resources that exist already. */
export interface RoleLookup extends Place {
  readonly functionRole: (functionName: string) => string | undefined;
  readonly stateMachineRole: (stateMachineArn: string) => string | undefined;
}

/** The rules that Step Functions keeps for jobs that it waits for (https://docs.aws.amazon.com/step-functions/latest/dg/sagemaker-iam.html). */
const SYNC_RULES: Readonly<Record<string, string>> = {
  "sagemaker:createTrainingJob.sync": "StepFunctionsGetEventsForSageMakerTrainingJobsRule",
  "sagemaker:createTransformJob.sync": "StepFunctionsGetEventsForSageMakerTransformJobsRule",
  "sagemaker:createProcessingJob.sync": "StepFunctionsGetEventsForSageMakerProcessingJobsRule",
  "sagemaker:createHyperParameterTuningJob.sync": "StepFunctionsGetEventsForSageMakerTuningJobsRule",
  "states:startExecution.sync": "StepFunctionsGetEventsForStepFunctionsExecutionRule",
};

/** https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-iam-policy */
const LOG_DELIVERY_ACTIONS = [
  "logs:CreateLogDelivery",
  "logs:GetLogDelivery",
  "logs:UpdateLogDelivery",
  "logs:DeleteLogDelivery",
  "logs:ListLogDeliveries",
  "logs:PutResourcePolicy",
  "logs:DescribeResourcePolicies",
  "logs:DescribeLogGroups",
];

/** https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html */
const MACHINE_TRACE_ACTIONS = [
  "xray:PutTraceSegments",
  "xray:PutTelemetryRecords",
  "xray:GetSamplingRules",
  "xray:GetSamplingTargets",
];

/** https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html */
const FUNCTION_TRACE_ACTIONS = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"];

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions */
const POLL_ACTIONS = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];

const anywhere = (actions: readonly string[]): Requirement[] => actions.map((action) => ({ action, resource: "*" }));

/** The checks that a call brings about, whoever makes it. Most calls bring none. */
export function roleChecksOf(service: string, operation: string, input: object, lookup: RoleLookup): RoleCheck[] {
  const values = input as Input;
  if (service === "stepfunctions" && /^(Create|Update)StateMachine$/.test(operation)) return ofMachine(values, lookup);
  if (service !== "lambda") return [];
  if (operation === "CreateFunction" || operation === "UpdateFunctionConfiguration") return ofFunction(values, lookup);
  return operation === "CreateEventSourceMapping" ? ofMapping(values, lookup) : [];
}

function ofMachine(input: Input, lookup: RoleLookup): RoleCheck[] {
  const roleArn = text(input, "roleArn") || lookup.stateMachineRole(text(input, "stateMachineArn"));
  if (roleArn === undefined) return [];
  const check = (requirements: readonly Requirement[], message: string): RoleCheck[] =>
    requirements.map((requirement) => ({
      roleArn,
      requirement,
      refusal: { code: "AccessDeniedException", message },
    }));
  const logging = structure(input, "loggingConfiguration");
  const isLogged = list(logging, "destinations").length > 0 && text(logging, "level") !== "OFF";
  const isTraced = structure(input, "tracingConfiguration")["enabled"] === true;
  return [
    ...check(syncRules(text(input, "definition"), lookup), `'${roleArn}' is not authorized to create managed-rule.`),
    ...(isLogged
      ? check(
          anywhere(LOG_DELIVERY_ACTIONS),
          "The state machine IAM Role is not authorized to access the Log Destination",
        )
      : []),
    ...(isTraced
      ? check(anywhere(MACHINE_TRACE_ACTIONS), "The state machine IAM Role is not authorized to access X-Ray")
      : []),
  ];
}

function syncRules(definition: string, place: Place): Requirement[] {
  const integrations = [...definition.matchAll(/arn:[a-z-]+:states:::([A-Za-z]+:[A-Za-z]+\.sync)/g)];
  const rules = new Set(integrations.map(([, integration]) => SYNC_RULES[integration ?? ""]));
  return [...rules]
    .filter((rule) => rule !== undefined)
    .flatMap((rule) =>
      ["events:PutTargets", "events:PutRule", "events:DescribeRule"].map((action) => ({
        action,
        resource: arnOf(place, "events", `rule/${rule}`),
      })),
    );
}

function ofFunction(input: Input, lookup: RoleLookup): RoleCheck[] {
  const roleArn = text(input, "Role") || lookup.functionRole(text(input, "FunctionName"));
  if (roleArn === undefined || text(structure(input, "TracingConfig"), "Mode") !== "Active") return [];
  return anywhere(FUNCTION_TRACE_ACTIONS).map((requirement) => ({
    roleArn,
    requirement,
    refusal: lacks(requirement.action, "XRAY"),
  }));
}

function ofMapping(input: Input, lookup: RoleLookup): RoleCheck[] {
  const queue = text(input, "EventSourceArn");
  const roleArn = lookup.functionRole(text(input, "FunctionName"));
  if (roleArn === undefined || queue.split(":")[2] !== "sqs") return [];
  return POLL_ACTIONS.map((action) => ({
    roleArn,
    requirement: { action, resource: queue },
    refusal: lacks(action, "SQS"),
  }));
}

function lacks(action: string, service: string): RoleCheck["refusal"] {
  const message = `The provided execution role does not have permissions to call ${action.split(":")[1]} on ${service}`;
  return { code: "InvalidParameterValueException", message };
}
