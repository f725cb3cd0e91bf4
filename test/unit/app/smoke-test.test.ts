import { beforeEach, describe, expect, it } from "vitest";
import type { PredictionAnswer } from "../../../app/ports/predictions.ts";
import { completeDelivery } from "../../../app/use-cases/complete-delivery.ts";
import { type DeliveryPlan, planDelivery } from "../../../app/use-cases/plan-delivery.ts";
import { smokeTest } from "../../../app/use-cases/smoke-test.ts";
import type { DeliveryRequest, TrainingRequest } from "../../../core/registry/types.ts";
import { runEverything, runTraining, upload } from "../../support/machine-driver.ts";
import { createWorld, publish, strikesCsv, type World } from "../../support/memory-ports.ts";

interface Sent {
  readonly variant: string;
  readonly rows: readonly Record<string, unknown>[];
  readonly inferenceId: string | undefined;
}

let world: World;
let request: DeliveryRequest;
let plan: DeliveryPlan;
let sent: Sent[];

/** A second version whose delivery has reached the endpoint and is about to be tested. */
beforeEach(async () => {
  world = createWorld();
  await publish(world);
  await upload(world, "strikes/incoming/a.csv", strikesCsv(800));
  await runEverything(world);
  await upload(world, "strikes/incoming/b.csv", strikesCsv(400, 800));
  const [training] = world.orchestrator.running("training") as TrainingRequest[];
  if (training === undefined) throw new Error("expected a run");
  await runTraining(world, training);
  const [delivery] = world.orchestrator.running("delivery") as DeliveryRequest[];
  if (delivery === undefined) throw new Error("expected a delivery");
  request = delivery;
  plan = await planDelivery(world.factory, request);
  await world.training.createEndpointConfig(plan.endpointConfig);
  await world.training.putEndpoint(plan.endpointName, plan.endpointConfig.EndpointConfigName);
  sent = [];
});

/** The smoke test with the endpoint's answers changed on their way. */
function test(change: (answer: PredictionAnswer) => PredictionAnswer = (answer) => answer) {
  const predictions = {
    async invoke(endpoint: string, variant: string, body: string, inferenceId?: string) {
      sent.push({ variant, rows: JSON.parse(body).instances, inferenceId });
      return change(await world.predictions.invoke(endpoint, variant, body));
    },
  };
  return smokeTest({ ...world.factory, predictions }, { request, plan });
}

/** Changes the first prediction of an answer. */
const withFirst = (prediction: object) => (answer: PredictionAnswer) => {
  const { predictions } = JSON.parse(answer.body) as { predictions: object[] };
  return { ...answer, body: JSON.stringify({ predictions: [prediction, ...predictions.slice(1)] }) };
};

describe("the smoke test of a delivery", () => {
  it("sends rows that were held out of the training, under an inference id of its own", async () => {
    const { rows } = await test();
    expect(sent).toHaveLength(1);
    expect(sent[0]?.variant).toBe("champion");
    expect(sent[0]?.inferenceId).toMatch(/^mlops-smoke-/);
    expect(sent[0]?.rows).toHaveLength(rows);
    expect(rows).toBeGreaterThanOrEqual(5);
    const version = await world.registry.getVersion("strikes", request.version);
    const manifest = await world.objects.readText({
      bucket: "data",
      key: `strikes/datasets/${version?.datasetId}/manifest.json`,
    });
    const { parts } = JSON.parse(manifest?.text ?? "") as { parts: { test: Array<{ key: string }> } };
    const held = await Promise.all(parts.test.map(({ key }) => world.objects.readText({ bucket: "data", key })));
    const heldOut = held
      .flatMap((part) => (part?.text ?? "").trim().split("\n"))
      .map((line) => JSON.parse(line).features);
    for (const row of sent[0]?.rows ?? []) expect(heldOut).toContainEqual(row);
  });

  it("wants the predictions that batch transform gave and the gate has judged, up to rounding", async () => {
    const { predictions } = JSON.parse(
      (await world.predictions.invoke(plan.endpointName, "champion", JSON.stringify({ instances: [await firstRow()] })))
        .body,
    ) as { predictions: Array<{ probability: number; label: string }> };
    const [right] = predictions;
    if (right === undefined) throw new Error("expected a prediction");
    await test(withFirst({ ...right, probability: right.probability + 1e-9 }));
    await expect(test(withFirst({ ...right, probability: right.probability + 1e-3 }))).rejects.toMatchObject({
      code: "delivery.smoke-failed",
      message: expect.stringMatching(/another prediction than in batch transform/),
    });
    await expect(test(withFirst({ value: 1 }))).rejects.toMatchObject({ code: "delivery.smoke-failed" });
  });

  it.each([
    [
      "an error",
      (answer: PredictionAnswer) => ({ ...answer, status: 400, body: "bad field" }),
      /status 400: bad field/,
    ],
    ["the other variant", (answer: PredictionAnswer) => ({ ...answer, variant: "challenger" }), /variant challenger/],
    ["no predictions", (answer: PredictionAnswer) => ({ ...answer, body: "ok" }), /the answer is not/],
    ["too few", (answer: PredictionAnswer) => ({ ...answer, body: '{"predictions":[]}' }), /predictions/],
  ])("fails when %s answers", async (_case, change, message) => {
    await expect(test(change)).rejects.toMatchObject({
      code: "delivery.smoke-failed",
      message: expect.stringMatching(message),
    });
  });

  it("tries again while a fresh container is not ready", async () => {
    let answers = 0;
    await test((answer) => (answers++ < 2 ? { status: 503, body: "loading", variant: null } : answer));
    expect(sent).toHaveLength(3);
  });
});

describe("the completion of a delivery", () => {
  it("makes nobody champion whose config is not the one that serves", async () => {
    const before = await world.registry.getHead("strikes");
    await world.training.putEndpoint(plan.endpointName, plan.previousConfigName ?? "");
    await expect(completeDelivery(world.factory, { request, plan })).rejects.toMatchObject({
      code: "delivery.rolled-back",
    });
    expect(await world.registry.getHead("strikes")).toEqual(before);
  });
});

async function firstRow(): Promise<Record<string, unknown>> {
  await test();
  const [row] = sent.at(-1)?.rows ?? [];
  sent = [];
  return row ?? {};
}
