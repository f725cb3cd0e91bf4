import { afterEach, describe, expect, test } from "vitest";
import type { LocalService } from "../../../local/kernel/cloud.ts";
import { fakeLambda, openWorkbench, type Workbench } from "./harness.ts";

const open: Workbench[] = [];
async function fresh(...args: Parameters<typeof openWorkbench>): Promise<Workbench> {
  const bench = await openWorkbench(...args);
  open.push(bench);
  return bench;
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((bench) => bench.test.stop()));
});

describe("executions as a whole", () => {
  test("TimeoutSeconds of the machine ends it as TIMED_OUT", async () => {
    const bench = await fresh();
    const ended = await bench.run({
      TimeoutSeconds: 1,
      StartAt: "W",
      States: { W: { Type: "Wait", Seconds: 60, End: true } },
    });
    expect(ended).toMatchObject({ status: "TIMED_OUT", error: "States.Timeout" });
    expect((await bench.history(ended.arn)).at(-1)?.type).toBe("ExecutionTimedOut");
  });

  test("status changes are published and counted", async () => {
    const metrics: { MetricName: string }[] = [];
    const cloudwatch: LocalService = {
      id: "cloudwatch",
      operations: {
        PutMetricData(input: { MetricData: { MetricName: string }[] }) {
          metrics.push(...input.MetricData);
          return {};
        },
      },
    };
    const bench = await fresh([cloudwatch]);
    const ended = await bench.run({ StartAt: "A", States: { A: { Type: "Pass", Result: "r", End: true } } }, { i: 1 });
    const events = bench.test.published.filter((event) => event.source === "aws.states");
    expect(events.map((event) => event.detail.status)).toEqual(["RUNNING", "SUCCEEDED"]);
    expect(events[1]).toMatchObject({
      "detail-type": "Step Functions Execution Status Change",
      resources: [ended.arn],
      detail: { executionArn: ended.arn, input: '{"i":1}', output: '"r"', outputDetails: { included: true } },
    });
    await bench.until(() => metrics.length >= 3);
    expect(metrics.map((metric) => metric.MetricName)).toEqual([
      "ExecutionsStarted",
      "ExecutionsSucceeded",
      "ExecutionTime",
    ]);
  });

  test("an output above 256 KiB is States.DataLimitExceeded, which States.ALL does not catch", async () => {
    const bench = await fresh([fakeLambda({ big: () => "x".repeat(300_000) })]);
    const ended = await bench.run({
      StartAt: "T",
      States: {
        T: {
          Type: "Task",
          Resource: "arn:aws:lambda:us-east-1:000000000000:function:big",
          Catch: [{ ErrorEquals: ["States.ALL"], Next: "D" }],
          End: true,
        },
        D: { Type: "Succeed" },
      },
    });
    expect(ended).toMatchObject({ status: "FAILED", error: "States.DataLimitExceeded" });
  });

  test("the history ends at 25,000 events", async () => {
    const bench = await fresh();
    const ended = await bench.run({
      StartAt: "A",
      States: {
        A: { Type: "Pass", Next: "B" },
        B: { Type: "Choice", Choices: [{ Variable: "$", IsPresent: true, Next: "A" }], Default: "E" },
        E: { Type: "Succeed" },
      },
    });
    expect(ended).toMatchObject({ status: "FAILED", error: "States.Runtime" });
    expect(ended.cause).toContain("25000");
  });
});
