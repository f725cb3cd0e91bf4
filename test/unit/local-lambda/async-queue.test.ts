import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createLambda } from "../../../local/services/lambda/index.ts";
import { createLogs } from "../../../local/services/logs/index.ts";
import { createSqs } from "../../../local/services/sqs/index.ts";
import { createSts } from "../../../local/services/sts/index.ts";
import { createTestCloud, type TestCloud } from "../../support/test-cloud.ts";
import { makeZip } from "./make-zip.ts";

let stateDirectory: string;
let started: TestCloud;
let offsetMillis = 0;

async function open(): Promise<void> {
  started = await createTestCloud({
    services: [createSts, createLogs, createSqs, createLambda],
    stateDirectory,
    now: () => Date.now() + offsetMillis,
  });
}

async function createFunction(source: string): Promise<void> {
  await started.cloud.call("lambda", "CreateFunction", {
    FunctionName: "fn",
    Role: "arn:aws:iam::000000000000:role/r",
    Runtime: "nodejs22.x",
    Handler: "index.handler",
    Timeout: 5,
    Code: { ZipFile: makeZip([{ name: "index.mjs", content: source }]) },
  });
}

const invokeLater = (event: unknown) =>
  started.cloud.call("lambda", "Invoke", {
    FunctionName: "fn",
    InvocationType: "Event",
    Payload: Buffer.from(JSON.stringify(event)),
  });

async function received(QueueUrl: string): Promise<string | undefined> {
  const { Messages } = await started.cloud.call("sqs", "ReceiveMessage", { QueueUrl, WaitTimeSeconds: 5 });
  return Messages?.[0]?.Body;
}

beforeEach(async () => {
  stateDirectory = mkdtempSync(join(tmpdir(), "lambda-unit-"));
  offsetMillis = 0;
  await open();
});

afterEach(async () => {
  await started.stop();
  rmSync(stateDirectory, { recursive: true, force: true });
});

test("an event is retried twice, also across a restart, and then goes to the failure destination with its record", async () => {
  const { QueueUrl } = await started.cloud.call("sqs", "CreateQueue", { QueueName: "failures" });
  await createFunction(`export const handler = async () => { throw new RangeError("always"); };`);
  await started.cloud.call("lambda", "PutFunctionEventInvokeConfig", {
    FunctionName: "fn",
    DestinationConfig: { OnFailure: { Destination: "arn:aws:sqs:us-east-1:000000000000:failures" } },
  });
  await invokeLater({ n: 1 });
  // Each restart finds the event on disk and its retry due, minutes later by the clock.
  for (const minutes of [2, 5]) {
    await sleep(700);
    await started.stop();
    offsetMillis = minutes * 60_000;
    await open();
  }
  const record = JSON.parse((await received(QueueUrl)) ?? "{}");
  expect(record).toMatchObject({
    version: "1.0",
    requestContext: { condition: "RetriesExhausted", approximateInvokeCount: 3 },
    requestPayload: { n: 1 },
    responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
    responsePayload: { errorType: "RangeError", errorMessage: "always" },
  });
});

test("a success goes to the success destination", async () => {
  const { QueueUrl } = await started.cloud.call("sqs", "CreateQueue", { QueueName: "successes" });
  await createFunction(`export const handler = async (event) => event.n * 2;`);
  await started.cloud.call("lambda", "PutFunctionEventInvokeConfig", {
    FunctionName: "fn",
    DestinationConfig: { OnSuccess: { Destination: "arn:aws:sqs:us-east-1:000000000000:successes" } },
  });
  await invokeLater({ n: 21 });
  expect(JSON.parse((await received(QueueUrl)) ?? "{}")).toMatchObject({
    requestContext: { condition: "Success", approximateInvokeCount: 1 },
    responsePayload: 42,
  });
});

test("an event above 1 MiB is refused", async () => {
  await createFunction(`export const handler = async () => 1;`);
  await expect(invokeLater("x".repeat(1_048_576))).rejects.toMatchObject({
    code: "RequestTooLargeException",
    statusCode: 413,
  });
});
