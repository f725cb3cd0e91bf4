import { Duration, Stack } from "aws-cdk-lib";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction, SfnStateMachine, SqsQueue } from "aws-cdk-lib/aws-events-targets";
import { SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { deliveryMachine } from "../core/asl/delivery-machine.ts";
import { ingestMachine } from "../core/asl/ingest-machine.ts";
import { monitoringMachine } from "../core/asl/monitoring-machine.ts";
import { trainingMachine } from "../core/asl/training-machine.ts";
import type { ModelDefinition } from "../core/definition/schema.ts";
import type { StageSettings } from "../core/settings/stage-settings.ts";
import { Alerting } from "./alerting.ts";
import { DataLake } from "./data-lake.ts";
import { FactoryFunctions } from "./factory-functions.ts";
import { FactoryMachine } from "./machines/factory-machine.ts";
import { deliveryPermissions, ingestPermissions, trainingPermissions } from "./machines/machine-permissions.ts";
import { ModelCatalog } from "./model-catalog.ts";
import { OperationsView } from "./operations-view.ts";
import type { PermissionScope } from "./permissions.ts";
import { QueueWithDeadLetters } from "./queue-with-dead-letters.ts";
import { Registry } from "./registry.ts";
import { SagemakerRole } from "./sagemaker-role.ts";

/** Properties of the {@link MlopsFactory}. */
export interface MlopsFactoryProps {
  readonly settings: StageSettings;
  /** The definitions of all models; none is fine: the factory waits for the first. */
  readonly definitions: readonly ModelDefinition[];
}

/** Longest work on one upload: Lambda's limit. AWS advises six times this as the queue's visibility timeout. */
const INGEST_TIMEOUT = Duration.minutes(15);

/**
 * The model factory: everything that one stage needs to turn uploads into compared, guarded and watched endpoints.
 *
 * @example
 * new MlopsFactory(stack, "Factory", { settings: parseStageSettings(text, "stages/dev.yaml"), definitions: readDefinitions("models") });
 */
export class MlopsFactory extends Construct {
  readonly dataLake: DataLake;
  readonly registry: Registry;
  readonly alerting: Alerting;
  readonly functions: FactoryFunctions;
  readonly training: FactoryMachine;
  readonly delivery: FactoryMachine;
  readonly monitoring: FactoryMachine;
  readonly ingest: FactoryMachine;
  readonly ingestQueue: QueueWithDeadLetters;
  readonly view: OperationsView;

  constructor(scope: Construct, id: string, props: MlopsFactoryProps) {
    super(scope, id);
    const { settings } = props;
    const stack = Stack.of(this);
    const logRetention = settings.logRetentionDays as RetentionDays;
    const machineName = (kind: string) => `mlops-${settings.stage}-${kind}`;
    const machineArn = (kind: string) =>
      `arn:${stack.partition}:states:${stack.region}:${stack.account}:stateMachine:${machineName(kind)}`;

    this.dataLake = new DataLake(this, "DataLake", { settings });
    this.registry = new Registry(this, "Registry", { settings });
    this.alerting = new Alerting(this, "Alerting", { emails: settings.alertEmails });
    const sagemakerRole = new SagemakerRole(this, "Sagemaker", {
      dataBucket: this.dataLake.data,
      artifactBucket: this.dataLake.artifacts,
    });
    const permissions: PermissionScope = {
      partition: stack.partition,
      region: stack.region,
      account: stack.account,
      stage: settings.stage,
      dataBucketArn: this.dataLake.data.bucketArn,
      artifactBucketArn: this.dataLake.artifacts.bucketArn,
      tableArn: this.registry.table.tableArn,
      alertTopicArn: this.alerting.topic.topicArn,
      sagemakerRoleArn: sagemakerRole.role.roleArn,
      trainingMachineArn: machineArn("training"),
      deliveryMachineArn: machineArn("delivery"),
      monitoringMachineArn: machineArn("monitoring"),
      ingestMachineArn: machineArn("ingest"),
    };
    this.functions = new FactoryFunctions(this, "Functions", {
      permissions,
      logRetention,
      environment: {
        STAGE: settings.stage,
        DATA_BUCKET: this.dataLake.data.bucketName,
        ARTIFACT_BUCKET: this.dataLake.artifacts.bucketName,
        REGISTRY_TABLE: this.registry.table.tableName,
        ALERT_TOPIC_ARN: this.alerting.topic.topicArn,
        TRAINING_STATE_MACHINE_ARN: permissions.trainingMachineArn,
        DELIVERY_STATE_MACHINE_ARN: permissions.deliveryMachineArn,
        MONITORING_STATE_MACHINE_ARN: permissions.monitoringMachineArn,
        INGEST_STATE_MACHINE_ARN: permissions.ingestMachineArn,
        SAGEMAKER_ROLE_ARN: sagemakerRole.role.roleArn,
        LARGE_FILE_BYTES: String(settings.largeFileMegabytes * 1_000_000),
      },
    });
    const arn = (name: Parameters<FactoryFunctions["arn"]>[0]) => this.functions.arn(name);

    this.training = new FactoryMachine(this, "Training", {
      name: machineName("training"),
      logRetention,
      functionArns: ["training-plan", "gate", "register", "training-fail", "training-finish"].map((name) =>
        arn(name as Parameters<FactoryFunctions["arn"]>[0]),
      ),
      permissions: trainingPermissions(permissions),
      definition: trainingMachine({
        planFunctionArn: arn("training-plan"),
        gateFunctionArn: arn("gate"),
        registerFunctionArn: arn("register"),
        failFunctionArn: arn("training-fail"),
        finishFunctionArn: arn("training-finish"),
        deliveryStateMachineArn: permissions.deliveryMachineArn,
      }),
    });
    this.delivery = new FactoryMachine(this, "Delivery", {
      name: machineName("delivery"),
      logRetention,
      functionArns: [arn("delivery-plan"), arn("delivery-smoke"), arn("delivery-complete"), arn("delivery-fail")],
      permissions: deliveryPermissions(permissions),
      definition: deliveryMachine({
        planFunctionArn: arn("delivery-plan"),
        smokeFunctionArn: arn("delivery-smoke"),
        completeFunctionArn: arn("delivery-complete"),
        failFunctionArn: arn("delivery-fail"),
      }),
    });
    this.monitoring = new FactoryMachine(this, "Monitoring", {
      name: machineName("monitoring"),
      logRetention,
      functionArns: [arn("monitoring-due"), arn("drift-check")],
      permissions: [],
      definition: monitoringMachine({
        dueFunctionArn: arn("monitoring-due"),
        driftCheckFunctionArn: arn("drift-check"),
      }),
    });

    this.ingest = new FactoryMachine(this, "IngestMachine", {
      name: machineName("ingest"),
      logRetention,
      functionArns: [arn("ingest-range"), arn("ingest-merge")],
      permissions: ingestPermissions(permissions),
      definition: ingestMachine({
        rangeFunctionArn: arn("ingest-range"),
        mergeFunctionArn: arn("ingest-merge"),
      }),
    });

    this.ingestQueue = new QueueWithDeadLetters(this, "Ingest", {
      visibilityTimeout: Duration.seconds(INGEST_TIMEOUT.toSeconds() * 6),
      maxReceiveCount: 5,
    });
    const eventLetters = new QueueWithDeadLetters(this, "Undelivered", {
      visibilityTimeout: Duration.minutes(5),
      maxReceiveCount: 5,
    });
    this.functions.all.ingest.function.addEventSource(
      new SqsEventSource(this.ingestQueue.queue, { batchSize: 1, reportBatchItemFailures: true, maxConcurrency: 5 }),
    );
    new Rule(this, "Uploads", {
      description: "Objects that people put into a model's incoming folder",
      eventPattern: {
        source: ["aws.s3"],
        detailType: ["Object Created"],
        detail: {
          bucket: { name: [this.dataLake.data.bucketName] },
          object: { key: [{ wildcard: "*/incoming/*" }] },
        },
      },
      targets: [new SqsQueue(this.ingestQueue.queue, { deadLetterQueue: eventLetters.queue })],
    });
    new Rule(this, "EndedExecutions", {
      description: "Runs, deliveries and large uploads that ended otherwise than by success",
      eventPattern: {
        source: ["aws.states"],
        detailType: ["Step Functions Execution Status Change"],
        detail: {
          stateMachineArn: [
            permissions.trainingMachineArn,
            permissions.deliveryMachineArn,
            permissions.ingestMachineArn,
          ],
          status: ["FAILED", "TIMED_OUT", "ABORTED"],
        },
      },
      targets: [
        new LambdaFunction(this.functions.all["execution-ended"].function, { deadLetterQueue: eventLetters.queue }),
      ],
    });
    new Rule(this, "MonitoringSchedule", {
      description: "Looks which models are due for a drift check or a scheduled retraining",
      schedule: Schedule.rate(Duration.minutes(settings.monitoringEveryMinutes)),
      targets: [new SfnStateMachine(this.monitoring.machine, { deadLetterQueue: eventLetters.queue })],
    });

    const catalog = new ModelCatalog(this, "Catalog", {
      definitions: props.definitions,
      handler: this.functions.all.catalog.function,
    });
    // Taking a stack down starts with the catalog, which removes endpoints: everything it needs must still be there.
    catalog.resource.node.addDependency(this.registry, this.dataLake, this.functions.all.catalog, this.alerting);

    this.view = new OperationsView(this, "View", {
      name: `mlops-${settings.stage}`,
      functions: this.functions,
      machines: {
        Training: this.training.machine,
        Delivery: this.delivery.machine,
        Monitoring: this.monitoring.machine,
        IngestMachine: this.ingest.machine,
      },
      ingestQueue: this.ingestQueue.queue,
      deadLetterQueues: { Ingest: this.ingestQueue.deadLetters, Undelivered: eventLetters.queue },
      alerts: this.alerting.topic,
    });
  }
}
