import type { z } from "zod";
import type { faultSchema } from "../../../local/kernel/faults/fault.ts";
import type { FaultProgress } from "../../../local/kernel/faults/fault-plan.ts";
import type { ProofSummary } from "../../../local/kernel/proof/proof-ledger.ts";

/** One line of a fault plan as it is posted. */
export type PlannedFault = z.input<typeof faultSchema>;

/** What a cloud in proof mode has checked so far. */
export async function readProof(endpoint: string): Promise<ProofSummary> {
  const answer = await fetch(`${endpoint}/_local/proof`);
  if (!answer.ok) throw new Error(`/_local/proof answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as ProofSummary;
}

/** Adds faults to the cloud's plan. */
export async function addFaults(endpoint: string, faults: readonly PlannedFault[]): Promise<void> {
  const answer = await fetch(`${endpoint}/_local/faults`, { method: "POST", body: JSON.stringify(faults) });
  if (!answer.ok) throw new Error(`/_local/faults answered ${answer.status}: ${await answer.text()}`);
}

/** The cloud's fault plan, with how often each fault was shown. */
export async function readFaults(endpoint: string): Promise<readonly FaultProgress[]> {
  return (await (await fetch(`${endpoint}/_local/faults`)).json()) as FaultProgress[];
}

/** The summary as lines for people. */
export function proofLines(summary: ProofSummary): string[] {
  const operations = Object.keys(summary.operations);
  const events = Object.values(summary.events).reduce((sum, count) => sum + count, 0);
  return [
    `API proof: ${summary.requests} requests of ${operations.length} distinct operations, ${summary.responses} responses and ${events} events (${Object.keys(summary.events).length} kinds) checked against AWS's models`,
    `findings: ${summary.findings.length}`,
    ...summary.findings.map(({ kind, subject, problem, count }) => `  ${kind} ${subject}: ${problem} (${count} times)`),
  ];
}
