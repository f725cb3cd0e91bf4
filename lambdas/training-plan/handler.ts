import { handlerContext } from "../../adapters/aws-factory.ts";
import { planTraining } from "../../app/use-cases/plan-training.ts";
import { parseInput, trainingRequest } from "../task-inputs.ts";

const { factory, logger } = handlerContext("training-plan");

/** Freezes the dataset version of a run and computes all its SageMaker requests. */
export async function handler(event: unknown): Promise<Awaited<ReturnType<typeof planTraining>>> {
  const input = parseInput(trainingRequest, event);
  const output = await planTraining(factory, input);
  logger.info("done", { model: input.model, runId: input.runId, outcome: output.outcome, reason: output.reason });
  return output;
}
