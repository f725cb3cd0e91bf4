import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  DeleteEventSourceMappingCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  GetPolicyCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createLambda, type LambdaService } from "../../local/services/lambda/index.ts";
import { createLogs } from "../../local/services/logs/index.ts";
import { createS3 } from "../../local/services/s3/index.ts";
import { createSqs } from "../../local/services/sqs/index.ts";
import { createSts } from "../../local/services/sts/index.ts";
import { type StartedCloud, startCloud } from "../support/start-cloud.ts";
import { makeZip } from "../unit/local-lambda/make-zip.ts";

const ROLE = "arn:aws:iam::000000000000:role/test";
const factories = [createSts, createLogs, createS3, createSqs, createLambda];
let cloud: StartedCloud;
let lambda: LambdaClient;
let counter = 0;

async function newFunction(source: string, more: object = {}, file = "index.mjs"): Promise<string> {
  counter += 1;
  const FunctionName = `contract-${counter}`;
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Role: ROLE,
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Timeout: 10,
      Code: { ZipFile: makeZip([{ name: file, content: source }]) },
      ...more,
    }),
  );
  return FunctionName;
}

async function invoke(FunctionName: string, event: unknown = {}, more: object = {}) {
  const output = await lambda.send(
    new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(event)), LogType: "Tail", ...more }),
  );
  const text = Buffer.from(output.Payload ?? []).toString();
  return {
    error: output.FunctionError,
    value: text === "" ? undefined : JSON.parse(text),
    log: Buffer.from(output.LogResult ?? "", "base64").toString(),
    output,
  };
}

beforeAll(async () => {
  cloud = await startCloud({ factories });
  lambda = new LambdaClient(cloud.clientConfig);
});

afterAll(async () => {
  lambda.destroy();
  await cloud.stop();
});

describe("prepared functions", () => {
  const SOURCE = `import { writeFileSync } from "node:fs";
    writeFileSync(process.env.MARK, "");
    const startedAt = Date.now();
    export const handler = async () => ({ startedAt, pid: process.pid });`;
  const isThere = (path: string) => expect.poll(() => existsSync(path), { timeout: 10_000 }).toBe(true);
  const prepare = (name: string) => cloud.cloud.service<LambdaService>("lambda").prepare(name);
  const markPath = () => join(cloud.stateDirectory, `mark-${counter}`);

  test("have initialised a process before the first request, which gets it, and no second one", async () => {
    const mark = markPath();
    const name = await newFunction(SOURCE, { Environment: { Variables: { MARK: mark } } });
    prepare(name);
    prepare(name);
    await isThere(mark);
    const askedAt = Date.now();
    const first = await invoke(name);
    expect(first.value.startedAt).toBeLessThanOrEqual(askedAt);
    expect(first.log).toMatch(/Init Duration/);
    expect((await invoke(name)).value.pid).toBe(first.value.pid);
  });

  test("answer a request that comes while they start from the same process", async () => {
    const name = await newFunction("export const handler = async () => process.pid;", {});
    prepare(name);
    const { value } = await invoke(name);
    expect((await invoke(name)).value).toBe(value);
  });

  test("run no request with code from before an update", async () => {
    const mark = markPath();
    const name = await newFunction(SOURCE, { Environment: { Variables: { MARK: mark } } });
    prepare(name);
    await isThere(mark);
    const ZipFile = makeZip([{ name: "index.mjs", content: 'export const handler = async () => "new";' }]);
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: name, ZipFile }));
    expect((await invoke(name)).value).toBe("new");
  });

  test("tell the first request why they do not start", async () => {
    const name = await newFunction('throw new TypeError("no start");', {});
    prepare(name);
    const { error, value } = await invoke(name);
    expect(error).toBe("Unhandled");
    expect(value).toMatchObject({ errorType: "TypeError", errorMessage: "no start" });
  });
});

