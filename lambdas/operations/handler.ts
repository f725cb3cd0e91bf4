import { handlerContext } from "../../adapters/aws-factory.ts";
import { type CommandResult, operate } from "../../app/use-cases/operate.ts";
import { isMlopsError } from "../../core/errors/mlops-error.ts";
import { command, parseInput } from "../task-inputs.ts";

const { factory, logger } = handlerContext("operations");

/** Answer to the `mlops` command. */
type Answer =
  | ({ readonly ok: true } & CommandResult)
  | { readonly ok: false; readonly error: { readonly code: string; readonly message: string } };

/** Carries out a command of a person. What is not allowed now is an answer; only faults are exceptions. */
export async function handler(event: unknown): Promise<Answer> {
  try {
    const input = parseInput(command, event);
    const result = await operate(factory, input);
    logger.info("done", { action: input.action, model: input.model, requestedBy: input.requestedBy, ...result });
    return { ok: true, ...result };
  } catch (error) {
    if (!isMlopsError(error) || error.code === "internal.invariant") throw error;
    logger.warn("refused", { code: error.code, reason: error.message });
    return { ok: false, error: { code: error.code, message: error.message } };
  }
}
