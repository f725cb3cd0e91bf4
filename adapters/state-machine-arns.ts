import type { Machine } from "../app/ports/orchestrator.ts";
import type { Environment } from "./environment.ts";

/** ARN of each state machine. */
export function stateMachineArns(environment: Environment): Readonly<Record<Machine, string>> {
  return {
    training: environment.TRAINING_STATE_MACHINE_ARN,
    delivery: environment.DELIVERY_STATE_MACHINE_ARN,
    monitoring: environment.MONITORING_STATE_MACHINE_ARN,
    ingest: environment.INGEST_STATE_MACHINE_ARN,
  };
}
