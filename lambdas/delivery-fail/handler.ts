import { handlerContext } from "../../adapters/aws-factory.ts";
import { failDelivery } from "../../app/use-cases/fail-delivery.ts";
import { failedDelivery, parseInput } from "../task-inputs.ts";

const { factory, logger } = handlerContext("delivery-fail");

/** Records and alerts after a failed delivery, and makes sure that the champion serves. */
export async function handler(event: unknown): Promise<Awaited<ReturnType<typeof failDelivery>>> {
  const input = parseInput(failedDelivery, event);
  const output = await failDelivery(factory, input);
  logger.info("done", { model: input.request.model, deliveryId: input.request.deliveryId, error: input.error.Error });
  return output;
}
