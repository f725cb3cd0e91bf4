import { afterEach, describe, expect, test } from "vitest";
import { AwsError } from "../../../local/kernel/aws-error.ts";
import type { LocalService } from "../../../local/kernel/cloud.ts";
import { fakeLambda, named, openWorkbench, type Workbench } from "./harness.ts";

const open: Workbench[] = [];
async function fresh(...args: Parameters<typeof openWorkbench>): Promise<Workbench> {
  const bench = await openWorkbench(...args);
  open.push(bench);
  return bench;
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((bench) => bench.test.stop()));
});

describe("lambda:invoke", () => {
  const invoke = (rest: object = {}) => ({
    QueryLanguage: "JSONata",
    StartAt: "T",
    States: {
      T: {
        Type: "Task",
        Resource: "arn:aws:states:::lambda:invoke",
        Arguments: "{% {'FunctionName': 'work', 'Payload': $states.input} %}",
        End: true,
        ...rest,
      },
    },
  });

  test("wraps the answer; Arguments may be one expression", async () => {
    const bench = await fresh([fakeLambda({ work: (payload) => ({ got: payload }) })]);
    const ended = await bench.run(invoke(), { a: 1 });
    expect(ended.output).toMatchObject({ StatusCode: 200, ExecutedVersion: "$LATEST", Payload: { got: { a: 1 } } });
    expect(ended.output).toHaveProperty("SdkHttpMetadata.HttpStatusCode", 200);
  });

  test("the error type of the function is the error name that Catch matches", async () => {
    const bench = await fresh([
      fakeLambda({
        work: () => {
          throw named("Registry.Conflict", "taken");
        },
      }),
    ]);
    const definition = invoke({
      Catch: [{ ErrorEquals: ["Registry.Conflict"], Output: "{% $states.errorOutput.Error %}", Next: "Done" }],
    });
    Object.assign(definition.States, { Done: { Type: "Succeed" } });
    expect((await bench.run(definition)).output).toBe("Registry.Conflict");
  });

  test("throttling is Lambda.TooManyRequestsException", async () => {
    const lambda: LocalService = {
      id: "lambda",
      operations: {
        Invoke() {
          throw new AwsError("TooManyRequestsException", 429, "Rate Exceeded.");
        },
      },
    };
    const bench = await fresh([lambda]);
    expect((await bench.run(invoke())).error).toBe("Lambda.TooManyRequestsException");
  });
});

describe("task tokens", () => {
  const machine = (rest: object = {}) => ({
    StartAt: "T",
    States: {
      T: {
        Type: "Task",
        Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken",
        Parameters: { FunctionName: "ask", Payload: { "token.$": "$$.Task.Token" } },
        End: true,
        ...rest,
      },
    },
  });
  const asked: string[] = [];
  const ask = () =>
    fakeLambda({
      ask: (payload) => {
        asked.push((payload as { token: string }).token);
      },
    });

  test("SendTaskFailure fails the state", async () => {
    const bench = await fresh([ask()]);
    const arn = await bench.start(await bench.create(machine()));
    asked.length = 0;
    await bench.until(() => asked.length === 1);
    await bench.cloud.call("stepfunctions", "SendTaskFailure", { taskToken: asked[0], error: "Refused", cause: "no" });
    expect(await bench.ended(arn)).toMatchObject({ status: "FAILED", error: "Refused", cause: "no" });
  });

  test("a missed heartbeat is States.HeartbeatTimeout; heartbeats keep the task alive", async () => {
    const bench = await fresh([ask()]);
    asked.length = 0;
    const began = Date.now();
    const arn = await bench.start(await bench.create(machine({ HeartbeatSeconds: 1 })));
    await bench.until(() => asked.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 700));
    await bench.cloud.call("stepfunctions", "SendTaskHeartbeat", { taskToken: asked[0] });
    expect(await bench.ended(arn)).toMatchObject({ status: "FAILED", error: "States.HeartbeatTimeout" });
    expect(Date.now() - began).toBeGreaterThan(1_600);
    const late = bench.cloud.call("stepfunctions", "SendTaskSuccess", { taskToken: asked[0], output: "{}" });
    await expect(late).rejects.toMatchObject({ code: "TaskTimedOut" });
  });

  test("a text that is no token is InvalidToken", async () => {
    const bench = await fresh();
    const call = bench.cloud.call("stepfunctions", "SendTaskSuccess", { taskToken: "x", output: "{}" });
    await expect(call).rejects.toMatchObject({ code: "InvalidToken" });
  });
});

