import { MlopsError } from "../../core/errors/mlops-error.ts";
import { dataKeys } from "../../core/plans/names.ts";
import { predictionDifference, type SmokeRow } from "../../core/plans/predictions.ts";
import type { DeliveryRequest, ServingVariant } from "../../core/registry/types.ts";
import type { Factory } from "../factory.ts";
import type { PredictionAnswer } from "../ports/predictions.ts";
import { readJson } from "../support/json.ts";
import { requireVersion } from "../support/require.ts";
import type { DeliveryPlan } from "./plan-delivery.ts";

/** A delivery with its plan. */
export interface PlannedDelivery {
  readonly request: DeliveryRequest;
  readonly plan: DeliveryPlan;
}

/** Batch transform and endpoint run the same code on the same artifact; what differs is rounding in JSON. */
export const MAX_DIFFERENCE = 1e-6;
/** A fresh container may need a moment: so many tries, with so many milliseconds more in between each time. */
const TRIES = 4;
const WAIT_MILLIS = 1_500;
/** Inference ids of the factory's own calls begin so; drift checks leave them out. */
export const SMOKE_INFERENCE_PREFIX = "mlops-smoke-";

/**
 * Sends real held-out rows to every variant of the live endpoint; the answers must be those of the batch transform that the
 * gate has judged.
 *
 * @throws MlopsError `delivery.smoke-failed`
 */
export async function smokeTest(
  factory: Factory,
  { request, plan }: PlannedDelivery,
): Promise<{ rows: number; maxDifference: number }> {
  let rows = 0;
  let maxDifference = 0;
  for (const variant of plan.smoke.variants) {
    const version = await requireVersion(factory, request.model, variant.version);
    const sample = await readJson<readonly SmokeRow[]>(factory, {
      bucket: factory.settings.dataBucket,
      key: dataKeys.smokeRows(version.model, version.runId),
    });
    const predictions = await predict(factory, { request, plan }, variant, sample);
    for (const [index, row] of sample.entries()) {
      const difference = predictionDifference(row.expected, predictions[index]);
      if (difference > MAX_DIFFERENCE) {
        throw failed(
          variant,
          `row ${row.id} got another prediction than in batch transform (difference ${difference})`,
        );
      }
      maxDifference = Math.max(maxDifference, difference);
    }
    rows += sample.length;
  }
  return { rows, maxDifference };
}

async function predict(
  factory: Factory,
  { request, plan }: PlannedDelivery,
  variant: ServingVariant,
  sample: readonly SmokeRow[],
): Promise<readonly unknown[]> {
  if (sample.length === 0) throw failed(variant, "there is no held-out row to send");
  const body = JSON.stringify({ instances: sample.map((row) => row.features) });
  const inferenceId = `${SMOKE_INFERENCE_PREFIX}${request.deliveryId}`;
  let answer: PredictionAnswer | null = null;
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    answer = await factory.predictions.invoke(plan.endpointName, variant.name, body, inferenceId);
    if (answer.status < 500) break;
    await factory.clock.sleep(WAIT_MILLIS * attempt);
  }
  if (answer === null || answer.status !== 200) {
    throw failed(variant, `the endpoint answered with status ${answer?.status}: ${answer?.body.slice(0, 500)}`);
  }
  if (answer.variant !== null && answer.variant !== variant.name) {
    throw failed(variant, `variant ${answer.variant} answered instead`);
  }
  const predictions = predictionsOf(answer.body);
  if (predictions === null || predictions.length !== sample.length) {
    throw failed(variant, `the answer is not {"predictions":[...]} with ${sample.length} predictions`);
  }
  return predictions;
}

function predictionsOf(body: string): readonly unknown[] | null {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    // Not JSON is an answer of the wrong shape, which the caller reports.
    return null;
  }
  const predictions = (value as { predictions?: unknown } | null)?.predictions;
  return Array.isArray(predictions) ? predictions : null;
}

function failed(variant: ServingVariant, what: string): MlopsError {
  return new MlopsError("delivery.smoke-failed", `version ${variant.version} (variant ${variant.name}): ${what}`);
}
