import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLogs } from "../../../local/services/logs/index.ts";
import { fakeLambda, functionArn, named, openWorkbench, type Workbench } from "./harness.ts";

let bench: Workbench;
const lambda = fakeLambda({
  echo: (payload) => payload,
  double: (payload) => (payload as { n: number }).n * 2,
  broken: () => {
    throw named("Broken", "no way");
  },
  slow: () => new Promise((resolve) => setTimeout(() => resolve("late"), 3_000)),
});

beforeEach(async () => {
  lambda.calls.length = 0;
  bench = await openWorkbench([lambda]);
});
afterEach(() => bench.test.stop());

describe("a machine of Pass states", () => {
  test("runs and writes AWS's history", async () => {
    const ended = await bench.run(
      {
        StartAt: "A",
        States: { A: { Type: "Pass", Result: { x: 1 }, ResultPath: "$.a", Next: "B" }, B: { Type: "Succeed" } },
      },
      { given: true },
    );
    expect(ended).toMatchObject({ status: "SUCCEEDED", output: { given: true, a: { x: 1 } } });
    const events = await bench.history(ended.arn);
    expect(events.map(({ id, previousEventId, type }) => [id, previousEventId, type])).toEqual([
      [1, 0, "ExecutionStarted"],
      [2, 0, "PassStateEntered"],
      [3, 2, "PassStateExited"],
      [4, 3, "SucceedStateEntered"],
      [5, 4, "SucceedStateExited"],
      [6, 5, "ExecutionSucceeded"],
    ]);
    expect(events[2]?.stateExitedEventDetails).toEqual({
      name: "A",
      output: '{"given":true,"a":{"x":1}}',
      outputDetails: { truncated: false },
    });
  });

  test("costs less than a millisecond a transition", async () => {
    const count = 300;
    const States = Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `S${index}`,
        { Type: "Pass", ...(index === count - 1 ? { End: true } : { Next: `S${index + 1}` }) },
      ]),
    );
    const machine = await bench.create({ StartAt: "S0", States });
    await bench.ended(await bench.start(machine, { warm: "up" }));
    const before = performance.now();
    await bench.ended(await bench.start(machine, { some: "data" }));
    expect((performance.now() - before) / count).toBeLessThan(1);
  });
});

describe("a Lambda function as the resource", () => {
  test("gives its answer as the result, with the Lambda events", async () => {
    const ended = await bench.run(
      {
        StartAt: "T",
        States: { T: { Type: "Task", Resource: functionArn("double"), ResultPath: "$.twice", End: true } },
      },
      { n: 21 },
    );
    expect(ended.output).toEqual({ n: 21, twice: 42 });
    expect((await bench.history(ended.arn)).map((event) => event.type)).toEqual([
      "ExecutionStarted",
      "TaskStateEntered",
      "LambdaFunctionScheduled",
      "LambdaFunctionStarted",
      "LambdaFunctionSucceeded",
      "TaskStateExited",
      "ExecutionSucceeded",
    ]);
  });

  test("fails the execution with its error type", async () => {
    const ended = await bench.run({
      StartAt: "T",
      States: { T: { Type: "Task", Resource: functionArn("broken"), End: true } },
    });
    expect(ended).toMatchObject({
      status: "FAILED",
      error: "Broken",
      cause: '{"errorType":"Broken","errorMessage":"no way"}',
    });
  });

  test("times out by TimeoutSeconds", async () => {
    const ended = await bench.run({
      StartAt: "T",
      States: { T: { Type: "Task", Resource: functionArn("slow"), TimeoutSeconds: 1, End: true } },
    });
    expect(ended).toMatchObject({ status: "FAILED", error: "States.Timeout" });
    expect((await bench.history(ended.arn)).map((event) => event.type)).toContain("LambdaFunctionTimedOut");
  });
});

