import type { Factory } from "../../app/factory.ts";
import { completeDelivery } from "../../app/use-cases/complete-delivery.ts";
import { evaluateGate } from "../../app/use-cases/evaluate-gate.ts";
import { failDelivery } from "../../app/use-cases/fail-delivery.ts";
import { failTraining } from "../../app/use-cases/fail-training.ts";
import { finishTraining } from "../../app/use-cases/finish-training.ts";
import { ingestBatch } from "../../app/use-cases/ingest-batch.ts";
import { planDelivery } from "../../app/use-cases/plan-delivery.ts";
import { planTraining, type TrainPlan } from "../../app/use-cases/plan-training.ts";
import { registerVersion } from "../../app/use-cases/register-version.ts";
import { smokeTest } from "../../app/use-cases/smoke-test.ts";
import { parseS3Uri } from "../../core/plans/names.ts";
import type { CreateTransformJobRequest } from "../../core/plans/requests.ts";
import type { DeliveryRequest, TrainingRequest } from "../../core/registry/types.ts";
import { predictSpeed, type World } from "./memory-ports.ts";

/** Repeats a step until it no longer crashes, as Step Functions and SQS do. */
export type Repeat = <T>(step: (factory: Factory) => Promise<T>) => Promise<T>;

/** Uploads a file and delivers its event. */
export async function upload(
  world: World,
  key: string,
  text: string | Uint8Array,
  repeat: Repeat = (step) => step(world.factory),
): Promise<{ outcome: string; batchId: string | null }> {
  const { versionId, sizeBytes } = world.objects.store({ bucket: "data", key }, text);
  return repeat((factory) => ingestBatch(factory, { bucket: "data", key, versionId, sizeBytes }, `message-${key}`));
}

/** Does what the training machine does, with SageMaker's part done by the world's simple model. */
export async function runTraining(
  world: World,
  request: TrainingRequest,
  options: { skill?: number; failTrainingJob?: string; repeat?: Repeat } = {},
): Promise<{ outcome: string; next: string | null; delivery: DeliveryRequest | null }> {
  const repeat: Repeat = options.repeat ?? ((step) => step(world.factory));
  const name = `${request.model}-${request.runId}`;
  const run = { model: request.model, runId: request.runId, fence: request.fence };
  let outcome: "succeeded" | "failed" | "nothing-to-train" = "succeeded";
  let reason = "done";
  let delivery: DeliveryRequest | null = null;
  const plan = await repeat((factory) => planTraining(factory, request));
  if (plan.outcome === "nothing-to-train") {
    outcome = "nothing-to-train";
    reason = plan.reason;
  } else if (options.failTrainingJob !== undefined) {
    world.training.jobs.set(plan.trainingJob.TrainingJobName, job("Failed", options.failTrainingJob));
    const error = { Error: "States.TaskFailed", Cause: "training failed" };
    ({ reason } = await repeat((factory) => failTraining(factory, { ...run, error })));
    outcome = "failed";
  } else {
    delivery = await trainAndRegister(world, request, plan, options.skill ?? 1, repeat);
  }
  const { next } = await repeat((factory) => finishTraining(factory, { ...run, outcome, reason }));
  world.orchestrator.end("training", name, outcome === "failed" ? "failed" : "succeeded");
  return { outcome, next, delivery };
}

async function trainAndRegister(
  world: World,
  request: TrainingRequest,
  plan: TrainPlan,
  skill: number,
  repeat: Repeat,
): Promise<DeliveryRequest | null> {
  const modelName = plan.model.ModelName;
  world.skill.set(modelName, skill);
  world.training.jobs.set(plan.trainingJob.TrainingJobName, job("Completed", null));
  const artifact = `${request.model}/${request.runId}/output/model.tar.gz`;
  if ((await world.objects.head({ bucket: "artifacts", key: artifact })) === null) {
    world.objects.store({ bucket: "artifacts", key: artifact }, `artifact of ${modelName}`);
  }
  const modelDataUrl = `s3://artifacts/${artifact}`;
  await world.training.createModel({
    ...plan.model,
    PrimaryContainer: { ...plan.model.PrimaryContainer, ModelDataUrl: modelDataUrl },
  });
  await transform(world, plan.transforms.challenger);
  if (plan.transforms.champion !== null) await transform(world, plan.transforms.champion);
  const gateRequest = {
    model: request.model,
    runId: request.runId,
    datasetId: plan.datasetId,
    championVersion: plan.championVersion,
    modelDataUrl,
    trainingJobName: plan.trainingJob.TrainingJobName,
    transforms: {
      challenger: plan.transforms.challenger.TransformOutput.S3OutputPath,
      champion: plan.transforms.champion?.TransformOutput.S3OutputPath ?? null,
    },
  };
  const gate = await repeat((factory) => evaluateGate(factory, gateRequest));
  const training = { billableSeconds: 3_600, instanceType: "ml.m5.large", instanceCount: 1 };
  const registered = await repeat((factory) =>
    registerVersion(factory, { ...gateRequest, fence: request.fence, gate, training }),
  );
  if (registered.delivery !== null) {
    const { model, deliveryId } = registered.delivery;
    await world.orchestrator.start("delivery", `${model}-${deliveryId}`, registered.delivery);
  }
  return registered.delivery;
}

