import type { Cloud, RequestContext } from "./cloud.ts";
import { applyFault } from "./faults/apply-fault.ts";
import { faultsOf } from "./faults/fault-plan.ts";
import { proofOf } from "./proof/proof-ledger.ts";

/** One call of an operation, its input validated. */
export interface ServiceCall {
  readonly service: string;
  readonly operation: string;
  readonly input: object;
  readonly context: RequestContext;
}

/**
 * Runs an operation as every way into a service does (the wire, `cloud.call`, S3's own HTTP): shows the fault that was
 * planned for it, and in proof mode counts it and holds its answer against AWS's model.
 */
export async function interceptCall(
  cloud: Cloud,
  call: ServiceCall,
  run: () => Promise<object> | object,
): Promise<object> {
  const proof = proofOf(cloud);
  proof?.request(call);
  const fault = faultsOf(cloud).take(call.service, call.operation, call.input, call.context.principal.arn);
  const output = fault ? await applyFault(fault, call, async () => run()) : await run();
  proof?.response(call, output);
  return output;
}
