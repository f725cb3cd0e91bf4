import { describe, expect, it } from "vitest";
import { checkDrift } from "../../../app/use-cases/check-drift.ts";
import { dueModels } from "../../../app/use-cases/due-models.ts";
import { runEverything, upload } from "../../support/machine-driver.ts";
import { createWorld, publish, strikesCsv, testDefinitionYaml, type World } from "../../support/memory-ports.ts";

const DAILY = "{ on: [data, schedule], scheduleEveryHours: 24, cooldownMinutes: 120, maxRunsPerDay: 2 }";

async function serving(retraining = DAILY): Promise<World> {
  const world = createWorld();
  await publish(world, definition(retraining));
  await upload(world, "strikes/incoming/a.csv", strikesCsv(800));
  await runEverything(world);
  return world;
}

function definition(retraining: string): string {
  return testDefinitionYaml("strikes", { retraining });
}

/** One round of the monitoring machine. */
async function round(world: World) {
  const { models } = await dueModels(world.factory, {});
  return Promise.all(models.map((due) => checkDrift(world.factory, due)));
}

describe("retraining on a schedule", () => {
  it("trains on what has come since, says by what it was started, and records the decision", async () => {
    const world = await serving();
    await publish(world, definition(DAILY.replace("[data, schedule]", "[schedule]")));
    await upload(world, "strikes/incoming/b.csv", strikesCsv(400, 800));
    expect(world.orchestrator.running("training")).toEqual([]);
    world.clock.passMinutes(23 * 60);
    expect((await round(world)).every(({ retraining }) => retraining === null)).toBe(true);
    world.clock.passMinutes(61);
    const [answer] = await round(world);
    expect(answer?.retraining).toEqual({ started: true, reason: expect.stringContaining("every 24 hours") });
    const [run] = await world.registry.listRuns("strikes", 1);
    expect(run?.trigger).toEqual({ kind: "schedule", reason: expect.stringContaining("24 hours") });
    expect((await world.registry.listDriftChecks("strikes", 1))[0]?.retraining).toEqual(answer?.retraining);
    expect((await runEverything(world)).trainings).toEqual(["succeeded"]);
    expect((await world.registry.getHead("strikes")).champion).toBe(2);
  });

  it("takes its turn once, however often the monitor looks", async () => {
    const world = await serving();
    world.clock.passMinutes(25 * 60);
    await round(world);
    await runEverything(world);
    for (let look = 0; look < 4; look++) {
      world.clock.passMinutes(15);
      await round(world);
    }
    expect(world.orchestrator.running("training")).toEqual([]);
    expect(await world.registry.listRuns("strikes", 10)).toHaveLength(2);
  });

  it("keeps the cooldown and the day's maximum, and says so", async () => {
    const world = await serving();
    world.clock.passMinutes(30);
    const early = await checkDrift(world.factory, { model: "strikes", check: false, retrain: "schedule" });
    expect(early.retraining).toEqual({ started: false, reason: expect.stringContaining("cooldown of 120 minutes") });
    const once = await serving(DAILY.replace("maxRunsPerDay: 2", "maxRunsPerDay: 1"));
    once.clock.passMinutes(180);
    const full = await checkDrift(once.factory, { model: "strikes", check: false, retrain: "schedule" });
    expect(full.retraining).toEqual({ started: false, reason: expect.stringContaining("the ceiling is 1") });
  });

  it("is no business of a model that does not ask for it", async () => {
    const world = await serving("{ on: [data] }");
    world.clock.passMinutes(48 * 60);
    expect((await dueModels(world.factory, {})).models[0]).toMatchObject({ retrain: null });
    const answer = await checkDrift(world.factory, { model: "strikes", check: false, retrain: "schedule" });
    expect(answer.retraining).toEqual({ started: false, reason: expect.stringContaining("retraining.on") });
  });
});