/** Does what the delivery machine does. */
export async function runDelivery(
  world: World,
  request: DeliveryRequest,
  options: { repeat?: Repeat; breakSmoke?: boolean } = {},
): Promise<"succeeded" | "failed"> {
  const repeat: Repeat = options.repeat ?? ((step) => step(world.factory));
  const plan = await repeat((factory) => planDelivery(factory, request));
  const name = `${request.model}-${request.deliveryId}`;
  try {
    if (!plan.noop) {
      await world.training.createEndpointConfig(plan.endpointConfig);
      await world.training.putEndpoint(plan.endpointName, plan.endpointConfig.EndpointConfigName);
      if (options.breakSmoke === true) world.predictions.failures = 1_000;
      await repeat((factory) => smokeTest(factory, { request, plan }));
    }
    await repeat((factory) => completeDelivery(factory, { request, plan }));
  } catch (error) {
    world.predictions.failures = 0;
    if (plan.previousConfigName !== null) await world.training.putEndpoint(plan.endpointName, plan.previousConfigName);
    else await world.training.deleteEndpoint(plan.endpointName);
    const { name: code, message } = error as Error;
    await repeat((factory) => failDelivery(factory, { request, plan, error: { Error: code, Cause: message } }));
    world.orchestrator.end("delivery", name, "failed");
    return "failed";
  }
  world.orchestrator.end("delivery", name, "succeeded");
  return "succeeded";
}

/** Runs every execution that is there until none is left. */
export async function runEverything(
  world: World,
  options: { skill?: number; repeat?: Repeat } = {},
): Promise<{ trainings: string[]; deliveries: string[] }> {
  const trainings: string[] = [];
  const deliveries: string[] = [];
  for (let round = 0; round < 50; round++) {
    const [training] = world.orchestrator.running("training") as TrainingRequest[];
    const [delivery] = world.orchestrator.running("delivery") as DeliveryRequest[];
    if (delivery !== undefined) deliveries.push(await runDelivery(world, delivery, options));
    else if (training !== undefined) trainings.push((await runTraining(world, training, options)).outcome);
    else return { trainings, deliveries };
  }
  throw new Error("the machines start each other without end");
}

function job(status: "Completed" | "Failed", failureReason: string | null) {
  return { status, billableSeconds: 3_600, failureReason, modelDataUrl: null, finalMetrics: {} };
}

/** Batch transform: every held-out row with its prediction. */
async function transform(world: World, request: CreateTransformJobRequest): Promise<void> {
  const skill = world.skill.get(request.ModelName) ?? 1;
  const manifest = parseS3Uri(request.TransformInput.DataSource.S3DataSource.S3Uri);
  const output = parseS3Uri(request.TransformOutput.S3OutputPath);
  if (manifest === null || output === null) throw new Error("not an S3 URI");
  const listed = await world.objects.readText(manifest);
  const [, ...keys] = JSON.parse(listed?.text ?? "[]") as [object, ...string[]];
  for (const key of keys) {
    const part = await world.objects.readText({ bucket: "data", key });
    const lines = (part?.text ?? "").trim().split("\n");
    const joined = lines.map((line) => {
      const row = JSON.parse(line) as { features: Record<string, unknown> };
      return JSON.stringify({ ...row, SageMakerOutput: predictSpeed(skill, row.features) });
    });
    const name = key.split("/").at(-1);
    world.objects.store({ bucket: output.bucket, key: `${output.key}${name}.out` }, `${joined.join("\n")}\n`);
  }
}