describe("states:startExecution", () => {
  const child = { StartAt: "C", States: { C: { Type: "Pass", Parameters: { "got.$": "$.n" }, End: true } } };
  const parent = (resource: string, machineArn: string) => ({
    StartAt: "S",
    States: {
      S: {
        Type: "Task",
        Resource: `arn:aws:states:::states:startExecution${resource}`,
        Parameters: { StateMachineArn: machineArn, Input: { "n.$": "$.n" } },
        End: true,
      },
    },
  });

  test("without a pattern gives the ARN at once", async () => {
    const bench = await fresh();
    const ended = await bench.run(parent("", await bench.create(child, "child")), { n: 1 });
    expect(ended.output).toHaveProperty("ExecutionArn");
  });

  test(".sync gives the output as text, .sync:2 as JSON", async () => {
    const bench = await fresh();
    const machine = await bench.create(child, "child");
    expect((await bench.run(parent(".sync", machine), { n: 1 })).output).toMatchObject({
      Status: "SUCCEEDED",
      Output: '{"got":1}',
    });
    expect((await bench.run(parent(".sync:2", machine), { n: 2 })).output).toMatchObject({
      Status: "SUCCEEDED",
      Output: { got: 2 },
      Input: { n: 2 },
    });
  });

  test("a failed child is States.TaskFailed", async () => {
    const bench = await fresh();
    const machine = await bench.create(
      { StartAt: "F", States: { F: { Type: "Fail", Error: "E", Cause: "C" } } },
      "child",
    );
    const ended = await bench.run(parent(".sync:2", machine), { n: 1 });
    expect(ended.error).toBe("States.TaskFailed");
    expect(JSON.parse(ended.cause ?? "")).toMatchObject({ Status: "FAILED", Error: "E", Cause: "C" });
  });
});

describe("AWS SDK integrations", () => {
  const task = (resource: string, parameters: object) => ({
    StartAt: "T",
    States: {
      T: { Type: "Task", Resource: `arn:aws:states:::aws-sdk:${resource}`, Parameters: parameters, End: true },
    },
  });

  test("members are PascalCase, timestamps ISO texts, bodies text", async () => {
    const s3: LocalService = {
      id: "s3",
      operations: {
        GetObject: () => ({
          Body: (async function* () {
            yield Buffer.from("he");
            yield Buffer.from("llo");
          })(),
          LastModified: new Date(0),
          ContentLength: 5,
        }),
      },
    };
    const bench = await fresh([s3]);
    const ended = await bench.run(task("s3:getObject", { Bucket: "b", Key: "k" }));
    expect(ended.output).toEqual({ Body: "hello", LastModified: "1970-01-01T00:00:00.000Z", ContentLength: 5 });
  });

  test("reaches services whose API is in lower camel case", async () => {
    const bench = await fresh();
    const machine = await bench.create({ StartAt: "A", States: { A: { Type: "Pass", End: true } } }, "known");
    const ended = await bench.run(task("sfn:describeStateMachine", { StateMachineArn: machine }));
    expect(ended.output).toMatchObject({ Name: "known", Type: "STANDARD", StateMachineArn: machine });
  });

  test.each([
    ["ResourceNotFoundException", "DynamoDb.ResourceNotFoundException"],
    ["ValidationException", "DynamoDb.DynamoDbException"],
    ["InternalServerError", "DynamoDb.InternalServerErrorException"],
  ])("%s becomes %s", async (code, name) => {
    const dynamodb: LocalService = {
      id: "dynamodb",
      operations: {
        GetItem() {
          throw new AwsError(code, 400, "the message");
        },
      },
    };
    const bench = await fresh([dynamodb]);
    const ended = await bench.run(task("dynamodb:getItem", { TableName: "table", Key: { id: { S: "1" } } }));
    expect(ended.error).toBe(name);
    expect(ended.cause).toMatch(/^the message \(Service: DynamoDb, Status Code: 400, Request ID: /);
  });
});
