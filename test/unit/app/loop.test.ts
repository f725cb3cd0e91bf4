import { describe, expect, it } from "vitest";
import { operate } from "../../../app/use-cases/operate.ts";
import type { DeliveryRequest } from "../../../core/registry/types.ts";
import { versionStatus } from "../../../core/registry/versions.ts";
import { runDelivery, runEverything, upload } from "../../support/machine-driver.ts";
import { createWorld, publish, strikesCsv, type World } from "../../support/memory-ports.ts";

async function loaded(): Promise<World> {
  const world = createWorld();
  await publish(world);
  await upload(world, "strikes/incoming/a.csv", strikesCsv(2_000));
  return world;
}

describe("from an upload to a serving model", () => {
  it("trains, gates, registers and serves the first version", async () => {
    const world = await loaded();
    const done = await runEverything(world);
    expect(done).toEqual({ trainings: ["succeeded"], deliveries: ["succeeded"] });
    const head = await world.registry.getHead("strikes");
    expect(head).toMatchObject({
      champion: 1,
      challenger: null,
      trainingLease: null,
      deliveryLease: null,
      desired: null,
    });
    expect(world.training.endpoints.get("dev-strikes")?.configName).toBe(head.endpoint?.configName);
    expect(head.endpoint?.variants).toEqual([{ name: "champion", version: 1, weightPercent: 100 }]);
    expect(head.spendByMonth.usd).toBeCloseTo(0.115);
    const version = await world.registry.getVersion("strikes", 1);
    expect(version).toMatchObject({ verdict: "passed" });
    expect(version?.metrics["auc"]).toBeGreaterThan(0.8);
    expect(world.objects.keys("data", "strikes/reports/gate/")).toHaveLength(1);
    expect(world.training.alarms.size).toBe(2);
  });

  it("puts no row on two sides and counts every row once", async () => {
    const world = await loaded();
    await upload(world, "strikes/incoming/b.csv", strikesCsv(1_000, 2_000));
    const batches = await world.registry.listBatches("strikes");
    expect(batches.map((batch) => batch.rows?.total)).toEqual([2_000, 1_000]);
    for (const { rows } of batches) {
      expect((rows?.train ?? 0) + (rows?.validation ?? 0) + (rows?.test ?? 0)).toBe(rows?.total);
    }
  });

  it("compares a second version on the same held-out rows and promotes it under guardrails", async () => {
    const world = await loaded();
    await runEverything(world);
    const firstConfig = (await world.registry.getHead("strikes")).endpoint?.configName ?? "";
    await upload(world, "strikes/incoming/b.csv", strikesCsv(1_000, 2_000));
    const [delivery] = await trainOnly(world);
    expect(delivery).toMatchObject({ action: "promote", version: 2 });
    await runEverything(world);
    const head = await world.registry.getHead("strikes");
    expect(head).toMatchObject({ champion: 2, previousChampion: 1 });
    const report = await world.objects.readText({
      bucket: "data",
      key: (await world.registry.getVersion("strikes", 2))?.gateReportKey ?? "",
    });
    expect(JSON.parse(report?.text ?? "{}")).toMatchObject({ championVersion: 1, comparison: { metric: "auc" } });
    // The previous champion's config and model stay, because a roll-back may need them.
    expect(world.training.configs.has(firstConfig)).toBe(true);
    expect(world.training.models.size).toBe(2);
  });

  it("removes by itself what the roll-back does not need: configs, alarms and models of older versions", async () => {
    const world = await loaded();
    await runEverything(world);
    for (const from of [2_000, 3_000, 4_000]) {
      await upload(world, `strikes/incoming/${from}.csv`, strikesCsv(1_000, from));
      await runEverything(world);
    }
    const head = await world.registry.getHead("strikes");
    expect(head).toMatchObject({ champion: 4, previousChampion: 3 });
    const kept = await Promise.all([3, 4].map((version) => world.registry.getVersion("strikes", version)));
    expect([...world.training.models.keys()].sort()).toEqual(kept.map((one) => one?.sagemakerModel).sort());
    expect(world.training.configs.size).toBe(2);
    expect(world.training.configs.has(head.endpoint?.configName ?? "")).toBe(true);
  });

  it("refuses a worse version, keeps the champion and says why", async () => {
    const world = await loaded();
    await runEverything(world);
    await upload(world, "strikes/incoming/b.csv", strikesCsv(1_000, 2_000));
    const done = await runEverything(world, { skill: 0 });
    expect(done).toEqual({ trainings: ["succeeded"], deliveries: [] });
    const head = await world.registry.getHead("strikes");
    const version = await world.registry.getVersion("strikes", 2);
    expect(head).toMatchObject({ champion: 1, lastVersion: 2 });
    expect(versionStatus(head, 2, version?.verdict ?? "passed")).toBe("refused");
    expect(world.training.models.has(version?.sagemakerModel ?? "")).toBe(false);
    expect(world.alerts.map((alert) => alert.kind)).toContain("version-refused");
  });

  it("rolls a release back when the endpoint answers wrongly, and removes what it made", async () => {
    const world = await loaded();
    await runEverything(world);
    const before = await world.registry.getHead("strikes");
    await upload(world, "strikes/incoming/b.csv", strikesCsv(1_000, 2_000));
    const [delivery] = await trainOnly(world);
    if (delivery === undefined) throw new Error("expected a delivery");
    expect(await runDelivery(world, delivery, { breakSmoke: true })).toBe("failed");
    const head = await world.registry.getHead("strikes");
    expect(head).toMatchObject({ champion: 1, endpoint: before.endpoint, deliveryLease: null, desired: null });
    expect(world.training.endpoints.get("dev-strikes")?.configName).toBe(before.endpoint?.configName);
    expect([...world.training.configs.keys()]).toEqual([before.endpoint?.configName]);
    expect(world.training.alarms.size).toBe(2);
    expect(world.alerts.at(-1)).toMatchObject({ kind: "delivery-failed", severity: "critical" });
  });

  it("leaves no endpoint behind when the first release fails", async () => {
    const world = await loaded();
    const [delivery] = await trainOnly(world);
    if (delivery === undefined) throw new Error("expected a delivery");
    expect(await runDelivery(world, delivery, { breakSmoke: true })).toBe("failed");
    expect(world.training.endpoints.size).toBe(0);
    expect(world.training.configs.size).toBe(0);
    expect((await world.registry.getHead("strikes")).champion).toBeNull();
  });
});

