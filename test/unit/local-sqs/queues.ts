import { createSqs } from "../../../local/services/sqs/index.ts";
import { createTestCloud, type TestCloud } from "../../support/test-cloud.ts";

/** A test cloud with SQS, a clock that can be moved, and one call function. */
export interface SqsTest {
  readonly test: TestCloud;
  /** Moves the clock forward. */
  pass(millis: number): void;
  // biome-ignore lint/suspicious/noExplicitAny: answers are AWS shapes; each test looks at its own members.
  call(operation: string, input: object): Promise<any>;
  /** Makes a queue and gives its URL. */
  queue(name: string, Attributes?: Record<string, string>): Promise<string>;
}

/** Starts SQS alone; with a state directory for a restart. */
export async function startSqs(options: { stateDirectory?: string } = {}): Promise<SqsTest> {
  let shiftMillis = 0;
  const test = await createTestCloud({ services: [createSqs], ...options, now: () => Date.now() + shiftMillis });
  const call: SqsTest["call"] = (operation, input) => test.cloud.call("sqs", operation, input);
  return {
    test,
    call,
    pass(millis) {
      shiftMillis += millis;
    },
    queue: async (QueueName, Attributes) =>
      (await call("CreateQueue", { QueueName, ...(Attributes ? { Attributes } : {}) })).QueueUrl,
  };
}
