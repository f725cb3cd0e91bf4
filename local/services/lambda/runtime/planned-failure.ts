import { randomUUID } from "node:crypto";
import type { Cloud } from "../../../kernel/cloud.ts";
import { faultsOf } from "../../../kernel/faults/fault-plan.ts";
import type { InvocationOutcome } from "../types.ts";

/**
 * Runs an invocation, or lets it fail as the cloud's fault plan says: before the function has done anything, or after it has
 * done all of its work (`afterEffect`), which is what a time-out and a killed process may look like to the caller.
 */
export async function withPlannedFailure(
  cloud: Cloud,
  functionName: string,
  executedVersion: string,
  payload: Uint8Array,
  run: () => Promise<InvocationOutcome>,
): Promise<InvocationOutcome> {
  const input = { FunctionName: functionName, Payload: payload };
  const fault = faultsOf(cloud).take("lambda", "RunFunction", input);
  if (fault?.functionError === undefined) return run();
  if (fault.afterEffect) await run();
  return {
    requestId: randomUUID(),
    payload: Buffer.from(JSON.stringify(fault.functionError), "utf8"),
    functionError: "Unhandled",
    executedVersion,
    logTail: async () => "",
  };
}
