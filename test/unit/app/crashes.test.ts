import { describe, expect, it } from "vitest";
import { crashAfter } from "../../support/crashing.ts";
import { runEverything, upload } from "../../support/machine-driver.ts";
import { createWorld, publish, strikesCsv, testDefinitionYaml, type World } from "../../support/memory-ports.ts";

/** What must hold when nothing is in flight, whatever happened before (I1, I2, I4, I5). */
async function checkSettled(world: World): Promise<void> {
  const head = await world.registry.getHead("strikes");
  expect(head).toMatchObject({ trainingLease: null, trainingPending: null, deliveryLease: null, desired: null });
  const live = world.training.endpoints.get("dev-strikes");
  expect(live?.configName).toBe(head.endpoint?.configName);
  const champion = await world.registry.getVersion("strikes", head.champion ?? 0);
  expect(champion?.verdict).toBe("passed");
  const deliveries = await world.registry.listDeliveries("strikes", 100);
  const known = deliveries.filter((delivery) => delivery.resourcesKept);
  expect([...world.training.configs.keys()].sort()).toEqual(known.map((delivery) => delivery.configName).sort());
  expect([...world.training.alarms.keys()].sort()).toEqual(known.flatMap((delivery) => delivery.alarmNames).sort());
  const versions = await world.registry.listVersions("strikes", 100);
  const kept = versions.filter((version) => version.sagemakerModelKept).map((version) => version.sagemakerModel);
  expect([...world.training.models.keys()].sort()).toEqual(kept.sort());
  expect(deliveries.every((delivery) => delivery.outcome !== "running")).toBe(true);
  const runs = await world.registry.listRuns("strikes", 100);
  expect(runs.every((run) => run.endedAt !== null)).toBe(true);
}

/** Two good uploads and a bad one, with the process dying once after the n-th effect. */
async function live(effectNumber: number): Promise<{ world: World; crashed: boolean }> {
  const world = createWorld();
  await publish(world, testDefinitionYaml());
  const { repeat, crashed } = crashAfter(world.factory, effectNumber);
  await upload(world, "strikes/incoming/a.csv", strikesCsv(400), repeat);
  await runEverything(world, { repeat });
  await upload(world, "strikes/incoming/bad.csv", "speed\n1\n", repeat);
  await upload(world, "strikes/incoming/b.csv", strikesCsv(400, 400), repeat);
  await runEverything(world, { repeat });
  return { world, crashed: crashed() };
}

describe("a process that dies after any one of its effects and is repeated", () => {
  it("ends in the same state as one that does not", async () => {
    let effectNumber = 1;
    for (; ; effectNumber++) {
      const { world, crashed } = await live(effectNumber);
      if (!crashed) break;
      await checkSettled(world).catch((error: Error) => {
        throw new Error(`after a crash at effect ${effectNumber}: ${error.message}`, { cause: error });
      });
      const head = await world.registry.getHead("strikes");
      expect([effectNumber, head.champion, head.lastVersion]).toEqual([effectNumber, 2, 2]);
      const batches = await world.registry.listBatches("strikes");
      expect(batches.map((batch) => batch.status).sort()).toEqual(["accepted", "accepted", "quarantined"]);
      expect(batches.every((batch) => batch.settledAt !== null)).toBe(true);
      expect(head.spendByMonth.usd).toBeCloseTo(2 * 0.115);
      expect(world.alerts.some((alert) => alert.kind === "batch-quarantined")).toBe(true);
    }
    expect(effectNumber).toBeGreaterThan(60);
  }, 120_000);
});
