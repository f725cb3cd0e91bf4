import { describe, expect, it } from "vitest";
import { ingestBatch } from "../../../app/use-cases/ingest-batch.ts";
import { runEverything, upload } from "../../support/machine-driver.ts";
import { createWorld, publish, strikesCsv, testDefinitionYaml, type World } from "../../support/memory-ports.ts";

async function world(): Promise<World> {
  const made = createWorld();
  await publish(made);
  return made;
}

function event(made: World, key: string, text: string | Uint8Array) {
  const { versionId, sizeBytes } = made.objects.store({ bucket: "data", key }, text);
  return { bucket: "data", key, versionId, sizeBytes };
}

describe("an upload", () => {
  it("becomes one batch and one run, however often its event comes", async () => {
    const made = await world();
    const object = event(made, "strikes/incoming/a.csv", strikesCsv(500));
    const outcomes = [];
    for (const message of ["m1", "m2", "m3"]) outcomes.push((await ingestBatch(made.factory, object, message)).outcome);
    expect(outcomes).toEqual(["accepted", "duplicate", "duplicate"]);
    expect(await made.registry.listBatches("strikes")).toHaveLength(1);
    expect(made.orchestrator.executions.size).toBe(1);
  });

  it("is left to the worker that has it, and taken up again when that one has died", async () => {
    const made = await world();
    const object = event(made, "strikes/incoming/a.csv", strikesCsv(500));
    const dead = {
      ...made.factory,
      objects: { ...made.factory.objects, read: () => Promise.reject(new Error("power cut")) },
    };
    await expect(ingestBatch(dead as never, object, "m1")).rejects.toThrow("power cut");
    await expect(ingestBatch(made.factory, object, "m2")).rejects.toMatchObject({ code: "cloud.unavailable" });
    expect((await ingestBatch(made.factory, object, "m1")).outcome).toBe("accepted");
  });

  it("is taken over by another message after the claim has expired", async () => {
    const made = await world();
    const object = event(made, "strikes/incoming/a.csv", strikesCsv(500));
    const dead = {
      ...made.factory,
      objects: { ...made.factory.objects, read: () => Promise.reject(new Error("power cut")) },
    };
    await expect(ingestBatch(dead as never, object, "m1")).rejects.toThrow();
    made.clock.passMinutes(17);
    expect((await ingestBatch(made.factory, object, "m2")).outcome).toBe("accepted");
  });

  it("is a batch of its own for every version of the same key", async () => {
    const made = await world();
    await upload(made, "strikes/incoming/a.csv", strikesCsv(500));
    await upload(made, "strikes/incoming/a.csv", strikesCsv(500, 500));
    expect(await made.registry.listBatches("strikes")).toHaveLength(2);
  });

  it("writes manifest, profile and parts as the contract says, with LF and a header", async () => {
    const made = await world();
    const { batchId } = await upload(made, "strikes/incoming/a.csv", strikesCsv(500));
    const prefix = `strikes/batches/${batchId}/`;
    expect(made.objects.keys("data", prefix).map((key) => key.slice(prefix.length))).toEqual([
      "keys.json",
      "manifest.json",
      "profile.json",
      "report.html",
      "report.json",
      `test/${batchId}-00000.jsonl`,
      "train/part-00000.csv",
      "validation/part-00000.csv",
    ]);
    const train = await made.objects.readText({ bucket: "data", key: `${prefix}train/part-00000.csv` });
    expect(train?.text.split("\n")[0]).toBe("speed,phase,damage");
    const manifest = JSON.parse(
      (await made.objects.readText({ bucket: "data", key: `${prefix}manifest.json` }))?.text ?? "",
    );
    expect(manifest.parts.train[0]).toMatchObject({ rows: manifest.rows.train, sizeBytes: train?.text.length });
    expect(manifest.source).toMatchObject({ key: "strikes/incoming/a.csv", sizeBytes: strikesCsv(500).length });
  });

  it("does not count a file twice that comes again under another name", async () => {
    const made = await world();
    await upload(made, "strikes/incoming/a.csv", strikesCsv(1_000));
    await runEverything(made);
    await upload(made, "strikes/incoming/copy-of-a.csv", strikesCsv(1_000));
    const done = await runEverything(made);
    expect(done.trainings).toEqual(["nothing-to-train"]);
    expect((await made.registry.getHead("strikes")).runsByDay.count).toBe(1);
  });
});