describe("traffic", () => {
  const person = { model: "strikes", requestedBy: "ana", reason: "to compare" };

  it("runs a challenger at a weight and takes it out again", async () => {
    const world = await twoVersions();
    await operate(world.factory, { ...person, action: "traffic", weightPercent: 20 });
    await runEverything(world);
    const during = await world.registry.getHead("strikes");
    expect(during).toMatchObject({ champion: 2, challenger: { version: 1, weightPercent: 20 } });
    expect(world.training.endpoints.get("dev-strikes")?.variants).toEqual([
      { name: "champion", weight: 80 },
      { name: "challenger", weight: 20 },
    ]);
    await operate(world.factory, { ...person, action: "end-experiment", outcome: "remove" });
    await runEverything(world);
    expect(await world.registry.getHead("strikes")).toMatchObject({ champion: 2, challenger: null });
    expect(world.training.endpoints.get("dev-strikes")?.variants).toHaveLength(1);
  });

  it("ends an experiment by promotion", async () => {
    const world = await twoVersions();
    await operate(world.factory, { ...person, action: "traffic", weightPercent: 50 });
    await runEverything(world);
    await operate(world.factory, { ...person, action: "end-experiment", outcome: "promote" });
    await runEverything(world);
    expect(await world.registry.getHead("strikes")).toMatchObject({
      champion: 1,
      previousChampion: 2,
      challenger: null,
    });
  });

  it("rolls back to the previous champion, whose model was kept", async () => {
    const world = await twoVersions();
    await operate(world.factory, { ...person, action: "rollback" });
    await runEverything(world);
    expect(await world.registry.getHead("strikes")).toMatchObject({ champion: 1, previousChampion: 2 });
    const audit = await world.registry.listAuditEvents("strikes", 1);
    expect(audit[0]).toMatchObject({ action: "VersionRolledBack", actor: "ana", reason: "to compare" });
  });

  it("refuses a second delivery while one is under way", async () => {
    const world = await twoVersions();
    await operate(world.factory, { ...person, action: "rollback" });
    await expect(operate(world.factory, { ...person, action: "traffic", weightPercent: 20 })).rejects.toMatchObject({
      code: "delivery.lease-held",
    });
  });

  it("does not deliver an artifact that was changed after the gate", async () => {
    const world = await twoVersions();
    const version = await world.registry.getVersion("strikes", 1);
    world.objects.store(
      { bucket: "artifacts", key: version?.modelDataUrl.slice("s3://artifacts/".length) ?? "" },
      "evil",
    );
    await operate(world.factory, { ...person, action: "rollback" });
    const [request] = world.orchestrator.running("delivery") as DeliveryRequest[];
    if (request === undefined) throw new Error("expected a delivery");
    await expect(runDelivery(world, request)).rejects.toMatchObject({ code: "delivery.not-allowed" });
  });
});

async function twoVersions(): Promise<World> {
  const world = await loaded();
  await runEverything(world);
  await upload(world, "strikes/incoming/b.csv", strikesCsv(1_000, 2_000));
  await runEverything(world);
  return world;
}

/** Runs the training executions, but not the deliveries that they start. */
async function trainOnly(world: World): Promise<DeliveryRequest[]> {
  const { runTraining } = await import("../../support/machine-driver.ts");
  for (const request of world.orchestrator.running("training")) await runTraining(world, request as never);
  return world.orchestrator.running("delivery") as DeliveryRequest[];
}
