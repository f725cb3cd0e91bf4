import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { MlopsFactory, type MlopsFactoryProps } from "./mlops-factory.ts";
import { explainNistFindings } from "./nist-explanations.ts";

/** Properties of the {@link MlopsStack}. */
export interface MlopsStackProps extends StackProps, MlopsFactoryProps {}

/**
 * One stack with one model factory. Its outputs are what the `mlops` command and other tools look up.
 *
 * @example
 * new MlopsStack(app, "mlops-dev", { settings, definitions });
 */
export class MlopsStack extends Stack {
  readonly factory: MlopsFactory;

  constructor(scope: Construct, id: string, props: MlopsStackProps) {
    super(scope, id, {
      description: "Model factory: upload data, get a trained, compared, served and watched model",
      terminationProtection: props.settings.retainData,
      ...props,
    });
    this.factory = new MlopsFactory(this, "Factory", props);
    explainNistFindings(this);
    const { factory } = this;
    const outputs: Record<string, string> = {
      Stage: props.settings.stage,
      DataBucketName: factory.dataLake.data.bucketName,
      ArtifactBucketName: factory.dataLake.artifacts.bucketName,
      RegistryTableName: factory.registry.table.tableName,
      TrainingStateMachineArn: factory.training.machine.stateMachineArn,
      DeliveryStateMachineArn: factory.delivery.machine.stateMachineArn,
      MonitoringStateMachineArn: factory.monitoring.machine.stateMachineArn,
      IngestStateMachineArn: factory.ingest.machine.stateMachineArn,
      AlertTopicArn: factory.alerting.topic.topicArn,
      IngestQueueUrl: factory.ingestQueue.queue.queueUrl,
      OperationsFunctionName: factory.functions.all.operations.function.functionName,
      DashboardName: factory.view.dashboard.dashboardName,
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}
