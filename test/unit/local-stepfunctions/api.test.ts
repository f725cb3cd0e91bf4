import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openWorkbench, ROLE, type Workbench } from "./harness.ts";

let bench: Workbench;
beforeAll(async () => {
  bench = await openWorkbench();
});
afterAll(() => bench.test.stop());

const call = (operation: string, input: object) => bench.cloud.call("stepfunctions", operation, input);
const pass = { StartAt: "A", States: { A: { Type: "Pass", End: true } } };
const waits = { StartAt: "W", States: { W: { Type: "Wait", Seconds: 600, End: true } } };

describe("state machines", () => {
  test("are created once: the same again succeeds, another of that name does not", async () => {
    const input = { name: "once", definition: JSON.stringify(pass), roleArn: ROLE };
    const first = await call("CreateStateMachine", input);
    expect(first.stateMachineArn).toBe("arn:aws:states:us-east-1:000000000000:stateMachine:once");
    expect(await call("CreateStateMachine", input)).toEqual(first);
    const other = call("CreateStateMachine", { ...input, definition: JSON.stringify(waits) });
    await expect(other).rejects.toMatchObject({ code: "StateMachineAlreadyExists" });
  });

  test.each([
    ["InvalidName", { name: "a b" }],
    ["InvalidArn", { roleArn: "me" }],
    ["InvalidDefinition", { definition: "{}" }],
    ["ValidationException", { type: "EXPRESS" }],
    ["ValidationException", { publish: true }],
  ])("%s for %j", async (code, change) => {
    const input = { name: "refused", definition: JSON.stringify(pass), roleArn: ROLE, ...change };
    await expect(call("CreateStateMachine", input)).rejects.toMatchObject({ code });
  });

  test("an update does not change what runs; DescribeStateMachineForExecution shows the old definition", async () => {
    const stateMachineArn = await bench.create(waits, "updated");
    const executionArn = await bench.start(stateMachineArn);
    await call("UpdateStateMachine", { stateMachineArn, definition: JSON.stringify(pass) });
    const old = await call("DescribeStateMachineForExecution", { executionArn });
    expect(JSON.parse(old.definition)).toEqual(waits);
    const now = await call("DescribeStateMachine", { stateMachineArn });
    expect(JSON.parse(now.definition)).toEqual(pass);
    expect(now).toMatchObject({ status: "ACTIVE", type: "STANDARD", roleArn: ROLE });
    await call("StopExecution", { executionArn });
  });

  test("deletion ends what runs", async () => {
    const stateMachineArn = await bench.create(waits, "deleted");
    const executionArn = await bench.start(stateMachineArn);
    await call("DeleteStateMachine", { stateMachineArn });
    expect((await bench.ended(executionArn)).status).toBe("ABORTED");
    await expect(call("DescribeStateMachine", { stateMachineArn })).rejects.toMatchObject({
      code: "StateMachineDoesNotExist",
    });
    expect(await call("DeleteStateMachine", { stateMachineArn })).toEqual({});
  });

  test("tags", async () => {
    const resourceArn = await bench.create(pass, "tagged");
    await call("TagResource", {
      resourceArn,
      tags: [
        { key: "a", value: "1" },
        { key: "b", value: "2" },
      ],
    });
    await call("UntagResource", { resourceArn, tagKeys: ["a"] });
    expect((await call("ListTagsForResource", { resourceArn })).tags).toEqual([{ key: "b", value: "2" }]);
  });

  test("ValidateStateMachineDefinition reports instead of failing", async () => {
    expect(await call("ValidateStateMachineDefinition", { definition: JSON.stringify(pass) })).toEqual({
      result: "OK",
      diagnostics: [],
      truncated: false,
    });
    expect(await call("ValidateStateMachineDefinition", { definition: "{}" })).toMatchObject({ result: "FAIL" });
  });
});

describe("executions", () => {
  test("the same name and input while running is the same execution; anything else is refused", async () => {
    const machine = await bench.create(waits, "idempotent");
    const first = await bench.start(machine, { a: 1 }, "run");
    expect(await bench.start(machine, { a: 1 }, "run")).toBe(first);
    await expect(bench.start(machine, { a: 2 }, "run")).rejects.toMatchObject({ code: "ExecutionAlreadyExists" });
    await call("StopExecution", { executionArn: first, error: "Enough", cause: "for today" });
    expect(await bench.ended(first)).toMatchObject({ status: "ABORTED", error: "Enough", cause: "for today" });
    await expect(bench.start(machine, { a: 1 }, "run")).rejects.toMatchObject({ code: "ExecutionAlreadyExists" });
  });

  test.each(["", "a b", "a/b", "a:b", "x".repeat(81), "a\u0001"])("the name %j is refused", async (name) => {
    const stateMachineArn = await bench
      .create(pass, "names")
      .catch(() => "arn:aws:states:us-east-1:000000000000:stateMachine:names");
    await expect(call("StartExecution", { stateMachineArn, name })).rejects.toMatchObject({
      code: expect.stringMatching(/InvalidName|ValidationException/),
    });
  });

  test("input must be JSON", async () => {
    const stateMachineArn = await bench.create(pass, "inputs");
    await expect(call("StartExecution", { stateMachineArn, input: "{" })).rejects.toMatchObject({
      code: "InvalidExecutionInput",
    });
  });

  test("lists are newest first, filtered by status, in pages that neither repeat nor skip", async () => {
    const machine = await bench.create(pass, "listed");
    const started: string[] = [];
    for (let index = 0; index < 5; index += 1) started.push(await bench.start(machine, {}, `run-${index}`));
    for (const arn of started) await bench.ended(arn);
    const first = await call("ListExecutions", { stateMachineArn: machine, maxResults: 2, statusFilter: "SUCCEEDED" });
    await bench.ended(await bench.start(machine, {}, "run-5"));
    const second = await call("ListExecutions", {
      stateMachineArn: machine,
      maxResults: 9,
      nextToken: first.nextToken,
    });
    const names = [...first.executions, ...second.executions].map((each: { name: string }) => each.name);
    expect(names).toEqual(["run-4", "run-3", "run-2", "run-1", "run-0"]);
    expect(second.nextToken).toBeUndefined();
    expect((await call("ListExecutions", { stateMachineArn: machine, statusFilter: "FAILED" })).executions).toEqual([]);
  });

  test("history in reverse and in pages", async () => {
    const ended = await bench.run(pass);
    const first = await call("GetExecutionHistory", { executionArn: ended.arn, reverseOrder: true, maxResults: 3 });
    const rest = await call("GetExecutionHistory", {
      executionArn: ended.arn,
      reverseOrder: true,
      nextToken: first.nextToken,
    });
    expect([...first.events, ...rest.events].map((event: { id: number }) => event.id)).toEqual([4, 3, 2, 1]);
    const bare = await call("GetExecutionHistory", { executionArn: ended.arn, includeExecutionData: false });
    expect(bare.events[1].stateEnteredEventDetails).toEqual({ name: "A", inputDetails: { truncated: false } });
  });

  test.each([
    ["StartSyncExecution", "StateMachineTypeNotSupported"],
    ["RedriveExecution", "ValidationException"],
  ])("%s is refused by name", async (operation, code) => {
    const stateMachineArn = await bench.create(pass, `for-${operation}`);
    const executionArn = await bench.start(stateMachineArn);
    const input = operation === "RedriveExecution" ? { executionArn } : { stateMachineArn };
    await expect(call(operation, input)).rejects.toMatchObject({ code });
  });
});
