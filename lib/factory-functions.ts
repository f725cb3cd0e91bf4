import { Duration, Size } from "aws-cdk-lib";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { Permission } from "./grant.ts";
import { FactoryFunction } from "./handlers/factory-function.ts";
import {
  listData,
  listSagemaker,
  type PermissionScope,
  passSagemakerRole,
  publishAlerts,
  readArtifacts,
  readData,
  removeData,
  runMachines,
  sagemaker,
  tagData,
  useEndpointAlarms,
  useRegistry,
  writeArtifacts,
  writeData,
} from "./permissions.ts";

/** Properties of the {@link FactoryFunctions}. */
export interface FactoryFunctionsProps {
  readonly permissions: PermissionScope;
  /** Names that the handlers read from their environment; see docs/contract.md. */
  readonly environment: Readonly<Record<string, string>>;
  readonly logRetention: RetentionDays;
}

interface HandlerSpec {
  readonly description: string;
  readonly permissions: (scope: PermissionScope) => Permission[];
  readonly memory?: Size;
  readonly timeout?: Duration;
}

const HEAVY = { memory: Size.mebibytes(1769), timeout: Duration.minutes(15) };

/** What every handler is for and what it may do: the whole of the factory's code on one page. */
const HANDLERS = {
  ingest: {
    description: "Validates, profiles and splits one uploaded file, or quarantines it with reasons",
    ...HEAVY,
    permissions: (scope) => [
      useRegistry(scope),
      listData(scope),
      readData(scope, "incoming"),
      removeData(scope, "incoming", "batches"),
      writeData(scope, "batches", "quarantine"),
      tagData(scope, "quarantine"),
      publishAlerts(scope),
      ...runMachines(scope.trainingMachineArn),
    ],
  },
  "training-plan": {
    description: "Freezes a dataset version and computes every SageMaker request of a training run",
    memory: Size.mebibytes(1024),
    timeout: Duration.minutes(5),
    permissions: (scope) => [
      useRegistry(scope),
      listData(scope),
      readData(scope, "batches", "datasets"),
      writeData(scope, "datasets"),
    ],
  },
  gate: {
    description: "Compares challenger and champion on the same held-out rows and writes the verdict",
    ...HEAVY,
    permissions: (scope) => [
      useRegistry(scope),
      listData(scope),
      readData(scope, "runs", "datasets", "batches", "reports"),
      writeData(scope, "reports"),
      readArtifacts(scope),
    ],
  },
  register: {
    description: "Registers a trained version and asks for its delivery when the gate has passed",
    permissions: (scope) => [
      useRegistry(scope),
      listData(scope),
      readData(scope, "reports"),
      publishAlerts(scope),
      sagemaker(scope, "model", "DeleteModel"),
    ],
  },
  "training-fail": {
    description: "Stops what still runs of a failed training run, records the reason and alerts",
    permissions: (scope) => [
      useRegistry(scope),
      publishAlerts(scope),
      sagemaker(scope, "training-job", "DescribeTrainingJob", "StopTrainingJob"),
      sagemaker(scope, "transform-job", "DescribeTransformJob", "StopTransformJob"),
    ],
  },
  "training-finish": {
    description: "Releases a training run's lease and starts the run that waits",
    permissions: (scope) => [useRegistry(scope), ...runMachines(scope.trainingMachineArn)],
  },
  "delivery-plan": {
    description: "Checks the gate's verdict and computes the endpoint config, guardrails and alarms of a delivery",
    permissions: (scope) => [
      useRegistry(scope),
      sagemaker(scope, "endpoint", "DescribeEndpoint"),
      sagemaker(scope, "endpoint-config", "DescribeEndpointConfig"),
      sagemaker(scope, "model", "DescribeModel", "CreateModel", "AddTags"),
      passSagemakerRole(scope),
      useEndpointAlarms(scope, "PutMetricAlarm", "DescribeAlarms", "TagResource"),
    ],
  },
  "delivery-smoke": {
    description: "Sends real held-out rows through the live endpoint and compares the answers",
    timeout: Duration.minutes(5),
    permissions: (scope) => [
      useRegistry(scope),
      listData(scope),
      readData(scope, "runs", "datasets", "batches"),
      sagemaker(scope, "endpoint", "InvokeEndpoint"),
    ],
  },
  "delivery-complete": {
    description: "Makes the delivered version champion in one step and removes what nobody needs any more",
    timeout: Duration.minutes(5),
    permissions: (scope) => tidyUp(scope),
  },
  "delivery-fail": {
    description: "Records why a delivery was rolled back, alerts and removes what it left",
    timeout: Duration.minutes(5),
    permissions: (scope) => tidyUp(scope),
  },
  "monitoring-due": {
    description: "Lists the models that are due for a drift check or a scheduled retraining, repairs stale leases",
    timeout: Duration.minutes(5),
    permissions: (scope) => [
      ...tidyUp(scope),
      ...runMachines(scope.trainingMachineArn, scope.deliveryMachineArn),
      sagemaker(scope, "training-job", "DescribeTrainingJob", "StopTrainingJob"),
      sagemaker(scope, "transform-job", "DescribeTransformJob", "StopTransformJob"),
    ],
  },
  "drift-check": {
    description: "Counts new captured requests against the champion's training data and decides on drift",
    ...HEAVY,
    permissions: (scope) => [
      useRegistry(scope),
      listData(scope),
      readData(scope, "capture", "monitor", "datasets", "reports"),
      writeData(scope, "monitor", "reports"),
      publishAlerts(scope),
      ...runMachines(scope.trainingMachineArn),
    ],
  },
  "execution-ended": {
    description: "Repairs leases and records after an execution that failed, timed out or was aborted",
    timeout: Duration.minutes(5),
    permissions: (scope) => [
      ...tidyUp(scope),
      ...runMachines(scope.trainingMachineArn, scope.deliveryMachineArn),
      sagemaker(scope, "training-job", "DescribeTrainingJob", "StopTrainingJob"),
      sagemaker(scope, "transform-job", "DescribeTransformJob", "StopTransformJob"),
    ],
  },
  operations: {
    description: "Carries out what a person orders with the mlops command",
    permissions: (scope) => [
      useRegistry(scope),
      ...runMachines(scope.trainingMachineArn, scope.deliveryMachineArn, scope.monitoringMachineArn),
    ],
  },
  catalog: {
    description: "Publishes the model definitions and takes down what deleted models run",
    timeout: Duration.minutes(15),
    permissions: (scope) => [...tidyUp(scope), writeArtifacts(scope, "sources"), readArtifacts(scope, "sources")],
  },
} as const satisfies Record<string, HandlerSpec>;

