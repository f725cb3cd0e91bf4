import { handlerContext } from "../../adapters/aws-factory.ts";
import { checkDrift } from "../../app/use-cases/check-drift.ts";
import { dueModel, parseInput } from "../task-inputs.ts";

const { factory, logger } = handlerContext("drift-check");

/** Counts new live rows, decides on drift, alerts and retrains as the definition allows. */
export async function handler(event: unknown): Promise<Awaited<ReturnType<typeof checkDrift>>> {
  const input = parseInput(dueModel, event);
  const output = await checkDrift(factory, input);
  logger.info("done", { model: input.model, level: output.level, alarmed: output.alarmed });
  return output;
}
