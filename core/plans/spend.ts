import { instanceUsdPerHour } from "../definition/instance-prices.ts";
import type { ModelDefinition } from "../definition/schema.ts";
import { MlopsError } from "../errors/mlops-error.ts";

/**
 * What a training job took in US dollars: billable seconds times instances times the hourly price. Billable seconds of a
 * spot job already hold the discount (https://docs.aws.amazon.com/sagemaker/latest/dg/model-managed-spot-training.html).
 *
 * @throws MlopsError `definition.not-found` never; `internal.invariant` when no price is known, which the definition's checks exclude
 */
export function trainingSpendUsd(
  definition: ModelDefinition,
  training: { readonly billableSeconds: number; readonly instanceType: string; readonly instanceCount: number },
): number {
  const { instance } = definition.training;
  // A price in the definition is about the definition's own type; the run may have used the one of an older definition.
  const override = instance.type === training.instanceType ? instance.usdPerHour : undefined;
  const usdPerHour = instanceUsdPerHour(training.instanceType, override);
  if (usdPerHour === undefined) {
    throw new MlopsError(
      "internal.invariant",
      `no price is known for ${training.instanceType}; set training.instance.usdPerHour in the definition`,
    );
  }
  return (training.billableSeconds / 3_600) * training.instanceCount * usdPerHour;
}
