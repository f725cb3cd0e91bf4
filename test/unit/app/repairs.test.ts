import { describe, expect, it } from "vitest";
import { dueModels } from "../../../app/use-cases/due-models.ts";
import { executionEnded } from "../../../app/use-cases/execution-ended.ts";
import { failTraining } from "../../../app/use-cases/fail-training.ts";
import { operate } from "../../../app/use-cases/operate.ts";
import { planDelivery } from "../../../app/use-cases/plan-delivery.ts";
import { planTraining } from "../../../app/use-cases/plan-training.ts";
import { requestTraining } from "../../../app/use-cases/request-training.ts";
import { MlopsError } from "../../../core/errors/mlops-error.ts";
import type { DeliveryRequest, TrainingRequest } from "../../../core/registry/types.ts";
import { runEverything, runTraining, upload } from "../../support/machine-driver.ts";
import { createWorld, publish, strikesCsv, testDefinitionYaml, type World } from "../../support/memory-ports.ts";

async function serving(sections: Record<string, string> = {}): Promise<World> {
  const world = createWorld();
  await publish(world, testDefinitionYaml("strikes", sections));
  await upload(world, "strikes/incoming/a.csv", strikesCsv(800));
  await runEverything(world);
  return world;
}

const person = { model: "strikes", requestedBy: "ana", reason: "test" };

describe("a training run that fails", () => {
  it("is cleaned up with SageMaker's reason when the job's log cannot be read", async () => {
    const world = await serving();
    await upload(world, "strikes/incoming/b.csv", strikesCsv(400, 800));
    const [request] = world.orchestrator.running("training") as TrainingRequest[];
    if (request === undefined) throw new Error("expected a run");
    world.training.scriptError = async () => {
      throw new MlopsError("cloud.refused", "could not read the log: AccessDeniedException");
    };
    await runTraining(world, request, { failTrainingJob: "AlgorithmError: ExecuteUserScriptError" });
    expect((await world.registry.getHead("strikes")).trainingLease).toBeNull();
    expect((await world.registry.getRun("strikes", request.runId))?.reason).toContain("ExecuteUserScriptError");
  });

  it("leaves no job behind that goes on and costs money", async () => {
    const world = await serving();
    await upload(world, "strikes/incoming/b.csv", strikesCsv(400, 800));
    const [request] = world.orchestrator.running("training") as TrainingRequest[];
    if (request === undefined) throw new Error("expected a run");
    const job = `dev-strikes-${request.runId}-train`;
    const running = { billableSeconds: 60, failureReason: null, modelDataUrl: null, finalMetrics: {} };
    world.training.jobs.set(job, { ...running, status: "InProgress" });
    const error = { Error: "States.Timeout", Cause: "" };
    await failTraining(world.factory, { model: "strikes", runId: request.runId, fence: request.fence, error });
    expect(world.training.jobs.get(job)?.status).toBe("Stopped");
    expect(world.training.stopped).toEqual([
      job,
      `dev-strikes-${request.runId}-transform`,
      `dev-strikes-${request.runId}-baseline`,
    ]);
  });

  it("is recorded with SageMaker's reason, paid for, alerted, and the next one can start", async () => {
    const world = await serving();
    await upload(world, "strikes/incoming/b.csv", strikesCsv(400, 800));
    const [request] = world.orchestrator.running("training") as TrainingRequest[];
    if (request === undefined) throw new Error("expected a run");
    world.training.scriptErrors.set(`dev-strikes-${request.runId}-train`, "the target is constant");
    await runTraining(world, request, { failTrainingJob: "AlgorithmError: ExecuteUserScriptError" });
    const head = await world.registry.getHead("strikes");
    expect(head).toMatchObject({ champion: 1, trainingLease: null });
    expect(head.spendByMonth.usd).toBeCloseTo(2 * 0.115);
    const run = await world.registry.getRun("strikes", request.runId);
    expect(run).toMatchObject({ outcome: "failed", spendUsd: expect.closeTo(0.115) });
    expect(run?.reason).toContain("the target is constant");
    expect(world.alerts.at(-1)?.kind).toBe("training-failed");
    await operate(world.factory, { ...person, action: "retrain" });
    expect((await runEverything(world)).trainings).toEqual(["succeeded"]);
  });
});

