import { Duration } from "aws-cdk-lib";
import {
  Alarm,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import type { FactoryFunctions } from "./factory-functions.ts";

/** Properties of the {@link OperationsView}. */
export interface OperationsViewProps {
  readonly name: string;
  readonly functions: FactoryFunctions;
  readonly machines: Readonly<Record<string, StateMachine>>;
  readonly ingestQueue: IQueue;
  readonly deadLetterQueues: Readonly<Record<string, IQueue>>;
  readonly alerts: ITopic;
}

/** Alarms on the factory's own health (not on models: those are the factory's product) and one dashboard. */
export class OperationsView extends Construct {
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, props: OperationsViewProps) {
    super(scope, id);
    const errors = Object.entries(props.functions.all).map(([name, item]) =>
      item.function.metricErrors({ period: Duration.minutes(5), label: name }),
    );
    const failures = Object.entries(props.machines).map(([name, machine]) =>
      machine.metricFailed({ period: Duration.minutes(5), label: name }),
    );
    for (const [name, queue] of Object.entries(props.deadLetterQueues)) {
      this.#alarm(
        `${name}DeadLetters`,
        queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1), statistic: "Maximum" }),
        `Messages that the factory could not process wait in the dead-letter queue of ${name}. Read one, mend the cause, then redrive the queue.`,
        props.alerts,
      );
    }
    this.#alarm(
      "OldUploads",
      props.ingestQueue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5), statistic: "Maximum" }),
      "An uploaded file has waited for over an hour: ingest is throttled or failing. Look at the log of the ingest function.",
      props.alerts,
      3_600,
    );
    for (const [name, machine] of Object.entries(props.machines)) {
      this.#alarm(
        `${name}Failed`,
        machine.metricFailed({ period: Duration.minutes(5), statistic: "Sum" }),
        `An execution of the state machine ${name} has failed. "mlops runs <model>" shows the reason.`,
        props.alerts,
      );
    }
    this.dashboard = new Dashboard(this, "Dashboard", { dashboardName: props.name });
    this.dashboard.addWidgets(
      new GraphWidget({ title: "Function errors", width: 12, left: errors }),
      new GraphWidget({ title: "Failed executions", width: 12, left: failures }),
      new GraphWidget({
        title: "Uploads waiting",
        width: 12,
        left: [props.ingestQueue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) })],
      }),
      new GraphWidget({
        title: "Endpoint requests and errors, all models",
        width: 12,
        left: [
          new MathExpression({
            expression: `SUM(SEARCH('{AWS/SageMaker,EndpointName,VariantName} MetricName="Invocations"', 'Sum', 300))`,
            label: "requests",
            usingMetrics: {},
          }),
          new MathExpression({
            expression: `SUM(SEARCH('{AWS/SageMaker,EndpointName,VariantName} MetricName="Invocation5XXErrors"', 'Sum', 300))`,
            label: "server errors",
            usingMetrics: {},
          }),
        ],
      }),
    );
  }

  #alarm(id: string, metric: IMetric, description: string, alerts: ITopic, threshold = 1): void {
    const alarm = new Alarm(this, id, {
      metric,
      threshold,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: description,
    });
    alarm.addAlarmAction(new SnsAction(alerts));
  }
}
