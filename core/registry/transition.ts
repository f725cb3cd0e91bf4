import type { AuditEvent } from "./items.ts";
import type { Head } from "./types.ts";

/** Why a change of the head was not allowed. */
export type RejectionCode =
  | "training.lease-held"
  | "training.lease-lost"
  | "training.not-enabled"
  | "training.cooldown"
  | "training.runs-per-day"
  | "training.budget"
  | "delivery.lease-held"
  | "delivery.lease-lost"
  | "delivery.not-allowed";

/** The change is made: `head` is the new head; `audit` is null when nothing changed (a repeated command). */
export interface Accepted {
  readonly accepted: true;
  readonly head: Head;
  readonly audit: AuditEvent | null;
}

/** The change is not allowed; the message says what was found and what to do. */
export interface Rejected {
  readonly accepted: false;
  readonly code: RejectionCode;
  readonly message: string;
}

/** Result of a pure transition of the head. */
export type Transition = Accepted | Rejected;

/** Who makes a change and why. */
export interface Cause {
  readonly actor: string;
  readonly reason: string;
}

/** A repeated command that finds its effect done: same head, no audit event. */
export function unchanged(head: Head): Accepted {
  return { accepted: true, head, audit: null };
}

/** A change that is not allowed. */
export function rejected(code: RejectionCode, message: string): Rejected {
  return { accepted: false, code, message };
}

/** Makes the next head (revision + 1) and the audit event that shows the members that differ, before and after. */
export function changed(head: Head, change: Partial<Head>, action: string, cause: Cause, now: Date): Accepted {
  const next: Head = { ...head, ...change, revision: head.revision + 1 };
  const before: Record<string, unknown> = {};
  const after: Record<string, unknown> = {};
  for (const member of Object.keys(change) as (keyof Head)[]) {
    if (JSON.stringify(head[member]) === JSON.stringify(next[member])) continue;
    before[member] = head[member];
    after[member] = next[member];
  }
  const audit: AuditEvent = {
    model: head.model,
    at: now.toISOString(),
    sequence: String(next.revision).padStart(8, "0"),
    action,
    actor: cause.actor,
    reason: cause.reason,
    before,
    after,
  };
  return { accepted: true, head: next, audit };
}