describe("an execution that is aborted or times out", () => {
  it("gives back the training lease and starts what is pending", async () => {
    const world = await serving();
    await upload(world, "strikes/incoming/b.csv", strikesCsv(400, 800));
    const [request] = world.orchestrator.running("training") as TrainingRequest[];
    if (request === undefined) throw new Error("expected a run");
    await planTraining(world.factory, request);
    await upload(world, "strikes/incoming/c.csv", strikesCsv(400, 1_200));
    const name = `strikes-${request.runId}`;
    world.orchestrator.end("training", name, "aborted");
    const ended = { machine: "training", name, status: "ABORTED", error: null, cause: null } as const;
    expect(await executionEnded(world.factory, ended)).toEqual({ handled: true });
    expect(await executionEnded(world.factory, ended)).toEqual({ handled: false });
    expect((await world.registry.getRun("strikes", request.runId))?.outcome).toBe("failed");
    expect((await runEverything(world)).trainings).toEqual(["succeeded"]);
    expect((await world.registry.getHead("strikes")).champion).toBe(2);
  });

  it("brings the endpoint back to the champion when a delivery dies half-way", async () => {
    const world = await serving();
    await operate(world.factory, { ...person, action: "retrain" });
    const [training] = world.orchestrator.running("training") as TrainingRequest[];
    if (training === undefined) throw new Error("expected a run");
    await runTraining(world, training);
    const [request] = world.orchestrator.running("delivery") as DeliveryRequest[];
    if (request === undefined) throw new Error("expected a delivery");
    const plan = await planDelivery(world.factory, request);
    await world.training.createEndpointConfig(plan.endpointConfig);
    await world.training.putEndpoint(plan.endpointName, plan.endpointConfig.EndpointConfigName);
    const name = `strikes-${request.deliveryId}`;
    world.orchestrator.end("delivery", name, "timed-out");
    const ended = { machine: "delivery", name, status: "TIMED_OUT", error: null, cause: null } as const;
    expect(await executionEnded(world.factory, ended)).toEqual({ handled: true });
    const head = await world.registry.getHead("strikes");
    expect(head).toMatchObject({ champion: 1, deliveryLease: null, desired: null });
    expect(world.training.endpoints.get("dev-strikes")?.configName).toBe(head.endpoint?.configName);
    expect(world.training.configs.size).toBe(1);
  });

  it("does nothing for names that are none of ours", async () => {
    const world = await serving();
    const ended = { machine: "training", name: "whatever", status: "FAILED", error: null, cause: null } as const;
    expect(await executionEnded(world.factory, ended)).toEqual({ handled: false });
  });
});

