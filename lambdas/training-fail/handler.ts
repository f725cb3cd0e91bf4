import { handlerContext } from "../../adapters/aws-factory.ts";
import { failTraining } from "../../app/use-cases/fail-training.ts";
import { failedTraining, parseInput } from "../task-inputs.ts";

const { factory, logger } = handlerContext("training-fail");

/** Stops, records and alerts after a failed run. */
export async function handler(event: unknown): Promise<Awaited<ReturnType<typeof failTraining>>> {
  const input = parseInput(failedTraining, event);
  const output = await failTraining(factory, input);
  logger.info("done", { model: input.model, runId: input.runId, error: input.error.Error });
  return output;
}
