import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Construct } from "constructs";

/** Properties of {@link Alerting}. */
export interface AlertingProps {
  /** Addresses that receive alerts. */
  readonly emails: readonly string[];
}

/** The topic that carries every alert: quarantined data, failed or refused runs, roll-backs, drift, alarms. */
export class Alerting extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, props: AlertingProps) {
    super(scope, id);
    this.topic = new Topic(this, "Topic", { displayName: "Model factory alerts", enforceSSL: true });
    for (const email of props.emails) this.topic.addSubscription(new EmailSubscription(email));
  }
}
