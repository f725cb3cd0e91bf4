import {
  arnOf,
  type Derivation,
  type Input,
  list,
  type Place,
  passRole,
  type Requirement,
  type ServiceTable,
  structure,
  tagContext,
  text,
} from "./requirement.ts";

/** The kinds of resources with the member that names one. */
const NAMES = {
  "training-job": "TrainingJobName",
  "transform-job": "TransformJobName",
  model: "ModelName",
  "endpoint-config": "EndpointConfigName",
  endpoint: "EndpointName",
} as const;
type Kind = keyof typeof NAMES;

/** SageMaker writes names in lower case in its ARNs. */
const arn = (input: Input, place: Place, kind: Kind): string =>
  arnOf(place, "sagemaker", `${kind}/${text(input, NAMES[kind]).toLowerCase()}`);

const on =
  (action: string, ...kinds: Kind[]): Derivation =>
  (input, place) =>
    kinds.map((kind) => ({ action: `sagemaker:${action}`, resource: arn(input, place, kind) }));

/** Creating needs the action on each resource, AddTags on the new one when it gets tags, and PassRole when it names a role. */
const create =
  (action: string, kinds: readonly [Kind, ...Kind[]], roleMember?: string): Derivation =>
  (input, place) => {
    const tags = list(input, "Tags");
    const context = { ...(tags.length > 0 ? tagContext(tags) : {}), ...instanceTypes(input) };
    return [
      ...kinds.map((kind) => ({ action: `sagemaker:${action}`, resource: arn(input, place, kind), context })),
      ...(tags.length > 0
        ? [{ action: "sagemaker:AddTags", resource: arn(input, place, kinds[0]), context: tagContext(tags) }]
        : []),
      ...(roleMember === undefined ? [] : passRole(input[roleMember], "sagemaker.amazonaws.com")),
    ];
  };

function instanceTypes(input: Input): Record<string, readonly string[]> {
  const types = [
    structure(input, "ResourceConfig"),
    structure(input, "TransformResources"),
    ...list(input, "ProductionVariants"),
  ]
    .map((part) => text(part, "InstanceType"))
    .filter((type) => type !== "");
  return types.length === 0 ? {} : { "sagemaker:InstanceTypes": types };
}

/** Guardrails read their alarms with the rights of whoever updates the endpoint: https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html */
function readGuardrailAlarms(input: Input, place: Place): Requirement[] {
  const alarms = list(structure(structure(input, "DeploymentConfig"), "AutoRollbackConfiguration"), "Alarms");
  return alarms.length === 0
    ? []
    : [{ action: "cloudwatch:DescribeAlarms", resource: arnOf(place, "cloudwatch", "alarm:*") }];
}

const onArn =
  (action: string): Derivation =>
  (input) => [{ action: `sagemaker:${action}`, resource: text(input, "ResourceArn") }];

const listing =
  (action: string): Derivation =>
  () => [{ action: `sagemaker:${action}`, resource: "*" }];

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html */
export const sagemakerTable: ServiceTable = {
  CreateTrainingJob: create("CreateTrainingJob", ["training-job"], "RoleArn"),
  CreateTransformJob: create("CreateTransformJob", ["transform-job"]),
  CreateModel: create("CreateModel", ["model"], "ExecutionRoleArn"),
  CreateEndpointConfig: create("CreateEndpointConfig", ["endpoint-config"], "ExecutionRoleArn"),
  CreateEndpoint: (input, place) => [
    ...create("CreateEndpoint", ["endpoint", "endpoint-config"])(input, place),
    ...readGuardrailAlarms(input, place),
  ],
  UpdateEndpoint: (input, place) => [
    ...on("UpdateEndpoint", "endpoint", "endpoint-config")(input, place),
    ...readGuardrailAlarms(input, place),
  ],
  UpdateEndpointWeightsAndCapacities: on("UpdateEndpointWeightsAndCapacities", "endpoint"),
  UpdateTrainingJob: on("UpdateTrainingJob", "training-job"),
  DescribeTrainingJob: on("DescribeTrainingJob", "training-job"),
  DescribeTransformJob: on("DescribeTransformJob", "transform-job"),
  DescribeModel: on("DescribeModel", "model"),
  DescribeEndpointConfig: on("DescribeEndpointConfig", "endpoint-config"),
  DescribeEndpoint: on("DescribeEndpoint", "endpoint"),
  StopTrainingJob: on("StopTrainingJob", "training-job"),
  StopTransformJob: on("StopTransformJob", "transform-job"),
  DeleteTrainingJob: on("DeleteTrainingJob", "training-job"),
  DeleteModel: on("DeleteModel", "model"),
  DeleteEndpointConfig: on("DeleteEndpointConfig", "endpoint-config"),
  DeleteEndpoint: on("DeleteEndpoint", "endpoint"),
  AddTags: onArn("AddTags"),
  DeleteTags: onArn("DeleteTags"),
  ListTags: onArn("ListTags"),
  ListTrainingJobs: listing("ListTrainingJobs"),
  ListTransformJobs: listing("ListTransformJobs"),
  ListModels: listing("ListModels"),
  ListEndpointConfigs: listing("ListEndpointConfigs"),
  ListEndpoints: listing("ListEndpoints"),
};

/** Live endpoints; they share SageMaker's actions. */
export const sagemakerRuntimeTable: ServiceTable = {
  InvokeEndpoint: on("InvokeEndpoint", "endpoint"),
  InvokeEndpointAsync: on("InvokeEndpointAsync", "endpoint"),
};