describe("handlers", () => {
  test("an ESM handler gets its event, context and environment", async () => {
    const name = await newFunction(
      `export const handler = async (event, context) => ({
        event, name: context.functionName, arn: context.invokedFunctionArn, memory: context.memoryLimitInMB,
        left: context.getRemainingTimeInMillis(), region: process.env.AWS_REGION, own: process.env.OWN,
        endpoint: process.env.AWS_ENDPOINT_URL, key: process.env.AWS_ACCESS_KEY_ID, root: process.env.LAMBDA_TASK_ROOT === process.cwd(),
      });`,
      { Environment: { Variables: { OWN: "ä" } }, MemorySize: 256 },
    );
    const { value, error, output } = await invoke(name, { a: "ü" });
    expect(error).toBeUndefined();
    expect(output).toMatchObject({ StatusCode: 200, ExecutedVersion: "$LATEST" });
    expect(value).toMatchObject({
      event: { a: "ü" },
      name,
      arn: expect.stringMatching(new RegExp(`function:${name}$`)),
      memory: "256",
      region: "us-east-1",
      own: "ä",
      endpoint: cloud.endpoint,
      key: expect.stringMatching(/^ASIA/),
      root: true,
    });
    expect(value.left).toBeGreaterThan(9_000);
    expect(value.left).toBeLessThanOrEqual(10_000);
  });

  test("CommonJS handlers answer by promise, by callback, or with null when nothing is left to do", async () => {
    const source = `exports.handler = (event, context, callback) => {
      if (event.how === "promise") return Promise.resolve("promised");
      if (event.how === "callback") setTimeout(() => callback(null, "called back"), 5);
      if (event.how === "error") callback(new TypeError("called with an error"));
    };`;
    const name = await newFunction(source, {}, "index.js");
    expect((await invoke(name, { how: "promise" })).value).toBe("promised");
    expect((await invoke(name, { how: "callback" })).value).toBe("called back");
    expect((await invoke(name, { how: "nothing" })).value).toBeNull();
    expect((await invoke(name, { how: "error" })).value).toMatchObject({ errorType: "TypeError" });
    expect((await invoke(name, { how: "promise" })).value).toBe("promised");
  });

  test("the AWS SDK is there without being bundled, and reaches this cloud", async () => {
    const name = await newFunction(
      `import { S3Client, ListBucketsCommand } from "@aws-sdk/client-s3";
       export const handler = async () => (await new S3Client({}).send(new ListBucketsCommand({}))).Buckets?.length ?? 0;`,
    );
    expect((await invoke(name)).value).toBeTypeOf("number");
  });

  test("a process is reused, and replaced when code or configuration change", async () => {
    const name = await newFunction(
      `let calls = 0; export const handler = async () => [++calls, process.env.VALUE ?? ""];`,
    );
    expect((await invoke(name)).value).toEqual([1, ""]);
    expect((await invoke(name)).value).toEqual([2, ""]);
    await lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: name, Environment: { Variables: { VALUE: "2" } } }),
    );
    expect((await invoke(name)).value).toEqual([1, "2"]);
    const ZipFile = makeZip([{ name: "index.mjs", content: "export const handler = async () => 'new';" }]);
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: name, ZipFile }));
    expect((await invoke(name)).value).toBe("new");
  });

  test("concurrent invocations run in processes of their own", async () => {
    const name = await newFunction(
      `export const handler = async () => { await new Promise((r) => setTimeout(r, 300)); return process.pid; };`,
    );
    const pids = await Promise.all([invoke(name), invoke(name), invoke(name)]);
    expect(new Set(pids.map(({ value }) => value)).size).toBe(3);
  });
});

