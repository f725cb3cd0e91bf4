import { AwsError } from "../aws-error.ts";
import type { ServiceCall } from "../intercept-call.ts";
import { AnswerLost } from "./answer-lost.ts";
import type { Fault } from "./fault.ts";

/** Makes a call go wrong as the fault says. `run` is the call itself. Throws AwsError. */
export async function applyFault(fault: Fault, call: ServiceCall, run: () => Promise<object>): Promise<object> {
  if (fault.latencyMillis !== undefined) await pause(fault.latencyMillis, call.context.signal);
  if (fault.dropResponse) {
    await run();
    throw new AnswerLost(call.service, call.operation);
  }
  if (fault.error !== undefined) {
    if (fault.afterEffect) await run();
    const { code, statusCode, message, members } = fault.error;
    throw new AwsError(code, statusCode, message, members);
  }
  return run();
}

function pause(millis: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, millis);
    signal.addEventListener("abort", done, { once: true });
  });
}
