import { handlerContext } from "../../adapters/aws-factory.ts";
import { smokeTest } from "../../app/use-cases/smoke-test.ts";
import { parseInput, plannedDelivery } from "../task-inputs.ts";

const { factory, logger } = handlerContext("delivery-smoke");

/** Sends real held-out rows through the live endpoint and compares the answers. */
export async function handler(event: unknown): Promise<Awaited<ReturnType<typeof smokeTest>>> {
  const input = parseInput(plannedDelivery, event);
  const output = await smokeTest(factory, input);
  logger.info("done", { model: input.request.model, deliveryId: input.request.deliveryId, rows: output.rows });
  return output;
}
