import { describe, expect, it } from "vitest";
import { publishCatalog, removeCatalog } from "../../../app/use-cases/publish-catalog.ts";
import { parseDefinition } from "../../../core/definition/parse.ts";
import { runEverything, upload } from "../../support/machine-driver.ts";
import { createWorld, strikesCsv, testDefinitionYaml, type World } from "../../support/memory-ports.ts";

/** Puts a catalog where the deployment puts it. */
function catalog(world: World, yamls: readonly string[], source = "code"): { bucket: string; key: string } {
  world.objects.store({ bucket: "assets", key: "source.tar.gz" }, source);
  const definitions = yamls.map((yaml) => parseDefinition(yaml, "model.yaml"));
  const sources = { xgboost: { key: "source.tar.gz", sha256: source.padEnd(64, "0") } };
  world.objects.store({ bucket: "assets", key: "catalog.json" }, JSON.stringify({ definitions, sources }));
  return { bucket: "assets", key: "catalog.json" };
}

describe("the model catalog", () => {
  it("publishes definitions in their own order of features, and sources by their content", async () => {
    const world = createWorld();
    expect(
      await publishCatalog(world.factory, catalog(world, [testDefinitionYaml("one"), testDefinitionYaml("two")])),
    ).toBe(2);
    const published = await world.registry.getDefinition("one");
    expect(Object.keys(published?.definition.data.features ?? {})).toEqual(["speed", "phase"]);
    expect(world.objects.keys("artifacts")).toEqual([published?.sourceKey]);
  });

  it("changes nothing when it is published again, and says what it changes", async () => {
    const world = createWorld();
    await publishCatalog(world.factory, catalog(world, [testDefinitionYaml("one")]));
    await publishCatalog(world.factory, catalog(world, [testDefinitionYaml("one")]));
    expect((await world.registry.listAuditEvents("one", 9)).map((event) => event.action)).toEqual([
      "DefinitionPublished",
    ]);
    await publishCatalog(world.factory, catalog(world, [testDefinitionYaml("one")], "code2"));
    expect((await world.registry.getDefinition("one"))?.sourceKey).toContain("code2");
  });

  it("works without any model", async () => {
    const world = createWorld();
    expect(await publishCatalog(world.factory, catalog(world, []))).toBe(0);
    await removeCatalog(world.factory);
  });

  it("takes down what a removed model runs, keeps its data, and can bring it back", async () => {
    const world = createWorld();
    await publishCatalog(world.factory, catalog(world, [testDefinitionYaml()]));
    await upload(world, "strikes/incoming/a.csv", strikesCsv(800));
    await runEverything(world);
    await upload(world, "strikes/incoming/b.csv", strikesCsv(400, 800));
    await publishCatalog(world.factory, catalog(world, []));
    expect(world.training.endpoints.size + world.training.configs.size + world.training.models.size).toBe(0);
    expect(world.training.alarms.size).toBe(0);
    expect(world.orchestrator.running("training")).toEqual([]);
    expect(world.objects.keys("data", "strikes/batches/").length).toBeGreaterThan(0);
    expect(await world.registry.getDefinition("strikes")).toBeNull();
    expect((await world.registry.listAuditEvents("strikes", 99)).map((event) => event.action)).toContain(
      "DefinitionRemoved",
    );
    expect(await world.registry.getHead("strikes")).toMatchObject({
      champion: null,
      endpoint: null,
      trainingLease: null,
    });

    await publishCatalog(world.factory, catalog(world, [testDefinitionYaml()]));
    await upload(world, "strikes/incoming/c.csv", strikesCsv(400, 1_200));
    await runEverything(world);
    const head = await world.registry.getHead("strikes");
    expect(head.champion).toBe(head.lastVersion);
    expect(world.training.endpoints.size).toBe(1);
  });

  it("waits for an endpoint that is changing, and for its end, before the config goes", async () => {
    const world = createWorld();
    await publishCatalog(world.factory, catalog(world, [testDefinitionYaml()]));
    await upload(world, "strikes/incoming/a.csv", strikesCsv(800));
    await runEverything(world);
    const [[name, live] = []] = world.training.endpoints;
    if (name === undefined || live === undefined) throw new Error("nothing serves");
    const states = ["Updating", "InService", "Deleting", "Deleting", null];
    const deleted: string[] = [];
    const training = Object.assign(Object.create(world.training), {
      describeEndpoint: async () => {
        const status = states.shift() ?? null;
        if (status === null) world.training.endpoints.delete(name);
        return status === null ? null : { ...live, status };
      },
      deleteEndpoint: async (endpoint: string) => {
        deleted.push(endpoint);
      },
    });
    await removeCatalog({ ...world.factory, training });
    expect(deleted).toEqual([name]);
    expect(world.training.configs.size).toBe(0);
  });

  it("is deleted with the stack, also twice", async () => {
    const world = createWorld();
    await publishCatalog(world.factory, catalog(world, [testDefinitionYaml()]));
    await upload(world, "strikes/incoming/a.csv", strikesCsv(800));
    await runEverything(world);
    await removeCatalog(world.factory);
    await removeCatalog(world.factory);
    expect(world.training.endpoints.size).toBe(0);
    expect(await world.registry.listDefinitions()).toEqual([]);
  });

  it("refuses a definition that is wrong, before it changes anything", async () => {
    const world = createWorld();
    world.objects.store(
      { bucket: "assets", key: "catalog.json" },
      JSON.stringify({ definitions: [{ name: "x" }], sources: {} }),
    );
    await expect(publishCatalog(world.factory, { bucket: "assets", key: "catalog.json" })).rejects.toMatchObject({
      code: "definition.invalid",
    });
  });
});
