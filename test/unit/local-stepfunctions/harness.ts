import type { Cloud, LocalService, ServiceFactory } from "../../../local/kernel/cloud.ts";
import { createStepfunctions } from "../../../local/services/stepfunctions/index.ts";
import { createTestCloud, type TestCloud } from "../../support/test-cloud.ts";

/** The role that test machines run as. */
export const ROLE = "arn:aws:iam::000000000000:role/workflow";

/** How an execution ended. */
export interface Ended {
  readonly arn: string;
  readonly status: string;
  readonly output: unknown;
  readonly error: string | undefined;
  readonly cause: string | undefined;
}

/** A history event as the API gives it; details are looked into by name. */
export interface Event {
  readonly id: number;
  readonly previousEventId: number;
  readonly type: string;
  readonly timestamp: Date;
  // biome-ignore lint/suspicious/noExplicitAny: details differ per event type; tests pick members.
  readonly [details: string]: any;
}

/** A cloud with Step Functions and whatever else a test puts beside it. */
export interface Workbench {
  readonly test: TestCloud;
  readonly cloud: Cloud;
  create(definition: object, name?: string): Promise<string>;
  start(machineArn: string, input?: unknown, name?: string): Promise<string>;
  /** Waits for the end of an execution. */
  ended(executionArn: string): Promise<Ended>;
  /** Creates a machine, runs it once and waits. */
  run(definition: object, input?: unknown): Promise<Ended>;
  history(executionArn: string): Promise<Event[]>;
  until(condition: () => boolean | Promise<boolean>, millis?: number): Promise<void>;
}

/** Opens a workbench; `stateDirectory` continues an earlier one. */
export async function openWorkbench(
  others: readonly (ServiceFactory | LocalService)[] = [],
  options: { stateDirectory?: string; now?: () => number } = {},
): Promise<Workbench> {
  const test = await createTestCloud({ services: [createStepfunctions, ...others], ...options });
  const { cloud } = test;
  let count = 0;

  const bench: Workbench = {
    test,
    cloud,
    async create(definition, name) {
      count += 1;
      const input = { name: name ?? `machine-${count}`, definition: JSON.stringify(definition), roleArn: ROLE };
      return (await cloud.call("stepfunctions", "CreateStateMachine", input)).stateMachineArn;
    },
    async start(stateMachineArn, input = {}, name) {
      const request = { stateMachineArn, input: JSON.stringify(input), ...(name !== undefined && { name }) };
      return (await cloud.call("stepfunctions", "StartExecution", request)).executionArn;
    },
    async ended(executionArn) {
      for (;;) {
        const found = await cloud.call("stepfunctions", "DescribeExecution", { executionArn });
        if (found.status !== "RUNNING") {
          const { status, error, cause } = found;
          const output = found.output === undefined ? undefined : JSON.parse(found.output);
          return { arn: executionArn, status, output, error, cause };
        }
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    async run(definition, input) {
      return bench.ended(await bench.start(await bench.create(definition), input));
    },
    async history(executionArn) {
      return (await cloud.call("stepfunctions", "GetExecutionHistory", { executionArn, maxResults: 1000 })).events;
    },
    async until(condition, millis = 5_000) {
      const deadline = Date.now() + millis;
      while (!(await condition())) {
        if (Date.now() > deadline) throw new Error("the condition did not come true in time");
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
  };
  return bench;
}

/** A Lambda service of test functions: each gets the parsed payload and gives an answer, or throws an Error whose name is the error type. */
export function fakeLambda(
  functions: Record<string, (payload: unknown) => unknown>,
): LocalService & { calls: { name: string; payload: unknown }[] } {
  const calls: { name: string; payload: unknown }[] = [];
  return {
    id: "lambda",
    calls,
    operations: {
      async Invoke(input: { FunctionName: string; Payload?: Uint8Array }) {
        const name = input.FunctionName.split(":").pop() ?? "";
        const payload: unknown = JSON.parse(Buffer.from(input.Payload ?? Buffer.from("{}")).toString("utf8"));
        calls.push({ name, payload });
        const handler = functions[name];
        if (handler === undefined) throw new Error(`the test has no function ${name}`);
        try {
          const answer = await handler(payload);
          return { StatusCode: 200, ExecutedVersion: "$LATEST", Payload: Buffer.from(JSON.stringify(answer ?? null)) };
        } catch (error) {
          if (!(error instanceof Error) || error.name === "AwsError" || "code" in error) throw error;
          const body = { errorType: error.name, errorMessage: error.message };
          return { StatusCode: 200, FunctionError: "Unhandled", Payload: Buffer.from(JSON.stringify(body)) };
        }
      },
    },
  };
}

/** The ARN of a test function. */
export function functionArn(name: string): string {
  return `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
}

/** An Error with a name, as a function throws it. */
export function named(name: string, message = ""): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}
