import { handlerContext } from "../../adapters/aws-factory.ts";
import { finishTraining } from "../../app/use-cases/finish-training.ts";
import { finishedTraining, parseInput } from "../task-inputs.ts";

const { factory, logger } = handlerContext("training-finish");

/** Releases the training lease and starts what is pending. */
export async function handler(event: unknown): Promise<Awaited<ReturnType<typeof finishTraining>>> {
  const input = parseInput(finishedTraining, event);
  const output = await finishTraining(factory, input);
  logger.info("done", { model: input.model, runId: input.runId, outcome: input.outcome, next: output.next });
  return output;
}
