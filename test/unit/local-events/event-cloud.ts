import type { AwsError } from "../../../local/kernel/aws-error.ts";
import type { LocalService } from "../../../local/kernel/cloud.ts";
import { createEvents } from "../../../local/services/events/index.ts";
import type { EventsService } from "../../../local/services/events/types.ts";
import { createSqs } from "../../../local/services/sqs/index.ts";
import { createTestCloud, type TestCloud } from "../../support/test-cloud.ts";

/** Calls that a recording service took. */
export interface RecordedCall {
  readonly operation: string;
  // biome-ignore lint/suspicious/noExplicitAny: inputs are AWS shapes; each test looks at its own members.
  readonly input: any;
  readonly principal: string;
}

/** A service that records its calls and answers with nothing; `fail` makes it refuse. */
export function recordingService(
  id: string,
  operations: readonly string[],
  fail: () => AwsError | undefined = () => undefined,
): { service: LocalService; calls: RecordedCall[] } {
  const calls: RecordedCall[] = [];
  const service: LocalService = {
    id,
    operations: Object.fromEntries(
      operations.map((operation) => [
        operation,
        (input: object, context: { principal: { arn: string } }) => {
          calls.push({ operation, input, principal: context.principal.arn });
          const error = fail();
          if (error !== undefined) throw error;
          return {};
        },
      ]),
    ),
  };
  return { service, calls };
}

/** A test cloud with EventBridge, SQS and whatever else a test needs. */
export interface EventsTest {
  readonly test: TestCloud;
  readonly events: EventsService;
  // biome-ignore lint/suspicious/noExplicitAny: answers are AWS shapes; each test looks at its own members.
  call(operation: string, input: object): Promise<any>;
  pass(millis: number): void;
  /** Makes a queue and gives a function that takes all bodies out of it. */
  queue(name: string): Promise<() => Promise<string[]>>;
}

/** Starts EventBridge and SQS, and further services. */
export async function startEvents(
  options: { stateDirectory?: string; services?: readonly LocalService[] } = {},
): Promise<EventsTest> {
  let shiftMillis = 0;
  const { services = [], ...rest } = options;
  const test = await createTestCloud({
    services: [createEvents, createSqs, ...services],
    now: () => Date.now() + shiftMillis,
    ...rest,
  });
  return {
    test,
    events: test.cloud.service<EventsService>("events"),
    call: (operation, input) => test.cloud.call("events", operation, input),
    pass(millis) {
      shiftMillis += millis;
    },
    async queue(QueueName) {
      const { QueueUrl } = await test.cloud.call("sqs", "CreateQueue", { QueueName });
      return async () => {
        const bodies: string[] = [];
        for (;;) {
          const { Messages = [] } = await test.cloud.call("sqs", "ReceiveMessage", {
            QueueUrl,
            MaxNumberOfMessages: 10,
          });
          if (Messages.length === 0) return bodies;
          bodies.push(...(Messages as { Body: string }[]).map((message) => message.Body));
        }
      };
    },
  };
}

/** The ARN of a queue of the test's account. */
export const queueArn = (name: string): string => `arn:aws:sqs:us-east-1:000000000000:${name}`;
