import { handlerContext } from "../../adapters/aws-factory.ts";
import { planDelivery } from "../../app/use-cases/plan-delivery.ts";
import { deliveryRequest, parseInput } from "../task-inputs.ts";

const { factory, logger } = handlerContext("delivery-plan");

/** Checks that the version may serve and computes every request of the delivery. */
export async function handler(event: unknown): Promise<Awaited<ReturnType<typeof planDelivery>>> {
  const input = parseInput(deliveryRequest, event);
  const output = await planDelivery(factory, input);
  logger.info("done", { model: input.model, deliveryId: input.deliveryId, noop: output.noop });
  return output;
}