/** Name of a handler. */
export type HandlerName = keyof typeof HANDLERS;

function tidyUp(scope: PermissionScope): Permission[] {
  return [
    useRegistry(scope),
    publishAlerts(scope),
    sagemaker(scope, "endpoint", "DescribeEndpoint", "DeleteEndpoint"),
    sagemaker(scope, "endpoint-config", "DescribeEndpointConfig", "DeleteEndpointConfig"),
    sagemaker(scope, "model", "DeleteModel"),
    listSagemaker(),
    useEndpointAlarms(scope, "DescribeAlarms", "DeleteAlarms"),
  ];
}

/** All Lambda functions of the factory, each with its own role. */
export class FactoryFunctions extends Construct {
  readonly all: Readonly<Record<HandlerName, FactoryFunction>>;

  constructor(scope: Construct, id: string, props: FactoryFunctionsProps) {
    super(scope, id);
    const entries = Object.entries(HANDLERS as Record<string, HandlerSpec>).map(([name, spec]) => [
      name,
      new FactoryFunction(this, name, {
        handler: name,
        description: spec.description,
        environment: props.environment,
        permissions: spec.permissions(props.permissions),
        logRetention: props.logRetention,
        ...(spec.memory === undefined ? {} : { memory: spec.memory }),
        ...(spec.timeout === undefined ? {} : { timeout: spec.timeout }),
      }),
    ]);
    this.all = Object.fromEntries(entries) as Record<HandlerName, FactoryFunction>;
  }

  /** ARN of a handler's function. */
  arn(name: HandlerName): string {
    return this.all[name].function.functionArn;
  }
}
