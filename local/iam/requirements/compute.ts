import {
  arnOf,
  type Derivation,
  type Input,
  nameOrArn,
  type Place,
  passRole,
  type ServiceTable,
  text,
} from "./requirement.ts";

const onMember =
  (action: string, member: string): Derivation =>
  (input) => [{ action: `states:${action}`, resource: text(input, member) }];

const anywhere =
  (action: string): Derivation =>
  () => [{ action, resource: "*" }];

/** A version or alias is authorised as its machine: `...:stateMachine:name:1`. */
function startExecution(input: Input): { action: string; resource: string }[] {
  const parts = text(input, "stateMachineArn").split(":");
  return [{ action: "states:StartExecution", resource: parts.slice(0, 7).join(":") }];
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html */
export const stepFunctionsTable: ServiceTable = {
  StartExecution: startExecution,
  StartSyncExecution: onMember("StartSyncExecution", "stateMachineArn"),
  StopExecution: onMember("StopExecution", "executionArn"),
  DescribeExecution: onMember("DescribeExecution", "executionArn"),
  GetExecutionHistory: onMember("GetExecutionHistory", "executionArn"),
  DescribeStateMachineForExecution: onMember("DescribeStateMachineForExecution", "executionArn"),
  RedriveExecution: onMember("RedriveExecution", "executionArn"),
  ListExecutions: onMember("ListExecutions", "stateMachineArn"),
  DescribeStateMachine: onMember("DescribeStateMachine", "stateMachineArn"),
  DeleteStateMachine: onMember("DeleteStateMachine", "stateMachineArn"),
  UpdateStateMachine: (input, place) => [
    ...onMember("UpdateStateMachine", "stateMachineArn")(input, place),
    ...passRole(input["roleArn"], "states.amazonaws.com"),
  ],
  CreateStateMachine: (input, place) => [
    { action: "states:CreateStateMachine", resource: arnOf(place, "states", `stateMachine:${text(input, "name")}`) },
    ...passRole(input["roleArn"], "states.amazonaws.com"),
  ],
  DescribeMapRun: onMember("DescribeMapRun", "mapRunArn"),
  UpdateMapRun: onMember("UpdateMapRun", "mapRunArn"),
  ListMapRuns: onMember("ListMapRuns", "executionArn"),
  GetActivityTask: onMember("GetActivityTask", "activityArn"),
  ListStateMachines: anywhere("states:ListStateMachines"),
  SendTaskSuccess: anywhere("states:SendTaskSuccess"),
  SendTaskFailure: anywhere("states:SendTaskFailure"),
  SendTaskHeartbeat: anywhere("states:SendTaskHeartbeat"),
};

/** A function by name, partial or whole ARN, with its qualifier when one is named. */
function functionArn(input: Input, place: Place): string {
  const name = text(input, "FunctionName");
  const qualifier = text(input, "Qualifier");
  const arn = name.startsWith("arn:")
    ? name
    : arnOf(place, "lambda", `function:${name.replace(/^\d{12}:function:/, "")}`);
  return qualifier === "" ? arn : `${arn}:${qualifier}`;
}

const onFunction =
  (action: string): Derivation =>
  (input, place) => [{ action: `lambda:${action}`, resource: functionArn(input, place) }];

const FUNCTION_OPERATIONS = [
  "GetFunction",
  "GetFunctionConfiguration",
  "UpdateFunctionCode",
  "DeleteFunction",
  "PublishVersion",
  "AddPermission",
  "RemovePermission",
  "GetPolicy",
];

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html */
export const lambdaTable: ServiceTable = {
  ...Object.fromEntries(FUNCTION_OPERATIONS.map((operation) => [operation, onFunction(operation)])),
  Invoke: onFunction("InvokeFunction"),
  InvokeAsync: onFunction("InvokeFunction"),
  CreateFunction: (input, place) => [
    ...onFunction("CreateFunction")(input, place),
    ...passRole(input["Role"], "lambda.amazonaws.com"),
  ],
  UpdateFunctionConfiguration: (input, place) => [
    ...onFunction("UpdateFunctionConfiguration")(input, place),
    ...passRole(input["Role"], "lambda.amazonaws.com"),
  ],
  ListFunctions: anywhere("lambda:ListFunctions"),
};

const onKey =
  (action: string): Derivation =>
  (input, place) => [{ action: `kms:${action}`, resource: nameOrArn(place, "kms", "key/", text(input, "KeyId")) }];

/** Calls that name their key by id or ARN: https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html */
export const kmsTable: ServiceTable = {
  Encrypt: onKey("Encrypt"),
  Decrypt: onKey("Decrypt"),
  GenerateDataKey: onKey("GenerateDataKey"),
  GenerateDataKeyWithoutPlaintext: onKey("GenerateDataKeyWithoutPlaintext"),
  DescribeKey: onKey("DescribeKey"),
  GetKeyPolicy: onKey("GetKeyPolicy"),
  GenerateRandom: anywhere("kms:GenerateRandom"),
};

/** Anybody may ask who they are: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
export const stsTable: ServiceTable = { GetCallerIdentity: () => [] };
