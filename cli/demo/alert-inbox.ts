import { SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";

/** An alert as a subscriber receives it. */
export interface ReceivedAlert {
  readonly subject: string;
  readonly text: string;
  readonly at: string;
}

/** A queue that is subscribed to the alert topic, as a pager or a chat would be. */
export interface AlertInbox {
  /** Alerts that have come since the last call, oldest first. */
  collect(): Promise<ReceivedAlert[]>;
}

/** Subscribes a queue of its own to the alert topic. */
export async function openAlertInbox(topicArn: string): Promise<AlertInbox> {
  const sqs = new SQSClient({});
  const sns = new SNSClient({});
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "mlops-demo-alerts" }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
  const queueArn = Attributes?.["QueueArn"] ?? "";
  const Policy = JSON.stringify(topicMaySend(queueArn, topicArn));
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  await sns.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: "sqs", Endpoint: queueArn }));
  return {
    async collect() {
      const alerts: ReceivedAlert[] = [];
      for (;;) {
        const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
        if (Messages === undefined || Messages.length === 0) break;
        for (const message of Messages) {
          const envelope = JSON.parse(message.Body ?? "{}") as { Subject?: string; Message: string; Timestamp: string };
          alerts.push({ subject: envelope.Subject ?? "", text: envelope.Message, at: envelope.Timestamp });
          await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
        }
      }
      return alerts.sort((a, b) => (a.at < b.at ? -1 : 1));
    },
  };
}

/** https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html#SendMessageToSQS.sqs.permissions */
function topicMaySend(queueArn: string, topicArn: string): object {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "sns.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: queueArn,
        Condition: { ArnEquals: { "aws:SourceArn": topicArn } },
      },
    ],
  };
}
