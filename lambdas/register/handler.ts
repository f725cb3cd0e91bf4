import { handlerContext } from "../../adapters/aws-factory.ts";
import { registerVersion } from "../../app/use-cases/register-version.ts";
import { parseInput, registerRequest } from "../task-inputs.ts";

const { factory, logger } = handlerContext("register");

/** Records the candidate as a version and takes the delivery lease when the gate has passed. */
export async function handler(event: unknown): Promise<Awaited<ReturnType<typeof registerVersion>>> {
  const input = parseInput(registerRequest, event);
  const output = await registerVersion(factory, input);
  logger.info("done", { model: input.model, runId: input.runId, version: output.version, verdict: output.verdict });
  return output;
}