describe("Parallel and Map", () => {
  test("branches give their outputs in order", async () => {
    const ended = await bench.run(
      {
        QueryLanguage: "JSONata",
        StartAt: "P",
        States: {
          P: {
            Type: "Parallel",
            Branches: [
              { StartAt: "A", States: { A: { Type: "Wait", Seconds: 0, End: true, Output: "a" } } },
              { StartAt: "B", States: { B: { Type: "Pass", End: true, Output: "{% $states.input.n + 1 %}" } } },
            ],
            End: true,
          },
        },
      },
      { n: 1 },
    );
    expect(ended.output).toEqual(["a", 2]);
  });

  test("a failing branch ends its siblings and can be caught", async () => {
    const ended = await bench.run({
      StartAt: "P",
      States: {
        P: {
          Type: "Parallel",
          Branches: [
            { StartAt: "W", States: { W: { Type: "Wait", Seconds: 3600, End: true } } },
            { StartAt: "F", States: { F: { Type: "Fail", Error: "Oops", Cause: "why" } } },
          ],
          Catch: [{ ErrorEquals: ["Oops"], ResultPath: "$.caught", Next: "Done" }],
          End: true,
        },
        Done: { Type: "Succeed" },
      },
    });
    expect(ended).toMatchObject({ status: "SUCCEEDED", output: { caught: { Error: "Oops", Cause: "why" } } });
  });

  test("an inline Map keeps the order and shows the item in the context", async () => {
    const ended = await bench.run(
      {
        StartAt: "M",
        States: {
          M: {
            Type: "Map",
            ItemsPath: "$.list",
            MaxConcurrency: 2,
            ItemSelector: { "value.$": "$$.Map.Item.Value", "index.$": "$$.Map.Item.Index", "all.$": "$.factor" },
            ItemProcessor: { StartAt: "T", States: { T: { Type: "Task", Resource: functionArn("echo"), End: true } } },
            End: true,
          },
        },
      },
      { list: ["a", "b", "c"], factor: 7 },
    );
    expect(ended.output).toEqual([
      { value: "a", index: 0, all: 7 },
      { value: "b", index: 1, all: 7 },
      { value: "c", index: 2, all: 7 },
    ]);
  });
});

describe("Retry", () => {
  test("tries again after the interval and counts the retries", async () => {
    let calls = 0;
    const flaky = fakeLambda({
      flaky: () => {
        calls += 1;
        if (calls < 3) throw named("Flaky");
        return calls;
      },
    });
    const own = await openWorkbench([flaky]);
    const ended = await own.run({
      StartAt: "T",
      States: {
        T: {
          Type: "Task",
          Resource: functionArn("flaky"),
          Retry: [{ ErrorEquals: ["Flaky"], IntervalSeconds: 1, BackoffRate: 1, JitterStrategy: "FULL" }],
          End: true,
        },
      },
    });
    expect(ended).toMatchObject({ status: "SUCCEEDED", output: 3 });
    await own.test.stop();
  });
});

describe("logging", () => {
  const machine = (level: string, includeExecutionData: boolean) => ({
    name: `logged-${level}`,
    roleArn: "arn:aws:iam::000000000000:role/workflow",
    definition: JSON.stringify({
      StartAt: "A",
      States: { A: { Type: "Pass", Result: "secret", Next: "F" }, F: { Type: "Fail", Error: "E", Cause: "C" } },
    }),
    loggingConfiguration: {
      level,
      includeExecutionData,
      destinations: [
        {
          cloudWatchLogsLogGroup: {
            logGroupArn: "arn:aws:logs:us-east-1:000000000000:log-group:/aws/vendedlogs/sfn:*",
          },
        },
      ],
    },
  });

  test.each([
    ["ALL", ["ExecutionStarted", "PassStateEntered", "PassStateExited", "FailStateEntered", "ExecutionFailed"]],
    ["ERROR", ["FailStateEntered", "ExecutionFailed"]],
    ["FATAL", ["ExecutionFailed"]],
  ])("level %s delivers the history to the log group", async (level, types) => {
    const own = await openWorkbench([createLogs]);
    const { stateMachineArn } = await own.cloud.call("stepfunctions", "CreateStateMachine", machine(level, false));
    await own.ended(await own.start(stateMachineArn));
    const events = async () => {
      const found = await own.cloud
        .call("logs", "FilterLogEvents", { logGroupName: "/aws/vendedlogs/sfn" })
        .catch(() => ({ events: [] }));
      return found.events.map((event: { message: string }) => JSON.parse(event.message));
    };
    await own.until(async () => (await events()).length === types.length);
    expect((await events()).map((event: { type: string }) => event.type)).toEqual(types);
    expect(JSON.stringify(await events())).not.toContain("secret");
    await own.test.stop();
  });
});

test("a machine that loops without waiting does not hold up the process", async () => {
  const loop = await bench.create({
    StartAt: "A",
    States: {
      A: { Type: "Pass", Next: "B" },
      B: { Type: "Choice", Choices: [{ Variable: "$", IsPresent: true, Next: "A" }], Default: "E" },
      E: { Type: "Succeed" },
    },
  });
  const arn = await bench.start(loop);
  let longestMillis = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    longestMillis = Math.max(longestMillis, performance.now() - last);
    last = performance.now();
  }, 1);
  await bench.ended(arn);
  clearInterval(timer);
  expect(longestMillis).toBeLessThan(100);
});
