import { handlerContext } from "../../adapters/aws-factory.ts";
import { executionEnded } from "../../app/use-cases/execution-ended.ts";
import { executionEvent, parseInput } from "../task-inputs.ts";

const { factory, logger, environment } = handlerContext("execution-ended");

/** Releases what an execution held when it could not do so itself. */
export async function handler(event: unknown): Promise<{ handled: boolean }> {
  const { detail } = parseInput(executionEvent, event);
  const { name, status, error = null, cause = null } = detail;
  const isTraining = detail.stateMachineArn === environment.TRAINING_STATE_MACHINE_ARN;
  if (!isTraining && detail.stateMachineArn !== environment.DELIVERY_STATE_MACHINE_ARN) return { handled: false };
  const machine = isTraining ? "training" : "delivery";
  const answer = await executionEnded(factory, { machine, name, status, error, cause });
  logger.info("done", { machine, name, status, handled: answer.handled });
  return answer;
}