describe("failures", () => {
  test("the type, message and trace of a thrown error are kept", async () => {
    const name = await newFunction(
      `class NotReadyError extends Error { name = "NotReadyError"; }
       export const handler = async (event) => { if (event.text) throw "just text"; throw new NotReadyError("later"); };`,
    );
    const thrown = await invoke(name);
    expect(thrown.error).toBe("Unhandled");
    expect(thrown.value).toMatchObject({ errorType: "NotReadyError", errorMessage: "later" });
    expect(thrown.value.trace[1]).toContain("index.mjs");
    expect((await invoke(name, { text: true })).value).toMatchObject({
      errorType: "string",
      errorMessage: "just text",
    });
  });

  test.each([
    [
      "unhandled rejection",
      `export const handler = () => new Promise(() => { Promise.reject(new Error("lost")); });`,
      "Runtime.UnhandledPromiseRejection",
      "Error: lost",
    ],
    ["exit", `export const handler = async () => process.exit(3);`, "Runtime.ExitError", "exit status 3"],
    ["missing module", `import "not-there"; export const handler = () => 1;`, "Runtime.ImportModuleError", "not-there"],
    ["syntax error", `export const handler = = 1;`, "Runtime.UserCodeSyntaxError", "SyntaxError"],
    [
      "missing export",
      `export const other = 1;`,
      "Runtime.HandlerNotFound",
      "index.handler is undefined or not exported",
    ],
  ])("%s is reported as Lambda does", async (_, source, type, message) => {
    const name = await newFunction(source);
    const { error, value } = await invoke(name);
    expect(error).toBe("Unhandled");
    expect(value.errorType).toBe(type);
    expect(value.errorMessage).toContain(message);
  });

  test("a function that takes too long is stopped", async () => {
    const name = await newFunction(`export const handler = () => { for (;;); };`, { Timeout: 1 });
    const { error, value, log } = await invoke(name);
    expect(error).toBe("Unhandled");
    expect(value.errorType).toBe("Sandbox.Timedout");
    expect(value.errorMessage).toMatch(/^RequestId: \S+ Error: Task timed out after 1\.00 seconds$/);
    expect(log).toContain("Task timed out after 1.00 seconds");
  });

  test.runIf(process.platform === "linux")("a function that takes too much memory is killed", async () => {
    const name = await newFunction(
      `export const handler = async () => { const all = []; for (;;) { all.push(Buffer.alloc(8e6, 1)); await new Promise((r) => setTimeout(r, 5)); } };`,
      { MemorySize: 128 },
    );
    const { value, log } = await invoke(name);
    expect(value.errorType).toBe("Runtime.ExitError");
    expect(value.errorMessage).toMatch(/Runtime exited with error: signal: killed/);
    expect(log).toContain("Error Type: Runtime.OutOfMemory");
  });

  test("what is not supported is refused by name", async () => {
    await expect(newFunction("", { Runtime: "java21" })).rejects.toMatchObject({
      name: "InvalidParameterValueException",
      message: expect.stringContaining("java21"),
    });
    await expect(newFunction("", { Layers: ["arn:aws:lambda:us-east-1:000000000000:layer:x:1"] })).rejects.toThrow(
      /Layers/,
    );
    await expect(invoke("nobody")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    await expect(
      lambda.send(new InvokeCommand({ FunctionName: "x", Payload: Buffer.alloc(7_000_000, "1") })),
    ).rejects.toMatchObject({ name: expect.stringMatching(/ResourceNotFound|RequestTooLarge/) });
  });

  test("reserved concurrency of 0 throttles", async () => {
    const name = await newFunction("export const handler = async () => 1;");
    await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName: name, ReservedConcurrentExecutions: 0 }));
    await expect(invoke(name)).rejects.toMatchObject({
      name: "TooManyRequestsException",
      $metadata: { httpStatusCode: 429 },
    });
  });
});

describe("logs", () => {
  test("lines are framed by START, END and REPORT, and kept in the function's log group", async () => {
    const name = await newFunction(
      `export const handler = async () => { console.log("one\\ntwo", { a: 1 }); console.error("bad"); process.stdout.write("raw"); };`,
    );
    const { log } = await invoke(name);
    expect(log).toMatch(
      /^START RequestId: (\S+) Version: \$LATEST\n.*\t\1\tINFO\tone\ntwo \{ a: 1 \}\n.*\t\1\tERROR\tbad\nraw\nEND RequestId: \1\nREPORT RequestId: \1\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB\tMax Memory Used: \d+ MB\tInit Duration: [\d.]+ ms\t\n$/,
    );
    const logs = new CloudWatchLogsClient(cloud.clientConfig);
    await sleep(300);
    const { events } = await logs.send(new FilterLogEventsCommand({ logGroupName: `/aws/lambda/${name}` }));
    expect(events?.map((event) => event.message?.trim()).join("\n")).toBe(log.trim());
    logs.destroy();
  });
});

