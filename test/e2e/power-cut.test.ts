import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../../cli/support/wait.ts";
import { type DeployedFactory, deployFactory, put, putAndWait, settle } from "./support/factory.ts";
import { modelsDirectory, smallCsv, smallModel } from "./support/tabular.ts";

const MODEL = "small";
let factory: DeployedFactory;

beforeAll(async () => {
  const slow = smallModel(MODEL).replace("num_round: 20", "num_round: 4000");
  factory = await deployFactory({ models: modelsDirectory({ [MODEL]: slow }) });
});
afterAll(() => factory?.stop());

describe("a power cut in the middle of training", () => {
  it("ends in a recorded failure, and the next upload works", async () => {
    await put(factory.session, MODEL, "a.csv", smallCsv(4000, 1));
    const running = await until("a training job", 60, async () => {
      const [run] = await factory.session.registry.listRuns(MODEL, 1);
      return run?.outcome === "running" && run.datasetId !== null ? run : undefined;
    });
    await factory.kill();
    await factory.restart();

    const [run] = await settle(factory.session, MODEL, 1);
    expect(run?.runId).toBe(running.runId);
    expect(run?.outcome).toBe("failed");
    expect(run?.reason).toMatch(/restart|stopped|interrupted|InternalServerError/i);
    const head = await factory.session.registry.getHead(MODEL);
    expect(head.trainingLease).toBeNull();

    const batch = await putAndWait(factory.session, MODEL, "b.csv", smallCsv(1500, 2, 10_000));
    expect(batch.status).toBe("accepted");
    const runs = await settle(factory.session, MODEL, 2);
    expect(runs[0]?.outcome).toBe("succeeded");
    expect((await factory.session.registry.getHead(MODEL)).champion).toBe(1);
  });

  it("leaves the endpoint serving after another one", async () => {
    await factory.kill();
    await factory.restart();
    const { InvokeEndpointCommand } = await import("@aws-sdk/client-sagemaker-runtime");
    const answer = await until("the endpoint", 30, async () => {
      try {
        return await factory.session.runtime.send(
          new InvokeEndpointCommand({
            EndpointName: `dev-${MODEL}`,
            ContentType: "application/json",
            Body: JSON.stringify({ instances: [{ size: 50, colour: "red" }] }),
          }),
        );
      } catch {
        return undefined;
      }
    });
    expect(answer.InvokedProductionVariant).toBe("champion");
  });
});
