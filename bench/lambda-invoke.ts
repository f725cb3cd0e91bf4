import { setTimeout as sleep } from "node:timers/promises";
import { type StartedCloud, startCloud } from "../test/support/start-cloud.ts";
import { makeZip } from "../test/unit/local-lambda/make-zip.ts";
import type { Measurement } from "./measurement.ts";

const WARM_RUNS = 200;
const COLD_RUNS = 5;
const MESSAGES = 20;

const SOURCE = "export const handler = async (event) => event;";

/** Invocations in process: a cold and a warm one, and how long a message waits for its function. */
export async function run(): Promise<Measurement[]> {
  const running = await startCloud();
  try {
    await createFunction(running, "warm");
    const cold: number[] = [];
    for (let index = 0; index < COLD_RUNS; index += 1) {
      await createFunction(running, `cold-${index}`);
      cold.push(await timeInvocation(running, `cold-${index}`));
    }
    await timeInvocation(running, "warm");
    const warm: number[] = [];
    for (let index = 0; index < WARM_RUNS; index += 1) warm.push(await timeInvocation(running, "warm"));
    const latency = await queueLatencies(running);
    return [
      { name: "cold start of a function", value: median(cold), unit: "ms", target: "<= 250" },
      { name: "warm invocation", value: median(warm), unit: "ms", target: "<= 3" },
      { name: "from SendMessage to the end of its function", value: median(latency), unit: "ms", target: "<= 20" },
    ];
  } finally {
    await running.stop();
  }
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

async function createFunction({ cloud }: StartedCloud, FunctionName: string): Promise<void> {
  await cloud.call("lambda", "CreateFunction", {
    FunctionName,
    Role: `arn:aws:iam::${cloud.accountId}:role/bench`,
    Runtime: "nodejs22.x",
    Handler: "index.handler",
    Code: { ZipFile: makeZip([{ name: "index.mjs", content: SOURCE }]) },
  });
}

async function timeInvocation({ cloud }: StartedCloud, FunctionName: string): Promise<number> {
  const start = performance.now();
  await cloud.call("lambda", "Invoke", { FunctionName, Payload: Buffer.from("{}") });
  return performance.now() - start;
}

/** Milliseconds from before SendMessage until the message is deleted, its function done. */
async function queueLatencies({ cloud }: StartedCloud): Promise<number[]> {
  const { QueueUrl } = await cloud.call("sqs", "CreateQueue", { QueueName: "bench" });
  await cloud.call("lambda", "CreateEventSourceMapping", {
    FunctionName: "warm",
    EventSourceArn: `arn:aws:sqs:${cloud.region}:${cloud.accountId}:bench`,
  });
  const latencies: number[] = [];
  const names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
  for (let index = 0; index <= MESSAGES; index += 1) {
    const start = performance.now();
    await cloud.call("sqs", "SendMessage", { QueueUrl, MessageBody: "hello" });
    for (;;) {
      const { Attributes } = await cloud.call("sqs", "GetQueueAttributes", { QueueUrl, AttributeNames: names });
      if (names.every((name) => Attributes[name] === "0")) break;
      await sleep(1);
    }
    latencies.push(performance.now() - start);
    await sleep(20);
  }
  return latencies;
}
