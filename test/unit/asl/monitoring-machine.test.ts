import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { monitoringMachine } from "../../../core/asl/monitoring-machine.ts";
import { fakeLambda, functionArn, named, openWorkbench, type Workbench } from "../local-stepfunctions/harness.ts";

let bench: Workbench | undefined;
beforeEach(() => vi.stubEnv("MLOPS_LOCAL_TIME_SCALE", "0.002"));
afterEach(async () => {
  vi.unstubAllEnvs();
  await bench?.test.stop();
  bench = undefined;
});

async function round(models: readonly string[], broken: readonly string[], input: object = {}) {
  const checked: string[] = [];
  const requests: unknown[] = [];
  const lambda = fakeLambda({
    due: (request) => {
      requests.push(request);
      return { models: models.map((model) => ({ model, check: true, retrain: null })) };
    },
    check: (due) => {
      const { model } = due as { model: string };
      if (broken.includes(model)) throw named("registry.not-found", `there is no version of ${model}`);
      checked.push(model);
      return { model, level: "none" };
    },
  });
  bench = await openWorkbench([lambda]);
  const machine = monitoringMachine({
    dueFunctionArn: functionArn("due"),
    driftCheckFunctionArn: functionArn("check"),
  });
  return { ended: await bench.run(machine, input), checked: checked.sort(), requests };
}

describe("the monitoring machine", () => {
  it("visits every model that is due, and hands on who is asked for", async () => {
    const { ended, checked, requests } = await round(["a", "b", "c", "d", "e", "f"], [], {
      models: ["a"],
      force: true,
    });
    expect(ended.status).toBe("SUCCEEDED");
    expect(checked).toEqual(["a", "b", "c", "d", "e", "f"]);
    expect(requests).toEqual([{ models: ["a"], force: true }]);
  });

  it("ends well when nothing is due", async () => {
    expect((await round([], [])).ended.status).toBe("SUCCEEDED");
  });

  it("checks the others when one cannot be checked, and fails with its name and reason", async () => {
    const { ended, checked } = await round(["a", "b", "c"], ["b"]);
    expect(checked).toEqual(["a", "c"]);
    expect(ended).toMatchObject({ status: "FAILED", error: "monitoring.check-failed" });
    expect(ended.cause).toMatch(/^b: registry\.not-found .*there is no version of b/);
  });
});
