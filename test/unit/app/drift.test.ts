import { describe, expect, it } from "vitest";
import { checkDrift } from "../../../app/use-cases/check-drift.ts";
import { dueModels } from "../../../app/use-cases/due-models.ts";
import { runEverything, upload } from "../../support/machine-driver.ts";
import {
  createWorld,
  predictSpeed,
  publish,
  strikesCsv,
  testDefinitionYaml,
  type World,
} from "../../support/memory-ports.ts";

const PHASES = ["Climb", "Approach", "Cruise"];

async function serving(sections: Record<string, string> = {}): Promise<World> {
  const world = createWorld();
  await publish(world, testDefinitionYaml("strikes", sections));
  await upload(world, "strikes/incoming/a.csv", strikesCsv(4_000));
  await runEverything(world);
  return world;
}

/** Requests as the application sends them; `factor` multiplies the speed. */
function rows(count: number, factor = 1, from = 0) {
  return Array.from({ length: count }, (_, index) => ({
    speed: (((from + index) * 37) % 300) * factor,
    phase: PHASES[(from + index) % 3],
  }));
}

type Shape = "json" | "csv" | "base64" | "jsonlines";

/** One capture record as SageMaker writes it. */
function record(eventId: string, features: object[], shape: Shape = "json", inferenceId?: string): string {
  const answers = features.map((row) => predictSpeed(1, row as Record<string, unknown>));
  const json = JSON.stringify({ instances: features });
  const csv = features.map((row) => Object.values(row).join(",")).join("\n");
  const lines = features.map((row) => JSON.stringify(row)).join("\n");
  const input = {
    json: { observedContentType: "application/json", data: json, encoding: "JSON" },
    csv: { observedContentType: "text/csv; charset=utf-8", data: csv, encoding: "CSV" },
    base64: { observedContentType: "application/json", data: Buffer.from(json).toString("base64"), encoding: "BASE64" },
    jsonlines: { observedContentType: "application/jsonlines", data: lines, encoding: "JSON" },
  }[shape];
  return JSON.stringify({
    captureData: {
      endpointInput: { mode: "INPUT", ...input },
      endpointOutput: {
        mode: "OUTPUT",
        observedContentType: "application/json",
        data: JSON.stringify({ predictions: answers }),
        encoding: "JSON",
      },
    },
    eventMetadata: { eventId, inferenceId, inferenceTime: "2026-01-01T01:00:00Z" },
    eventVersion: "0",
  });
}

async function capture(world: World, name: string, lines: readonly string[], variant = "champion"): Promise<void> {
  const { endpoint } = await world.registry.getHead("strikes");
  const key = `strikes/capture/${endpoint?.deliveryId}/dev-strikes/${variant}/${name}`;
  world.objects.store({ bucket: "data", key }, `${lines.join("\n")}\n`);
}

const now = { model: "strikes", check: true, retrain: null } as const;

async function lastRows(world: World): Promise<number | undefined> {
  return (await world.registry.listDriftChecks("strikes", 1))[0]?.rows;
}

