import type { Cloud } from "../../../kernel/cloud.ts";
import { invalidParameter, unsupported } from "../errors.ts";

/** Throws when a value is not the ARN of something that results can be sent to here. */
export function checkDestination(arn: string): void {
  if (/^arn:[a-z0-9-]+:s3:/.test(arn)) throw unsupported("An S3 bucket as a destination");
  if (!/^arn:[a-z0-9-]+:(sqs|sns|lambda|events):/.test(arn)) {
    throw invalidParameter(`The provided destination ${arn} is invalid. Please provide a valid destination ARN.`);
  }
}

/** The URL of a queue from its ARN. */
export async function queueUrlOf(cloud: Cloud, queueArn: string): Promise<string> {
  const name = queueArn.split(":").at(-1) ?? "";
  const { QueueUrl } = (await cloud.call("sqs", "GetQueueUrl", { QueueName: name })) as { QueueUrl: string };
  return QueueUrl;
}

/** Sends the record of an asynchronous invocation to its destination, in the form that each service gets from Lambda. */
export async function sendToDestination(
  cloud: Cloud,
  arn: string,
  record: object,
  succeeded: boolean,
  functionArn: string,
): Promise<void> {
  const body = JSON.stringify(record);
  const service = arn.split(":")[2];
  if (service === "sqs")
    await cloud.call("sqs", "SendMessage", { QueueUrl: await queueUrlOf(cloud, arn), MessageBody: body });
  else if (service === "sns") await cloud.call("sns", "Publish", { TopicArn: arn, Message: body });
  else if (service === "lambda") {
    await cloud.call("lambda", "Invoke", { FunctionName: arn, InvocationType: "Event", Payload: Buffer.from(body) });
  } else {
    const entry = {
      Source: "lambda",
      DetailType: `Lambda Function Invocation Result - ${succeeded ? "Success" : "Failure"}`,
      Detail: body,
      Resources: [arn, functionArn],
      EventBusName: arn.split("/").at(-1),
    };
    await cloud.call("events", "PutEvents", { Entries: [entry] });
  }
}

/** Sends the event of a failed asynchronous invocation to the dead-letter queue or topic, as Lambda does: the event itself, the error in attributes. */
export async function sendToDeadLetter(
  cloud: Cloud,
  arn: string,
  event: { requestId: string; payload: string; errorMessage: string },
): Promise<void> {
  const MessageAttributes = {
    RequestID: { DataType: "String", StringValue: event.requestId },
    ErrorCode: { DataType: "Number", StringValue: "200" },
    ErrorMessage: { DataType: "String", StringValue: event.errorMessage.slice(0, 1_024) || "unknown" },
  };
  if (arn.split(":")[2] === "sqs") {
    const QueueUrl = await queueUrlOf(cloud, arn);
    await cloud.call("sqs", "SendMessage", { QueueUrl, MessageBody: event.payload, MessageAttributes });
  } else await cloud.call("sns", "Publish", { TopicArn: arn, Message: event.payload, MessageAttributes });
}