describe("a bad upload", () => {
  it("is set aside with its reasons, people are told, and nothing is trained", async () => {
    const made = await world();
    const text = strikesCsv(100).replace("speed", "velocity");
    const { outcome, batchId } = await upload(made, "strikes/incoming/bad file.csv", text);
    expect(outcome).toBe("quarantined");
    expect(made.objects.keys("data", "strikes/")).toEqual([
      `strikes/quarantine/${batchId}/bad_file.csv`,
      `strikes/quarantine/${batchId}/report.html`,
      `strikes/quarantine/${batchId}/report.json`,
    ]);
    const report = JSON.parse(
      (await made.objects.readText({ bucket: "data", key: `strikes/quarantine/${batchId}/report.json` }))?.text ?? "",
    );
    expect(report.reasons[0]).toMatchObject({ rule: "column-missing", column: "speed" });
    expect(made.alerts).toHaveLength(1);
    expect(made.alerts[0]?.evidence.join()).toContain("column-missing");
    expect(made.orchestrator.executions.size).toBe(0);
  });

  it("does not keep the next good one from being trained on", async () => {
    const made = await world();
    await upload(made, "strikes/incoming/bad.csv", "");
    expect((await upload(made, "strikes/incoming/good.csv", strikesCsv(500))).outcome).toBe("accepted");
  });

  it.each([
    ["ghost/incoming/a.csv", "no-such-model"],
    ["incoming/a.csv", "no-such-model"],
    ["Strikes/incoming/a.csv", "no-such-model"],
    ["a/b/incoming/c.csv", "no-such-model"],
  ])("for a model that nobody defined (%s) is kept with the reason", async (key, rule) => {
    const made = await world();
    const { outcome, batchId } = await upload(made, key, strikesCsv(10));
    expect(outcome).toBe("quarantined");
    expect((await made.registry.getBatch("_unknown", batchId ?? ""))?.rules).toEqual([rule]);
    expect(made.objects.keys("data", "_unknown/quarantine/")).toHaveLength(3);
  });

  it.each([
    "strikes/incoming/../../etc/passwd",
    "strikes/incoming/a\\b.csv",
    `strikes/incoming/${"x".repeat(900)}.csv`,
  ])("with a path trick is kept under a safe name", async (key) => {
    const made = await world();
    const { outcome, batchId } = await upload(made, key, strikesCsv(10));
    expect(outcome).toBe("quarantined");
    expect((await made.registry.getBatch("strikes", batchId ?? ""))?.rules).toEqual(["key-path"]);
    const [file] = made.objects.keys("data", "strikes/quarantine/");
    expect(file).toMatch(/^strikes\/quarantine\/[0-9a-f]{16}\/[A-Za-z0-9._-]{1,100}$/);
  });

  it("that is gone before it is read is nothing to worry about", async () => {
    const made = await world();
    const object = event(made, "strikes/incoming/a.csv", strikesCsv(10));
    await made.objects.delete(object);
    expect((await ingestBatch(made.factory, object, "m1")).outcome).toBe("ignored");
  });
});

describe("what is no upload", () => {
  it.each(["strikes/incoming/", "strikes/batches/x/manifest.json", "strikes/runs/r1/transform/challenger/a.out"])(
    "is left alone: %s",
    async (key) => {
      const made = await world();
      expect((await upload(made, key, "")).outcome).toBe("ignored");
      expect(made.alerts).toEqual([]);
    },
  );
});

describe("two uploads within a second", () => {
  it("train one at a time and both are used", async () => {
    const made = await world();
    await upload(made, "strikes/incoming/a.csv", strikesCsv(800));
    await upload(made, "strikes/incoming/b.csv", strikesCsv(800, 800));
    expect(made.orchestrator.running("training")).toHaveLength(1);
    await runEverything(made);
    const dataset = await made.registry.getVersion("strikes", 1);
    const manifest = await made.objects.readText({
      bucket: "data",
      key: `strikes/datasets/${dataset?.datasetId}/manifest.json`,
    });
    expect(JSON.parse(manifest?.text ?? "").rows.total).toBe(1_600);
    expect((await made.registry.getHead("strikes")).trainingPending).toBeNull();
  });

  it("follow one another when the second comes while the first is trained on", async () => {
    const made = await world();
    await upload(made, "strikes/incoming/a.csv", strikesCsv(800));
    const { planTraining } = await import("../../../app/use-cases/plan-training.ts");
    const [request] = made.orchestrator.running("training");
    await planTraining(made.factory, request as never);
    await upload(made, "strikes/incoming/b.csv", strikesCsv(800, 800));
    expect((await made.registry.getHead("strikes")).trainingPending).not.toBeNull();
    const done = await runEverything(made);
    expect(done.trainings).toEqual(["succeeded", "succeeded"]);
    expect((await made.registry.getHead("strikes")).champion).toBe(2);
  });
});

describe("a definition that does not train on data", () => {
  it("accepts batches and waits for a command", async () => {
    const made = createWorld();
    await publish(made, testDefinitionYaml("strikes", { retraining: "{ on: [] }" }));
    expect((await upload(made, "strikes/incoming/a.csv", strikesCsv(100))).outcome).toBe("accepted");
    expect(made.orchestrator.executions.size).toBe(0);
  });
});
