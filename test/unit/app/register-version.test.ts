import { describe, expect, it } from "vitest";
import { operate } from "../../../app/use-cases/operate.ts";
import { runEverything, upload } from "../../support/machine-driver.ts";
import { createWorld, publish, strikesCsv, testDefinitionYaml, type World } from "../../support/memory-ports.ts";

/** A world whose first version serves, under the definition that the next ones are judged by. */
async function serving(sections: Record<string, string> = {}): Promise<World> {
  const world = createWorld();
  await publish(world, testDefinitionYaml("strikes", sections));
  await upload(world, "strikes/incoming/a.csv", strikesCsv(800));
  await runEverything(world);
  expect((await world.registry.getHead("strikes")).champion).toBe(1);
  return world;
}

describe("a version that passed the gate", () => {
  it("serves beside the champion with the definition's share of the traffic, when the definition says so", async () => {
    const world = await serving({ delivery: "{ strategy: challenger, challenger: { weightPercent: 30 } }" });
    await upload(world, "strikes/incoming/b.csv", strikesCsv(400, 800));
    expect(await runEverything(world)).toEqual({ trainings: ["succeeded"], deliveries: ["succeeded"] });
    expect(await world.registry.getHead("strikes")).toMatchObject({
      champion: 1,
      challenger: { version: 2, weightPercent: 30 },
    });
    expect(world.training.endpoints.get("dev-strikes")?.variants).toEqual([
      { name: "champion", weight: 70 },
      { name: "challenger", weight: 30 },
    ]);
    const person = { model: "strikes", requestedBy: "ana", reason: "it is better" };
    await operate(world.factory, { ...person, action: "end-experiment", outcome: "promote" });
    await runEverything(world);
    expect(await world.registry.getHead("strikes")).toMatchObject({ champion: 2, challenger: null });
  });

  it("is not delivered when it is byte for byte what serves", async () => {
    const world = await serving();
    await operate(world.factory, { model: "strikes", requestedBy: "ana", reason: "again", action: "retrain" });
    const [request] = world.orchestrator.running("training") as Array<{ runId: string }>;
    const first = await world.registry.getVersion("strikes", 1);
    const artifact = await world.objects.readText({
      bucket: "artifacts",
      key: first?.modelDataUrl.slice("s3://artifacts/".length) ?? "",
    });
    const key = `strikes/${request?.runId}/output/model.tar.gz`;
    world.objects.store({ bucket: "artifacts", key }, artifact?.text ?? "");
    expect(await runEverything(world)).toEqual({ trainings: ["succeeded"], deliveries: [] });
    const second = await world.registry.getVersion("strikes", 2);
    expect(second).toMatchObject({ verdict: "passed", artifactSha256: first?.artifactSha256 });
    expect(await world.registry.listDeliveries("strikes", 10)).toHaveLength(1);
    expect((await world.registry.getHead("strikes")).champion).toBe(1);
  });
});

describe("a version that the gate could not decide about", () => {
  it("is not released, and people learn how much is missing", async () => {
    const world = await serving();
    const gate = "{ metric: auc, floors: { auc: 0.6 }, minimumRows: 100000 }";
    await publish(world, testDefinitionYaml("strikes", { gate }));
    await upload(world, "strikes/incoming/b.csv", strikesCsv(400, 800));
    expect(await runEverything(world)).toEqual({ trainings: ["succeeded"], deliveries: [] });
    const version = await world.registry.getVersion("strikes", 2);
    expect(version?.verdict).toBe("undecided");
    expect(world.training.models.has(version?.sagemakerModel ?? "")).toBe(false);
    expect((await world.registry.getHead("strikes")).champion).toBe(1);
    const alert = world.alerts.find(({ kind }) => kind === "version-refused");
    expect(alert?.title).toContain("undecided");
    expect(alert?.what).toMatch(/100,?000/);
  });
});
