import { handlerContext } from "../../adapters/aws-factory.ts";
import { dueModels } from "../../app/use-cases/due-models.ts";
import { dueRequest, parseInput } from "../task-inputs.ts";

const { factory, logger } = handlerContext("monitoring-due");

/** Says which models are due for a check, and mends what crashes have left. */
export async function handler(event: unknown): Promise<Awaited<ReturnType<typeof dueModels>>> {
  const input = parseInput(dueRequest, event);
  const output = await dueModels(factory, input);
  logger.info("done", { models: output.models.length });
  return output;
}
