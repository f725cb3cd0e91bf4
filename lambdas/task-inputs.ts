import * as z from "zod";
import type { DeliveryPlan } from "../app/use-cases/plan-delivery.ts";
import { MlopsError } from "../core/errors/mlops-error.ts";

/** Input of the training machine. */
export const trainingRequest = z.object({
  model: z.string().min(1),
  runId: z.string().min(1),
  fence: z.number().int(),
  trigger: z.object({ kind: z.enum(["data", "drift", "schedule", "command", "pending"]), reason: z.string() }),
});

/** Input of the gate task. */
export const gateRequest = z.object({
  model: z.string().min(1),
  runId: z.string().min(1),
  datasetId: z.string().min(1),
  championVersion: z.number().int().nullable(),
  modelDataUrl: z.string().startsWith("s3://"),
  trainingJobName: z.string().min(1),
  transforms: z.object({
    challenger: z.string().startsWith("s3://"),
    champion: z.string().startsWith("s3://").nullable(),
  }),
});

/** Input of the register task. */
export const registerRequest = gateRequest.extend({
  fence: z.number().int(),
  gate: z.object({
    verdict: z.enum(["passed", "failed", "undecided"]),
    reportKey: z.string(),
    artifactSha256: z.string(),
    summary: z.string(),
  }),
  training: z.object({ billableSeconds: z.number(), instanceType: z.string(), instanceCount: z.number() }),
});

/** An error as Step Functions hands it to a failure path; a caught state may lack the cause. */
const taskError = z.object({ Error: z.string(), Cause: z.string().default("") });

/** Input of training-fail. */
export const failedTraining = z.object({
  model: z.string().min(1),
  runId: z.string().min(1),
  fence: z.number().int(),
  error: taskError,
});

/** Input of training-finish. */
export const finishedTraining = z.object({
  model: z.string().min(1),
  runId: z.string().min(1),
  fence: z.number().int(),
  outcome: z.enum(["succeeded", "failed", "nothing-to-train"]),
  reason: z.string(),
});

/** Input of the delivery machine. */
export const deliveryRequest = z.object({
  model: z.string().min(1),
  deliveryId: z.string().min(1),
  action: z.enum(["promote", "add-challenger", "remove-challenger", "rollback"]),
  version: z.number().int(),
  weightPercent: z.number().nullable().default(null),
  requestedBy: z.string(),
  reason: z.string(),
  forced: z.boolean().default(false),
});

/** The plan comes back as delivery-plan has given it. */
const plan = z.custom<DeliveryPlan>((value) => typeof value === "object" && value !== null && "endpointName" in value);

/** Input of delivery-smoke and delivery-complete. */
export const plannedDelivery = z.object({ request: deliveryRequest, plan });

/** Input of delivery-fail. */
export const failedDelivery = z.object({ request: deliveryRequest, plan: plan.nullable(), error: taskError });

const largeBatch = { model: z.string().min(1), batchId: z.string().min(1) };

/** Input of ingest-range. */
export const rangeTask = z.object({
  pass: z.enum(["scan", "read"]),
  ...largeBatch,
  range: z.object({ index: z.number().int(), from: z.number().int(), to: z.number().int() }),
});

/** Input of ingest-merge. */
export const mergeStep = z.discriminatedUnion("step", [
  z.object({ step: z.literal("place"), ...largeBatch }),
  z.object({ step: z.literal("decide"), ...largeBatch }),
  z.object({ step: z.literal("fail"), ...largeBatch, error: taskError }),
]);

/** Input of monitoring-due. */
export const dueRequest = z.object({ models: z.array(z.string()).optional(), force: z.boolean().optional() });

/** Input of drift-check. */
export const dueModel = z.object({
  model: z.string().min(1),
  check: z.boolean(),
  retrain: z.literal("schedule").nullable(),
});

/** Null and absent both mean: the one that suggests itself. */
const version = z
  .number()
  .int()
  .min(1)
  .nullish()
  .transform((value) => value ?? undefined);
const commandBase = { model: z.string().min(1), requestedBy: z.string().min(1), reason: z.string().default("") };

/** Input of operations. */
export const command = z.discriminatedUnion("action", [
  z.object({ action: z.literal("retrain"), ...commandBase, force: z.boolean().optional() }),
  z.object({
    action: z.literal("traffic"),
    ...commandBase,
    weightPercent: z.number().int().min(1).max(99),
    version,
    force: z.boolean().optional(),
  }),
  z.object({
    action: z.literal("end-experiment"),
    ...commandBase,
    outcome: z.enum(["promote", "remove"]),
    force: z.boolean().optional(),
  }),
  z.object({ action: z.literal("rollback"), ...commandBase, version, force: z.boolean().optional() }),
  z.object({ action: z.literal("drift"), ...commandBase }),
]);

/** Step Functions' "Execution Status Change" event (https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html). */
export const executionEvent = z.object({
  detail: z.object({
    stateMachineArn: z.string(),
    name: z.string(),
    status: z.enum(["FAILED", "TIMED_OUT", "ABORTED"]),
    error: z.string().nullish(),
    cause: z.string().nullish(),
  }),
});

/**
 * Parses what a handler was called with.
 *
 * @throws MlopsError `input.invalid` that names what is wrong
 */
export function parseInput<T>(schema: z.ZodType<T>, event: unknown): T {
  const parsed = schema.safeParse(event);
  if (parsed.success) return parsed.data;
  throw new MlopsError("input.invalid", `the input is wrong:\n${z.prettifyError(parsed.error)}`);
}
