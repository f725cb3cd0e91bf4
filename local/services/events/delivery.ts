import { createHash } from "node:crypto";
import { AwsError } from "../../kernel/aws-error.ts";
import type { Cloud, CloudEvent, Principal } from "../../kernel/cloud.ts";
import type { OutboxEntry } from "../../shared/durable-outbox.ts";
import type { PendingDelivery } from "./types.ts";

/** EventBridge as it acts for a rule. */
const forRule = (ruleArn: string): Principal => ({ arn: "events.amazonaws.com", sourceArn: ruleArn });
const DEFAULT_MAX_ATTEMPTS = 185;
const DEFAULT_MAX_AGE_SECONDS = 86_400;
const FIRST_RETRY_MILLIS = 500;
const LAST_RETRY_MILLIS = 60_000;
/** AWS does not retry these: the target or the permission is missing, or the target refuses the input itself. */
const NOT_RETRIED =
  /NotFound|DoesNotExist|NonExistentQueue|AccessDenied|AuthorizationError|Validation|InvalidParameter|InvalidArn|InvalidName|InvalidExecutionInput|UnsupportedOperation|UnknownOperation|NotImplemented|StateMachineDeleting/;

/** Passes an event on to another bus of the account. */
export type ForwardEvent = (busArn: string, event: CloudEvent, hops: number) => void;

/** The kinds of targets that this cloud delivers to, by the service part of their ARN. */
const TARGET_SERVICES = ["lambda", "sqs", "sns", "states", "events", "logs"];

/** Refuses a target that this cloud cannot deliver to, naming it. Throws ValidationException. */
export function checkTargetArn(arn: string): void {
  const parts = arn.split(":");
  if (parts[0] !== "arn" || parts.length < 6) {
    throw new AwsError(
      "ValidationException",
      400,
      `Parameter ${arn} is not valid. Reason: Provided Arn is not in correct format.`,
    );
  }
  const service = parts[2] ?? "";
  if (!TARGET_SERVICES.includes(service)) {
    throw new AwsError(
      "ValidationException",
      400,
      `The local cloud does not deliver events to '${service}' (${arn}); it delivers to ${TARGET_SERVICES.join(", ")}.`,
    );
  }
}

/** Delivers to one target, once. Throws when the target did not take it. */
export async function deliverToTarget(
  cloud: Cloud,
  forward: ForwardEvent,
  entry: OutboxEntry<PendingDelivery>,
): Promise<void> {
  const { target, payload, event, hops } = entry.payload;
  const parts = target.Arn.split(":");
  const call = (service: string, operation: string, input: object): Promise<unknown> =>
    cloud.call(service, operation, input, forRule(entry.payload.ruleArn));
  switch (parts[2]) {
    case "lambda":
      await call("lambda", "Invoke", {
        FunctionName: target.Arn,
        InvocationType: "Event",
        Payload: Buffer.from(payload, "utf8"),
      });
      return;
    case "sqs":
      await call("sqs", "SendMessage", {
        QueueUrl: `${cloud.endpoint()}/${parts[4]}/${parts[5]}`,
        MessageBody: payload,
        ...(target.SqsParameters?.MessageGroupId === undefined
          ? {}
          : {
              MessageGroupId: target.SqsParameters.MessageGroupId,
              MessageDeduplicationId: entry.id,
            }),
      });
      return;
    case "sns":
      await call("sns", "Publish", { TopicArn: target.Arn, Message: payload });
      return;
    case "states":
      await startExecution(cloud, entry);
      return;
    case "events":
      forward(target.Arn, event, hops + 1);
      return;
    case "logs":
      await putLogEvent(cloud, forRule(entry.payload.ruleArn), parts.slice(6).join(":"), event, payload);
      return;
    default:
      checkTargetArn(target.Arn);
  }
}

/** A delivery that is repeated after a crash has the same name, so that Step Functions starts it once. */
async function startExecution(cloud: Cloud, entry: OutboxEntry<PendingDelivery>): Promise<void> {
  const { target, payload, event, ruleArn } = entry.payload;
  // A state machine has no policy of its own: EventBridge starts it with the target's role.
  const principal = target.RoleArn === undefined ? forRule(ruleArn) : { arn: target.RoleArn };
  try {
    await cloud.call(
      "stepfunctions",
      "StartExecution",
      { stateMachineArn: target.Arn, input: payload, name: `${event.id}_${entry.id}` },
      principal,
    );
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== "ExecutionAlreadyExists") throw error;
  }
}

