import { handlerContext } from "../../adapters/aws-factory.ts";
import { evaluateGate } from "../../app/use-cases/evaluate-gate.ts";
import { gateRequest, parseInput } from "../task-inputs.ts";

const { factory, logger } = handlerContext("gate");

/** Compares challenger and champion on the same held-out rows and writes the verdict. */
export async function handler(event: unknown): Promise<Awaited<ReturnType<typeof evaluateGate>>> {
  const input = parseInput(gateRequest, event);
  const output = await evaluateGate(factory, input);
  logger.info("done", { model: input.model, runId: input.runId, verdict: output.verdict });
  return output;
}