describe("a drift check", () => {
  it("finds nothing in traffic like the training data", async () => {
    const world = await serving();
    await capture(world, "2026/01/01/01/a.jsonl", [record("e1", rows(2_000))]);
    const answer = await checkDrift(world.factory, now);
    expect(answer).toMatchObject({ level: "none", alarmed: false, retraining: null });
    expect(answer.reportKey).toMatch(/^strikes\/reports\/drift\/2026-01-01T\d\d-\d\d-\d\dZ\.json$/);
    expect(world.alerts.filter((alert) => alert.kind === "drift-found")).toEqual([]);
  });

  it("puts a feature in the wrong unit on top, alerts once, retrains, and records the decision", async () => {
    const world = await serving();
    await capture(world, "2026/01/01/01/a.jsonl", [record("e1", rows(1_000, 1.852))]);
    const answer = await checkDrift(world.factory, now);
    expect(answer).toMatchObject({ level: "act", alarmed: true, retraining: { started: true } });
    const report = JSON.parse(
      (await world.objects.readText({ bucket: "data", key: answer.reportKey ?? "" }))?.text ?? "",
    );
    expect(report).toMatchObject({ version: 1, endpoint: "dev-strikes", rowsSinceChampion: 1_000 });
    expect(report.features[0].feature).toMatch(/^(speed|prediction)$/);
    expect(report.features.map((feature: { feature: string }) => feature.feature).sort()).toEqual([
      "phase",
      "prediction",
      "speed",
    ]);
    const alert = world.alerts.find((item) => item.kind === "drift-found");
    expect(alert?.evidence.join()).toContain("speed");
    expect(alert?.commands).toContain("mlops drift strikes");
    await checkDrift(world.factory, now);
    expect(world.alerts.filter((item) => item.kind === "drift-found")).toHaveLength(1);
    const [check] = await world.registry.listDriftChecks("strikes", 1);
    expect(check).toMatchObject({ level: "act", alarmed: true, rows: 0 });
  });

  it("reminds people of the same drift once a day", async () => {
    const world = await serving();
    await capture(world, "2026/01/01/01/a.jsonl", [record("e1", rows(1_000, 1.852))]);
    await checkDrift(world.factory, now);
    world.clock.passMinutes(25 * 60);
    await checkDrift(world.factory, now);
    expect(world.alerts.filter((item) => item.kind === "drift-found")).toHaveLength(2);
  });

  it("does not retrain again and again on the same data", async () => {
    const world = await serving();
    await capture(world, "2026/01/01/01/a.jsonl", [record("e1", rows(1_000, 1.852))]);
    await checkDrift(world.factory, now);
    expect((await runEverything(world)).trainings).toEqual(["succeeded"]);
    await capture(world, "2026/01/01/02/b.jsonl", [record("e2", rows(1_000, 1.852))]);
    await checkDrift(world.factory, now);
    expect((await runEverything(world)).trainings).toEqual(["nothing-to-train"]);
  });

  it("says why it starts no retraining where the definition does not allow it", async () => {
    const world = await serving({ retraining: "{ on: [data] }" });
    await capture(world, "2026/01/01/01/a.jsonl", [record("e1", rows(1_000, 1.852))]);
    const answer = await checkDrift(world.factory, now);
    expect(answer.retraining?.started).toBe(false);
    expect(answer.retraining?.reason).toContain("retraining.on");
  });

  it.each<Shape>(["json", "csv", "base64", "jsonlines"])("reads requests in %s alike", async (shape) => {
    const world = await serving();
    await capture(world, "2026/01/01/01/a.jsonl", [record("e1", rows(1_000, 1.852), shape)]);
    expect(await checkDrift(world.factory, now)).toMatchObject({ level: "act" });
  });

  it("counts new files only, late ones too, and neither files nor events twice", async () => {
    const world = await serving();
    const first = [record("e1", rows(100)), record("e2", rows(50, 1, 100))];
    await capture(world, "2026/01/01/05/a.jsonl", first);
    await checkDrift(world.factory, now);
    expect(await lastRows(world)).toBe(150);
    await checkDrift(world.factory, now);
    expect(await lastRows(world)).toBe(0);
    // The same file under another name, and one that arrives hours late.
    await capture(world, "2026/01/01/05/copy.jsonl", first);
    await capture(world, "2026/01/01/02/late.jsonl", [record("e3", rows(30))]);
    await checkDrift(world.factory, now);
    expect(await lastRows(world)).toBe(30);
    const state = await world.objects.readText({ bucket: "data", key: "strikes/monitor/state.json" });
    const counts = Object.values(JSON.parse(state?.text ?? "").drift.cumulative.phase as number[]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(180);
  });

  it("leaves out its own smoke tests, refused requests and the challenger's traffic", async () => {
    const world = await serving();
    const refused = JSON.parse(record("e2", rows(10)));
    refused.captureData.endpointOutput.data = JSON.stringify({ error: { code: "invalid-request" } });
    await capture(world, "2026/01/01/01/a.jsonl", [
      record("e1", rows(25), "json", "mlops-smoke-d1-abc"),
      JSON.stringify(refused),
      record("e3", rows(7)),
      "this is no capture record",
    ]);
    await capture(world, "2026/01/01/01/a.jsonl", [record("e4", rows(500, 3))], "challenger");
    await checkDrift(world.factory, now);
    const [check] = await world.registry.listDriftChecks("strikes", 1);
    expect(check).toMatchObject({ rows: 7, unreadable: 1 });
  });

  it("starts counting anew for a new champion", async () => {
    const world = await serving();
    await capture(world, "2026/01/01/01/a.jsonl", [record("e1", rows(1_000, 1.852))]);
    await checkDrift(world.factory, now);
    await upload(world, "strikes/incoming/b.csv", strikesCsv(400, 4_000));
    await runEverything(world);
    expect(await checkDrift(world.factory, now)).toMatchObject({ level: "none", reportKey: null });
    const [check] = await world.registry.listDriftChecks("strikes", 1);
    expect(check?.version).toBeGreaterThan(1);
  });

  it("counts anew what has been captured when the bins are others than before", async () => {
    const world = await serving({ monitoring: "{ driftFeatures: [speed] }" });
    await capture(world, "2026/01/01/01/a.jsonl", [record("e1", rows(150))]);
    await checkDrift(world.factory, now);
    const counted = async (feature: string) => {
      const state = await world.objects.readText({ bucket: "data", key: "strikes/monitor/state.json" });
      const counts: number[] = JSON.parse(state?.text ?? "").drift.cumulative[feature] ?? [];
      return counts.reduce((sum, count) => sum + count, 0);
    };
    expect([await counted("speed"), await counted("phase")]).toEqual([150, 0]);
    // Now all features are watched.
    await publish(world, testDefinitionYaml("strikes"));
    await capture(world, "2026/01/01/02/b.jsonl", [record("e2", rows(50))]);
    await checkDrift(world.factory, now);
    expect([await counted("speed"), await counted("phase")]).toEqual([200, 200]);
    // A state that an earlier release has left, with bins of its own.
    const key = "strikes/monitor/state.json";
    const old = JSON.parse((await world.objects.readText({ bucket: "data", key }))?.text ?? "");
    old.drift.cumulative.speed.push(7);
    world.objects.store({ bucket: "data", key }, JSON.stringify({ ...old, binsHash: undefined }));
    await checkDrift(world.factory, now);
    expect([await counted("speed"), await counted("phase")]).toEqual([200, 200]);
  });

  it("loses no rows when another check writes its state in between", async () => {
    const world = await serving();
    await capture(world, "2026/01/01/01/a.jsonl", [record("e1", rows(100))]);
    await checkDrift(world.factory, now);
    await capture(world, "2026/01/01/01/b.jsonl", [record("e2", rows(40))]);
    let meddled = false;
    const objects = new Proxy(world.objects, {
      get(target, property, receiver) {
        if (property !== "writeText" || meddled)
          return Reflect.get(target, property, receiver).bind?.(target) ?? Reflect.get(target, property, receiver);
        return async (...args: Parameters<typeof target.writeText>) => {
          meddled = true;
          await checkDrift(world.factory, now);
          return target.writeText(...args);
        };
      },
    });
    await checkDrift({ ...world.factory, objects }, now);
    const state = await world.objects.readText({ bucket: "data", key: "strikes/monitor/state.json" });
    const counts = Object.values(JSON.parse(state?.text ?? "").drift.cumulative.phase as number[]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(140);
  });

  it("is not due again before its time", async () => {
    const world = await serving();
    await checkDrift(world.factory, now);
    expect((await dueModels(world.factory, {})).models).toEqual([]);
    world.clock.passMinutes(60);
    expect((await dueModels(world.factory, {})).models).toHaveLength(1);
    expect((await dueModels(world.factory, { models: ["strikes"], force: true })).models).toHaveLength(1);
  });
});
