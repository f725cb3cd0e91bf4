import { handlerContext } from "../../adapters/aws-factory.ts";
import { executionEnded } from "../../app/use-cases/execution-ended.ts";
import { executionEvent, parseInput } from "../task-inputs.ts";

const { factory, logger, environment } = handlerContext("execution-ended");

const MACHINES = new Map([
  [environment.TRAINING_STATE_MACHINE_ARN, "training"],
  [environment.DELIVERY_STATE_MACHINE_ARN, "delivery"],
  [environment.INGEST_STATE_MACHINE_ARN, "ingest"],
] as const);

/** Releases what an execution held when it could not do so itself. */
export async function handler(event: unknown): Promise<{ handled: boolean }> {
  const { detail } = parseInput(executionEvent, event);
  const { name, status, error = null, cause = null } = detail;
  const machine = MACHINES.get(detail.stateMachineArn);
  if (machine === undefined) return { handled: false };
  const answer = await executionEnded(factory, { machine, name, status, error, cause });
  logger.info("done", { machine, name, status, handled: answer.handled });
  return answer;
}