async function putLogEvent(
  cloud: Cloud,
  principal: Principal,
  groupPart: string,
  event: CloudEvent,
  payload: string,
): Promise<void> {
  const logGroupName = groupPart.replace(/:\*$/, "");
  const logStreamName = createHash("sha256").update(event.id).digest("hex").slice(0, 36);
  try {
    await cloud.call("logs", "CreateLogStream", { logGroupName, logStreamName }, principal);
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== "ResourceAlreadyExistsException") throw error;
  }
  await cloud.call(
    "logs",
    "PutLogEvents",
    { logGroupName, logStreamName, logEvents: [{ timestamp: cloud.now(), message: payload }] },
    principal,
  );
}

/** After a failed delivery: the moment of the next try by the target's retry policy, or undefined after it went to the dead-letter queue or was dropped. */
export async function afterFailure(
  cloud: Cloud,
  entry: OutboxEntry<PendingDelivery>,
  error: unknown,
): Promise<number | undefined> {
  const { target, ruleArn } = entry.payload;
  const maxAttempts = target.RetryPolicy?.MaximumRetryAttempts ?? DEFAULT_MAX_ATTEMPTS;
  const maxAgeSeconds = target.RetryPolicy?.MaximumEventAgeInSeconds ?? DEFAULT_MAX_AGE_SECONDS;
  const code = error instanceof AwsError ? error.code : "InternalFailure";
  const message = error instanceof Error ? error.message : String(error);
  const backoffMillis = Math.min(LAST_RETRY_MILLIS, FIRST_RETRY_MILLIS * 2 ** Math.min(entry.failures, 16));
  const nextAtMillis = cloud.now() + backoffMillis;
  const isFinal = NOT_RETRIED.test(code);
  const exhausted =
    entry.failures >= maxAttempts
      ? "MaximumRetryAttempts"
      : nextAtMillis > entry.addedAtMillis + maxAgeSeconds * 1_000
        ? "MaximumEventAgeInSeconds"
        : undefined;
  if (!isFinal && exhausted === undefined) return nextAtMillis;
  const fields = { ruleArn, targetArn: target.Arn, code, error: message, failures: entry.failures + 1 };
  const queueArn = target.DeadLetterConfig?.Arn;
  if (queueArn === undefined) {
    cloud.log(
      "events",
      "an event did not reach its target and was dropped: the target has no dead-letter queue",
      fields,
    );
    return undefined;
  }
  try {
    await sendToDeadLetters(cloud, entry, queueArn, {
      RULE_ARN: ruleArn,
      TARGET_ARN: target.Arn,
      ERROR_CODE: code,
      ERROR_MESSAGE: message.slice(0, 1_000) || code,
      RETRY_ATTEMPTS: String(entry.failures),
      ...(exhausted === undefined ? {} : { EXHAUSTED_RETRY_CONDITION: exhausted }),
    });
    cloud.log("events", "an event did not reach its target and went to the dead-letter queue", fields);
  } catch (deadLetterError) {
    cloud.log("events", "an event was dropped: neither its target nor the dead-letter queue took it", {
      ...fields,
      queueArn,
      queueError: String(deadLetterError),
    });
  }
  return undefined;
}

async function sendToDeadLetters(
  cloud: Cloud,
  entry: OutboxEntry<PendingDelivery>,
  queueArn: string,
  attributes: Readonly<Record<string, string>>,
): Promise<void> {
  const parts = queueArn.split(":");
  await cloud.call(
    "sqs",
    "SendMessage",
    {
      QueueUrl: `${cloud.endpoint()}/${parts[4]}/${parts[5]}`,
      MessageBody: JSON.stringify(entry.payload.event),
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, value]) => [name, { DataType: "String", StringValue: value }]),
      ),
    },
    forRule(entry.payload.ruleArn),
  );
}