describe("the API", () => {
  test("functions are created from S3, listed, versioned, aliased and deleted", async () => {
    const s3 = new S3Client(cloud.clientConfig);
    await s3.send(new CreateBucketCommand({ Bucket: "code-bucket" }));
    const Body = makeZip([{ name: "lib/app.js", content: "exports.run = async () => 'from s3';" }]);
    await s3.send(new PutObjectCommand({ Bucket: "code-bucket", Key: "app.zip", Body }));
    s3.destroy();
    const name = await newFunction("", {
      Code: { S3Bucket: "code-bucket", S3Key: "app.zip" },
      Handler: "lib/app.run",
      Tags: { t: "1" },
    });
    expect((await invoke(name)).value).toBe("from s3");
    const { Version } = await lambda.send(new PublishVersionCommand({ FunctionName: name }));
    expect(Version).toBe("1");
    await lambda.send(new CreateAliasCommand({ FunctionName: name, Name: "live", FunctionVersion: "1" }));
    expect((await invoke(`${name}:live`)).output.ExecutedVersion).toBe("1");
    expect(await lambda.send(new GetFunctionCommand({ FunctionName: name }))).toMatchObject({
      Configuration: { FunctionName: name, State: "Active", Handler: "lib/app.run" },
      Tags: { t: "1" },
    });
    const listed = await lambda.send(new ListFunctionsCommand({}));
    expect(listed.Functions?.map((fn) => fn.FunctionName)).toContain(name);
    await lambda.send(
      new AddPermissionCommand({
        FunctionName: name,
        StatementId: "s",
        Action: "lambda:InvokeFunction",
        Principal: "events.amazonaws.com",
      }),
    );
    expect((await lambda.send(new GetPolicyCommand({ FunctionName: name }))).Policy).toContain("events.amazonaws.com");
    await lambda.send(new DeleteFunctionCommand({ FunctionName: name }));
    await expect(invoke(name)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });

  test("code is what its object holds at the time, also under a key that has been used before", async () => {
    const s3 = new S3Client(cloud.clientConfig);
    const at = { Bucket: "code-again", Key: "app.zip" };
    const Code = { S3Bucket: at.Bucket, S3Key: at.Key };
    await s3.send(new CreateBucketCommand({ Bucket: at.Bucket }));
    for (const word of ["first", "second"]) {
      const Body = makeZip([{ name: "index.mjs", content: `export const handler = async () => "${word}";` }]);
      await s3.send(new PutObjectCommand({ ...at, Body }));
      expect((await invoke(await newFunction("", { Code }))).value).toBe(word);
      expect((await invoke(await newFunction("", { Code }))).value).toBe(word);
    }
    s3.destroy();
    await expect(newFunction("", { Code: { ...Code, S3Key: "missing.zip" } })).rejects.toThrow("NoSuchKey");
  });

  test("a hostile archive is refused", async () => {
    for (const name of ["../../escape.js", "/etc/escape.js", "a/../../escape.js", "C:\\x.js"]) {
      const ZipFile = makeZip([{ name, content: "x" }]);
      await expect(newFunction("", { Code: { ZipFile } })).rejects.toMatchObject({
        name: "InvalidParameterValueException",
      });
    }
    await expect(newFunction("", { Code: { ZipFile: Buffer.from("no zip") } })).rejects.toThrow(/unzip/);
  });

  test("DryRun runs nothing, a body that is not JSON is refused", async () => {
    const name = await newFunction("export const handler = async () => 1;");
    expect((await invoke(name, {}, { InvocationType: "DryRun" })).output.StatusCode).toBe(204);
    await expect(
      lambda.send(new InvokeCommand({ FunctionName: name, Payload: Buffer.from("{") })),
    ).rejects.toMatchObject({ name: "InvalidRequestContentException" });
  });
});

describe("queues as event sources", () => {
  test("messages arrive quickly, failed ones of a batch come again", async () => {
    const sqs = new SQSClient(cloud.clientConfig);
    const queue = async (QueueName: string, Attributes = {}) => {
      const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
      const { Attributes: found } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }),
      );
      return { QueueUrl, arn: found?.["QueueArn"] ?? "" };
    };
    const input = await queue("in", { VisibilityTimeout: "1" });
    const output = await queue("out");
    const name = await newFunction(
      `import { SQSClient, SendMessageCommand } from "@aws-sdk/client-sqs";
       const sqs = new SQSClient({});
       export const handler = async (event) => {
         const failed = [];
         for (const record of event.Records) {
           if (record.body === "fail" && record.attributes.ApproximateReceiveCount === "1") failed.push({ itemIdentifier: record.messageId });
           else await sqs.send(new SendMessageCommand({ QueueUrl: process.env.OUT, MessageBody: record.body + " " + Date.now() }));
         }
         return { batchItemFailures: failed };
       };`,
      { Environment: { Variables: { OUT: output.QueueUrl ?? "" } } },
    );
    const mapping = await lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName: name,
        EventSourceArn: input.arn,
        BatchSize: 5,
        FunctionResponseTypes: ["ReportBatchItemFailures"],
      }),
    );
    const receive = async () => {
      const { Messages } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl: output.QueueUrl, WaitTimeSeconds: 10 }),
      );
      return Messages?.[0]?.Body ?? "";
    };
    await sqs.send(new SendMessageCommand({ QueueUrl: input.QueueUrl, MessageBody: "warm" }));
    await receive();
    // The first process must be free again, or the next message starts another one.
    await sleep(200);
    const sent = Date.now();
    await sqs.send(new SendMessageCommand({ QueueUrl: input.QueueUrl, MessageBody: "quick" }));
    const [word, at] = (await receive()).split(" ");
    expect(word).toBe("quick");
    expect(Number(at) - sent).toBeLessThan(100);
    await sqs.send(new SendMessageCommand({ QueueUrl: input.QueueUrl, MessageBody: "fail" }));
    expect(await receive()).toMatch(/^fail/);
    await lambda.send(new DeleteEventSourceMappingCommand({ UUID: mapping.UUID }));
    sqs.destroy();
  });

  test("an asynchronous event that fails for good goes to the dead-letter queue", async () => {
    const sqs = new SQSClient(cloud.clientConfig);
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "dead" }));
    const name = await newFunction(`export const handler = async () => { throw new Error("never"); };`, {
      DeadLetterConfig: { TargetArn: "arn:aws:sqs:us-east-1:000000000000:dead" },
    });
    await cloud.cloud.call("lambda", "PutFunctionEventInvokeConfig", { FunctionName: name, MaximumRetryAttempts: 0 });
    expect((await invoke(name, { a: 1 }, { InvocationType: "Event" })).output.StatusCode).toBe(202);
    const { Messages } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 10, MessageAttributeNames: ["All"] }),
    );
    expect(Messages?.[0]?.Body).toBe('{"a":1}');
    expect(Messages?.[0]?.MessageAttributes?.["ErrorMessage"]?.StringValue).toBe("never");
    sqs.destroy();
  });
});

test("functions and mappings survive a restart", async () => {
  const name = await newFunction("export const handler = async () => 'still here';");
  await cloud.stop({ keepState: true });
  cloud = await startCloud({ factories, stateDirectory: cloud.stateDirectory });
  lambda.destroy();
  lambda = new LambdaClient(cloud.clientConfig);
  expect((await invoke(name)).value).toBe("still here");
});
