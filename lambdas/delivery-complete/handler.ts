import { handlerContext } from "../../adapters/aws-factory.ts";
import { completeDelivery } from "../../app/use-cases/complete-delivery.ts";
import { parseInput, plannedDelivery } from "../task-inputs.ts";

const { factory, logger } = handlerContext("delivery-complete");

/** Swaps who serves in one conditional update, then tidies up. */
export async function handler(event: unknown): Promise<Awaited<ReturnType<typeof completeDelivery>>> {
  const input = parseInput(plannedDelivery, event);
  const output = await completeDelivery(factory, input);
  logger.info("done", { model: input.request.model, deliveryId: input.request.deliveryId, champion: output.champion });
  return output;
}
