import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { fakeLambda, functionArn, openWorkbench, type Workbench } from "./harness.ts";

const open: Workbench[] = [];
const folders: string[] = [];

/** The state as a killed process leaves it: copied while everything runs, opened by another cloud. */
async function afterKill(bench: Workbench, others: Parameters<typeof openWorkbench>[0] = []): Promise<Workbench> {
  const folder = mkdtempSync(join(tmpdir(), "mlops-killed-"));
  folders.push(folder);
  cpSync(bench.test.stateDirectory, folder, { recursive: true });
  const next = await openWorkbench(others, { stateDirectory: folder });
  open.push(next);
  return next;
}

async function fresh(others: Parameters<typeof openWorkbench>[0] = []): Promise<Workbench> {
  const bench = await openWorkbench(others);
  open.push(bench);
  return bench;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((bench) => bench.test.stop()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const entered = async (bench: Workbench, arn: string, name: string) =>
  (await bench.history(arn)).some((event) => event.stateEnteredEventDetails?.name === name);

describe("after a kill and a restart", () => {
  test("a Wait ends at its own moment, not a whole wait later", async () => {
    const bench = await fresh();
    const began = Date.now();
    const arn = await bench.start(
      await bench.create({
        StartAt: "W",
        States: { W: { Type: "Wait", Seconds: 1, Next: "D" }, D: { Type: "Pass", Result: "done", End: true } },
      }),
    );
    await bench.until(() => entered(bench, arn, "W"));
    await new Promise((resolve) => setTimeout(resolve, 600));
    const next = await afterKill(bench);
    expect(await next.ended(arn)).toMatchObject({ status: "SUCCEEDED", output: "done" });
    expect(Date.now() - began).toBeLessThan(1_400);
  });

  test("variables, retry counts and the context survive", async () => {
    const bench = await fresh();
    const arn = await bench.start(
      await bench.create({
        QueryLanguage: "JSONata",
        StartAt: "A",
        States: {
          A: { Type: "Pass", Assign: { kept: "{% $states.input.x %}" }, Next: "W" },
          W: { Type: "Wait", Seconds: 1, Next: "B" },
          B: { Type: "Pass", Output: "{% {'kept': $kept, 'id': $states.context.Execution.Id} %}", End: true },
        },
      }),
      { x: 42 },
    );
    await bench.until(() => entered(bench, arn, "W"));
    const next = await afterKill(bench);
    expect((await next.ended(arn)).output).toEqual({ kept: 42, id: arn });
  });

  test("a Lambda task that was in flight is run again", async () => {
    const bench = await fresh([fakeLambda({ work: () => new Promise(() => undefined) })]);
    const arn = await bench.start(
      await bench.create({ StartAt: "T", States: { T: { Type: "Task", Resource: functionArn("work"), End: true } } }),
    );
    await bench.until(() => entered(bench, arn, "T"));
    const next = await afterKill(bench, [fakeLambda({ work: () => "second time" })]);
    expect(await next.ended(arn)).toMatchObject({ status: "SUCCEEDED", output: "second time" });
    const types = (await next.history(arn)).map((event) => event.type);
    expect(types.filter((type) => type === "LambdaFunctionScheduled")).toHaveLength(1);
  });

  test("a task token is still valid", async () => {
    const tokens: string[] = [];
    const lambda = () =>
      fakeLambda({
        notify: (payload) => {
          tokens.push((payload as { token: string }).token);
          return null;
        },
      });
    const bench = await fresh([lambda()]);
    const arn = await bench.start(
      await bench.create({
        StartAt: "T",
        States: {
          T: {
            Type: "Task",
            Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken",
            Parameters: { FunctionName: "notify", Payload: { "token.$": "$$.Task.Token" } },
            End: true,
          },
        },
      }),
    );
    await bench.until(async () => (await bench.history(arn)).some((event) => event.type === "TaskSubmitted"));
    const next = await afterKill(bench, [lambda()]);
    await next.cloud.call("stepfunctions", "SendTaskSuccess", { taskToken: tokens[0], output: '{"ok":1}' });
    expect(await next.ended(arn)).toMatchObject({ status: "SUCCEEDED", output: { ok: 1 } });
    expect(tokens).toHaveLength(1);
  });

  test("nested Map and Parallel go on where each branch was; what was done is not done again", async () => {
    let held = true;
    const make = () =>
      fakeLambda({
        step: async (payload) => {
          const { n } = payload as { n: number };
          if (n === 2 && held) await new Promise(() => undefined);
          return n * 10;
        },
      });
    const first = make();
    const bench = await fresh([first]);
    const arn = await bench.start(
      await bench.create({
        StartAt: "M",
        States: {
          M: {
            Type: "Map",
            ItemsPath: "$.list",
            ItemProcessor: {
              StartAt: "P",
              States: {
                P: {
                  Type: "Parallel",
                  Branches: [
                    { StartAt: "T", States: { T: { Type: "Task", Resource: functionArn("step"), End: true } } },
                    { StartAt: "X", States: { X: { Type: "Pass", Result: "x", End: true } } },
                  ],
                  End: true,
                },
              },
            },
            End: true,
          },
        },
      }),
      { list: [{ n: 1 }, { n: 2 }, { n: 3 }] },
    );
    await bench.until(async () => {
      const types = (await bench.history(arn)).map((event) => event.type);
      return types.filter((type) => type === "MapIterationSucceeded").length === 2;
    });
    held = false;
    const second = make();
    const next = await afterKill(bench, [second]);
    expect(await next.ended(arn)).toMatchObject({
      status: "SUCCEEDED",
      output: [
        [10, "x"],
        [20, "x"],
        [30, "x"],
      ],
    });
    expect(second.calls.map((call) => (call.payload as { n: number }).n)).toEqual([2]);
  });

  test("what had ended stays as it was, and a torn last line is dropped", async () => {
    const bench = await fresh();
    const ended = await bench.run({ StartAt: "A", States: { A: { Type: "Pass", Result: 1, End: true } } });
    const next = await afterKill(bench);
    expect(await next.ended(ended.arn)).toMatchObject({ status: "SUCCEEDED", output: 1 });
    expect(await next.history(ended.arn)).toHaveLength(4);
  });

  test("a graceful stop leaves running executions running", async () => {
    const bench = await fresh();
    const machine = await bench.create({
      StartAt: "W",
      States: { W: { Type: "Wait", Seconds: 1, Next: "D" }, D: { Type: "Succeed" } },
    });
    const arn = await bench.start(machine);
    await bench.until(() => entered(bench, arn, "W"));
    const folder = mkdtempSync(join(tmpdir(), "mlops-stopped-"));
    folders.push(folder);
    await bench.test.cloud.service("stepfunctions").stop?.();
    cpSync(bench.test.stateDirectory, folder, { recursive: true });
    const next = await openWorkbench([], { stateDirectory: folder });
    open.push(next);
    expect((await next.ended(arn)).status).toBe("SUCCEEDED");
  });
});