describe("the monitor", () => {
  it("starts an execution whose lease was taken just before a crash", async () => {
    const world = await serving();
    const broken = {
      ...world.factory,
      orchestrator: {
        ...world.orchestrator,
        status: async () => null,
        start: () => Promise.reject(new Error("power cut")),
      },
    };
    const wish = { model: "strikes", trigger: { kind: "command", reason: "r" }, actor: "ana" } as const;
    await expect(requestTraining(broken as never, wish)).rejects.toThrow("power cut");
    expect(world.orchestrator.running("training")).toEqual([]);
    await dueModels(world.factory, {});
    expect(world.orchestrator.running("training")).toHaveLength(1);
  });

  it("releases a lease whose execution ended without a word", async () => {
    const world = await serving();
    await operate(world.factory, { ...person, action: "retrain" });
    const [request] = world.orchestrator.running("training") as TrainingRequest[];
    world.orchestrator.end("training", `strikes-${request?.runId}`, "failed");
    await dueModels(world.factory, {});
    expect((await world.registry.getHead("strikes")).trainingLease).toBeNull();
  });

  it("picks up what a ceiling has kept waiting, when the ceiling allows it again", async () => {
    const world = await serving({ retraining: "{ on: [data], maxRunsPerDay: 1 }" });
    await upload(world, "strikes/incoming/b.csv", strikesCsv(400, 800));
    expect(world.orchestrator.running("training")).toEqual([]);
    expect((await world.registry.getHead("strikes")).trainingPending).not.toBeNull();
    expect(world.alerts.filter((alert) => alert.kind === "training-ceiling")).toHaveLength(1);
    await dueModels(world.factory, {});
    expect(world.orchestrator.running("training")).toEqual([]);
    world.clock.passMinutes(24 * 60);
    await dueModels(world.factory, {});
    expect((await runEverything(world)).trainings).toEqual(["succeeded"]);
    expect((await world.registry.getHead("strikes")).champion).toBe(2);
  });

  it("returns an endpoint that somebody changed by hand to what the registry says", async () => {
    const world = await serving();
    const config = [...world.training.configs.values()][0];
    if (config === undefined) throw new Error("expected a config");
    await world.training.createEndpointConfig({ ...config, EndpointConfigName: "by-hand" });
    await world.training.putEndpoint("dev-strikes", "by-hand");
    await dueModels(world.factory, {});
    expect(world.training.endpoints.get("dev-strikes")?.configName).toBe(config.EndpointConfigName);
  });

  it("makes an endpoint again that somebody has deleted", async () => {
    const world = await serving();
    await world.training.deleteEndpoint("dev-strikes");
    await dueModels(world.factory, {});
    expect((await runEverything(world)).deliveries).toEqual(["succeeded"]);
    expect(world.training.endpoints.get("dev-strikes")?.status).toBe("InService");
  });

  it("says what is due: checks by the definition's pace, trainings by its schedule", async () => {
    const world = await serving({
      monitoring: "{ everyMinutes: 60 }",
      retraining: "{ on: [schedule, data], scheduleEveryHours: 24 }",
    });
    expect((await dueModels(world.factory, {})).models).toEqual([{ model: "strikes", check: true, retrain: null }]);
    world.clock.passMinutes(25 * 60);
    expect((await dueModels(world.factory, {})).models[0]?.retrain).toBe("schedule");
    expect((await dueModels(world.factory, { models: ["other"], force: true })).models).toEqual([]);
  });
});

describe("a champion whose SageMaker model somebody has deleted", () => {
  it("gets it back before the next comparison, which needs its predictions", async () => {
    const world = await serving();
    const champion = await world.registry.getVersion("strikes", 1);
    const before = world.training.models.get(champion?.sagemakerModel ?? "");
    await world.training.deleteModel(champion?.sagemakerModel ?? "");
    await upload(world, "strikes/incoming/b.csv", strikesCsv(400, 800));
    const [request] = world.orchestrator.running("training") as TrainingRequest[];
    if (request === undefined) throw new Error("expected a run");
    await planTraining(world.factory, request);
    expect(world.training.models.get(champion?.sagemakerModel ?? "")).toEqual(before);
  });
});

describe("money", () => {
  it("stops new runs at the month's ceiling, tells once, and the endpoint goes on", async () => {
    const world = await serving({ retraining: "{ on: [data], maxUsdPerMonth: 0.1 }" });
    await upload(world, "strikes/incoming/b.csv", strikesCsv(400, 800));
    await upload(world, "strikes/incoming/c.csv", strikesCsv(400, 1_200));
    expect(world.orchestrator.running("training")).toEqual([]);
    expect(world.alerts.filter((alert) => alert.kind === "training-ceiling")).toHaveLength(1);
    expect(world.training.endpoints.size).toBe(1);
    await expect(operate(world.factory, { ...person, action: "retrain" })).rejects.toMatchObject({
      code: "training.budget-reached",
    });
    await operate(world.factory, { ...person, action: "retrain", force: true });
    expect(world.orchestrator.running("training")).toHaveLength(1);
  });
});
