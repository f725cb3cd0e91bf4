import * as z from "zod";
import type { Cloud } from "../cloud.ts";
import { type Fault, faultSchema } from "./fault.ts";

/** A fault with what has come of it so far. */
export interface FaultProgress extends Fault {
  /** Matching calls seen. */
  readonly seen: number;
  /** Calls that failed by it. */
  readonly hits: number;
}

const LONGEST_TEXT = 65_536;

/** The faults that a cloud was told to show. Tests set it over `/_local/faults` or the variable MLOPS_LOCAL_FAULTS. */
export class FaultPlan {
  #entries: Array<{ fault: Fault; seen: number; hits: number }> = [];

  /** Adds faults. Throws ZodError that names what is wrong. */
  add(faults: unknown): void {
    for (const fault of z.array(faultSchema).parse(faults)) this.#entries.push({ fault, seen: 0, hits: 0 });
  }

  clear(): void {
    this.#entries = [];
  }

  list(): FaultProgress[] {
    return this.#entries.map(({ fault, seen, hits }) => ({ ...fault, seen, hits }));
  }

  /** The fault that this call shall show, if any. Every matching entry counts the call; the first that is due applies. */
  take(service: string, operation: string, input: object, principal = ""): Fault | undefined {
    if (this.#entries.length === 0) return undefined;
    let due: Fault | undefined;
    let text: string | undefined;
    for (const entry of this.#entries) {
      const { fault } = entry;
      if (fault.service !== service || fault.operation !== operation) continue;
      if (fault.principal !== undefined && !new RegExp(fault.principal).test(principal)) continue;
      if (fault.match !== undefined) {
        text ??= readable(input);
        if (!new RegExp(fault.match).test(text)) continue;
      }
      entry.seen += 1;
      if (due !== undefined || entry.seen < fault.nth || entry.seen >= fault.nth + fault.times) continue;
      entry.hits += 1;
      due = fault;
    }
    return due;
  }
}

const plans = new WeakMap<Cloud, FaultPlan>();

/** The fault plan of a cloud; starts with what MLOPS_LOCAL_FAULTS holds (a JSON list). */
export function faultsOf(cloud: Cloud): FaultPlan {
  let plan = plans.get(cloud);
  if (!plan) {
    plan = new FaultPlan();
    const text = process.env["MLOPS_LOCAL_FAULTS"];
    if (text !== undefined && text !== "") plan.add(JSON.parse(text));
    plans.set(cloud, plan);
  }
  return plan;
}

/** The input as JSON; bytes (a Lambda payload) as text, streams left out. */
function readable(input: object): string {
  const text = JSON.stringify(input, function (this: Record<string, unknown>, key, written: unknown) {
    // A Buffer has been written as a list of numbers when it comes here; its holder still has it.
    const value = this[key];
    if (value instanceof Uint8Array) return Buffer.from(value.subarray(0, LONGEST_TEXT)).toString("utf8");
    if (typeof value === "object" && value !== null && (Symbol.asyncIterator in value || "pipe" in value)) return "";
    return written;
  });
  // Bytes that hold JSON are escaped inside of it; a pattern should not have to know.
  return text.replaceAll('\\"', '"');
}
