import { Duration, Size } from "aws-cdk-lib";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { Permission } from "./grant.ts";
import { FactoryFunction } from "./handlers/factory-function.ts";
import {
  createModels,
  deleteFromRegistry,
  describeExecutions,
  listArtifacts,
  listData,
  type PermissionScope,
  publishAlerts,
  readArtifacts,
  readData,
  readRegistry,
  readTrainingLogs,
  readUploads,
  removeData,
  sagemaker,
  startMachines,
  stopExecutions,
  tagData,
  takeUploads,
  useEndpointAlarms,
  writeArtifacts,
  writeData,
  writeDataInParts,
  writeRegistry,
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
  /** Variables besides those that all handlers share. */
  readonly environment?: Readonly<Record<string, string>>;
}

const HEAVY = { memory: Size.mebibytes(1769), timeout: Duration.minutes(15) };

/** A stream of rows leaves nothing but young garbage: a small nursery keeps the memory flat, and collecting it often costs little. */
const STREAMING = { NODE_OPTIONS: "--max-semi-space-size=4" };

/** What every handler is for and what it may do: the whole of the factory's code on one page. */
const HANDLERS = {
  ingest: {
    description: "Validates, profiles and splits one uploaded file, or quarantines it with reasons",
    ...HEAVY,
    environment: STREAMING,
    permissions: (scope) => [
      ...readRegistry(scope, "index"),
      writeRegistry(scope),
      listData(scope),
      takeUploads(scope),
      // The plan of a file that was handed over to the ingest machine is read again when its event comes twice.
      readData(scope, "quarantine", "batches"),
      writeDataInParts(scope, "batches", "quarantine"),
      tagData(scope, "quarantine"),
      startMachines(scope.ingestMachineArn),
      ...requestTraining(scope),
    ],
  },
  "ingest-range": {
    description: "Scans one range of a large file, or validates, profiles and splits its rows",
    ...HEAVY,
    environment: STREAMING,
    permissions: (scope) => [
      listData(scope),
      readUploads(scope),
      readData(scope, "batches"),
      writeDataInParts(scope, "batches"),
    ],
  },
  "ingest-merge": {
    description: "Places the ranges of a large file, merges what they found and decides on the whole",
    ...HEAVY,
    permissions: (scope) => [
      ...readRegistry(scope, "table", "index"),
      writeRegistry(scope),
      listData(scope),
      takeUploads(scope),
      readData(scope, "batches", "quarantine"),
      writeDataInParts(scope, "batches", "quarantine"),
      removeData(scope, "batches"),
      tagData(scope, "quarantine"),
      ...requestTraining(scope),
    ],
  },
  "training-plan": {
    description: "Freezes a dataset version and computes every SageMaker request of a training run",
    memory: Size.mebibytes(1024),
    timeout: Duration.minutes(5),
    permissions: (scope) => [
      ...readRegistry(scope, "table"),
      writeRegistry(scope),
      listData(scope),
      readData(scope, "batches", "datasets"),
      writeData(scope, "datasets"),
      sagemaker(scope, "model", "DescribeModel"),
      ...createModels(scope),
    ],
  },
  gate: {
    description: "Compares challenger and champion on the same held-out rows and writes the verdict",
    ...HEAVY,
    permissions: (scope) => [
      ...readRegistry(scope),
      listData(scope),
      readData(scope, "runs", "datasets"),
      writeData(scope, "runs", "reports"),
      listArtifacts(scope),
      readArtifacts(scope),
    ],
  },
  register: {
    description: "Registers a trained version and asks for its delivery when the gate has passed",
    permissions: (scope) => [
      ...readRegistry(scope),
      writeRegistry(scope),
      listData(scope),
      readData(scope, "reports"),
      sagemaker(scope, "model", "DeleteModel"),
      publishAlerts(scope),
    ],
  },
  "training-fail": {
    description: "Stops what still runs of a failed training run, records the reason and alerts",
    permissions: (scope) => failTraining(scope),
  },
  "training-finish": {
    description: "Releases a training run's lease and starts the run that waits",
    permissions: (scope) => [...readRegistry(scope), writeRegistry(scope), ...requestTraining(scope)],
  },
  "delivery-plan": {
    description: "Checks the gate's verdict and computes the endpoint config, guardrails and alarms of a delivery",
    permissions: (scope) => [
      ...readRegistry(scope),
      writeRegistry(scope),
      listArtifacts(scope),
      readArtifacts(scope),
      sagemaker(scope, "endpoint", "DescribeEndpoint", "DeleteEndpoint"),
      sagemaker(scope, "model", "DescribeModel"),
      ...createModels(scope),
      useEndpointAlarms(scope, "PutMetricAlarm", "TagResource"),
    ],
  },
  "delivery-smoke": {
    description: "Sends real held-out rows through the live endpoint and compares the answers",
    timeout: Duration.minutes(5),
    permissions: (scope) => [
      ...readRegistry(scope),
      listData(scope),
      readData(scope, "runs"),
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
    permissions: (scope) => failDelivery(scope),
  },
  "monitoring-due": {
    description: "Lists the models that are due for a drift check or a scheduled retraining, repairs stale leases",
    timeout: Duration.minutes(5),
    permissions: (scope) => [
      ...failTraining(scope),
      startMachines(scope.trainingMachineArn, scope.deliveryMachineArn),
      describeExecutions(scope.trainingMachineArn),
    ],
  },
  "drift-check": {
    description: "Counts new captured requests against the champion's training data and decides on drift",
    ...HEAVY,
    permissions: (scope) => [
      ...readRegistry(scope, "table", "index"),
      writeRegistry(scope),
      listData(scope),
      readData(scope, "capture", "monitor", "datasets", "runs"),
      writeData(scope, "monitor", "reports"),
      ...requestTraining(scope),
    ],
  },
  "execution-ended": {
    description: "Repairs leases, claims and records after an execution that failed, timed out or was aborted",
    timeout: Duration.minutes(5),
    permissions: (scope) => [
      ...failTraining(scope),
      startMachines(scope.trainingMachineArn),
      describeExecutions(scope.trainingMachineArn),
    ],
  },
  operations: {
    description: "Carries out what a person orders with the mlops command",
    permissions: (scope) => [
      ...readRegistry(scope, "table"),
      writeRegistry(scope),
      ...requestTraining(scope),
      startMachines(scope.deliveryMachineArn, scope.monitoringMachineArn),
    ],
  },
  catalog: {
    description: "Publishes the model definitions and takes down what deleted models run",
    timeout: Duration.minutes(15),
    permissions: (scope) => [
      ...readRegistry(scope, "table", "index"),
      writeRegistry(scope),
      deleteFromRegistry(scope),
      listArtifacts(scope),
      readArtifacts(scope, "sources"),
      writeArtifacts(scope, "sources"),
      stopExecutions(scope.trainingMachineArn, scope.deliveryMachineArn),
      ...stopJobs(scope),
      sagemaker(scope, "endpoint", "DescribeEndpoint", "DeleteEndpoint"),
      sagemaker(scope, "endpoint-config", "DeleteEndpointConfig"),
      sagemaker(scope, "model", "DeleteModel"),
      useEndpointAlarms(scope, "DeleteAlarms"),
    ],
  },
} as const satisfies Record<string, HandlerSpec>;

/** Name of a handler. */
export type HandlerName = keyof typeof HANDLERS;

/** app/use-cases/request-training.ts: takes the lease, starts the run, alerts when a ceiling is reached. */
function requestTraining(scope: PermissionScope): Permission[] {
  return [startMachines(scope.trainingMachineArn), describeExecutions(scope.trainingMachineArn), publishAlerts(scope)];
}

/** app/use-cases/tidy-up.ts and complete-delivery.ts: sees what serves, removes what no delivery needs any more, alerts. */
function tidyUp(scope: PermissionScope): Permission[] {
  return [
    ...readRegistry(scope, "table", "index"),
    writeRegistry(scope),
    sagemaker(scope, "endpoint", "DescribeEndpoint"),
    sagemaker(scope, "endpoint-config", "DeleteEndpointConfig"),
    sagemaker(scope, "model", "DeleteModel"),
    useEndpointAlarms(scope, "DeleteAlarms"),
    publishAlerts(scope),
  ];
}

/** app/use-cases/fail-delivery.ts: puts the endpoint back on the config that the registry desires, or removes it. */
function failDelivery(scope: PermissionScope): Permission[] {
  return [
    ...tidyUp(scope),
    sagemaker(scope, "endpoint", "UpdateEndpoint", "DeleteEndpoint"),
    sagemaker(scope, "endpoint-config", "UpdateEndpoint"),
  ];
}

/** app/use-cases/fail-training.ts: stops the run's jobs and gives up the delivery that it asked for. */
function failTraining(scope: PermissionScope): Permission[] {
  return [
    ...failDelivery(scope),
    ...stopJobs(scope),
    describeExecutions(scope.deliveryMachineArn),
    readTrainingLogs(scope),
  ];
}

function stopJobs(scope: PermissionScope): Permission[] {
  return [
    sagemaker(scope, "training-job", "DescribeTrainingJob", "StopTrainingJob"),
    sagemaker(scope, "transform-job", "DescribeTransformJob", "StopTransformJob"),
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
        environment: { ...props.environment, ...spec.environment },
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
