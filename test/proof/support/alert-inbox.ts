import { SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Session } from "../../../cli/support/session.ts";
import type { Alert } from "../../../core/alerts/alert.ts";

/** What the alert topic has sent so far. */
export interface AlertInbox {
  /** Alerts about a model, in the order of their arrival. */
  read(model: string): Promise<readonly Alert[]>;
}

/** Subscribes a queue of its own to the alert topic. */
export async function openAlertInbox(session: Session): Promise<AlertInbox> {
  const sqs = new SQSClient({});
  // SNS delivers to a queue only when the queue's policy lets it.
  const Policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: { Service: "sns.amazonaws.com" }, Action: "sqs:SendMessage", Resource: "*" },
    ],
  });
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "alert-inbox", Attributes: { Policy } }));
  const attributes = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
  await new SNSClient({}).send(
    new SubscribeCommand({
      TopicArn: session.outputs.AlertTopicArn,
      Protocol: "sqs",
      Endpoint: attributes.Attributes?.["QueueArn"],
    }),
  );
  const alerts = new Map<string, Alert>();
  return {
    async read(model) {
      for (;;) {
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 43_200 }),
        );
        for (const { Body = "{}", MessageId = "" } of Messages) {
          const { MessageAttributes } = JSON.parse(Body) as { MessageAttributes?: { alert?: { Value: string } } };
          // The stack's CloudWatch alarms speak on the same topic; they carry no attributes.
          const text = MessageAttributes?.alert?.Value;
          if (text !== undefined) alerts.set(MessageId, JSON.parse(text) as Alert);
        }
        if (Messages.length === 0) break;
      }
      return [...alerts.values()].filter((alert) => alert.model === model);
    },
  };
}
