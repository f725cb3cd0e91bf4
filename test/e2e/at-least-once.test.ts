import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DeployedFactory, deployFactory, put, putAndWait, settle } from "./support/factory.ts";
import { modelsDirectory, smallCsv, smallModel } from "./support/tabular.ts";

const MODEL = "small";
let factory: DeployedFactory;

beforeAll(async () => {
  // Every event is delivered three times, as S3 and EventBridge may.
  process.env["MLOPS_LOCAL_DUPLICATE_EVENTS"] = "3";
  factory = await deployFactory({ models: modelsDirectory({ [MODEL]: smallModel(MODEL) }) });
});
afterAll(() => factory?.stop());

describe("events that arrive three times", () => {
  it("give one batch and one run for one upload", async () => {
    const batch = await putAndWait(factory.session, MODEL, "a.csv", smallCsv(1500, 1));
    expect(batch.status).toBe("accepted");
    const runs = await settle(factory.session, MODEL, 1);
    expect(runs).toHaveLength(1);
    expect(runs[0]).toMatchObject({ outcome: "succeeded", version: 1 });
    expect(await factory.session.registry.listBatches(MODEL)).toHaveLength(1);
    expect((await factory.session.registry.getHead(MODEL)).champion).toBe(1);
  });
});

describe("two uploads within a second", () => {
  it("train one at a time and lose nothing", async () => {
    const before = (await factory.session.registry.listRuns(MODEL, 50)).length;
    await Promise.all([
      put(factory.session, MODEL, "b.csv", smallCsv(1500, 2, 10_000)),
      put(factory.session, MODEL, "c.csv", smallCsv(1500, 3, 20_000)),
    ]);
    const runs = (await settle(factory.session, MODEL, before + 1)).slice(0, -before);
    // One run, or two one after the other: never side by side.
    const spans = runs.map((run) => [run.startedAt, run.endedAt ?? ""]).sort();
    for (let index = 1; index < spans.length; index += 1) {
      expect((spans[index]?.[0] ?? "") >= (spans[index - 1]?.[1] ?? "")).toBe(true);
    }
    // A run that finds nothing new has no dataset: all rows were in the one before.
    const newest = runs.find((run) => run.datasetId !== null);
    const dataset = await factory.session.registry.getDataset(MODEL, newest?.datasetId ?? "");
    expect(dataset?.rows.total).toBe(4500);
    expect(dataset?.batches).toHaveLength(3);
  });
});
