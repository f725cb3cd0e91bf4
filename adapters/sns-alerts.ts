import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import type { Alerts } from "../app/ports/alerts.ts";
import { type Alert, alertAttributes, alertSubject, alertText } from "../core/alerts/alert.ts";
import { callAws } from "./call-aws.ts";
import { clientSettings } from "./client-settings.ts";

/** Alerts on an SNS topic: text for people, attributes for programs. */
export class SnsAlerts implements Alerts {
  private readonly topicArn: string;
  private readonly client: SNSClient;

  constructor(topicArn: string, client: SNSClient = new SNSClient(clientSettings())) {
    this.topicArn = topicArn;
    this.client = client;
  }

  async publish(alert: Alert): Promise<void> {
    const attributes = { ...alertAttributes(alert), alert: JSON.stringify(alert) };
    await callAws(`publish the alert "${alert.title}"`, () =>
      this.client.send(
        new PublishCommand({
          TopicArn: this.topicArn,
          Subject: alertSubject(alert),
          Message: alertText(alert),
          MessageAttributes: Object.fromEntries(
            Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: "String", StringValue }]),
          ),
        }),
      ),
    );
  }
}
