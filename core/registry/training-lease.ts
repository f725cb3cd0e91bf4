import { dayOf, monthOf, runsToday, spendThisMonthUsd } from "./head.ts";
import { makeRunId } from "./ids.ts";
import { refuseTraining, type TrainingPolicy } from "./training-policy.ts";
import { type Cause, changed, rejected, type Transition, unchanged } from "./transition.ts";
import type { Head, TrainingTrigger } from "./types.ts";

/** Asks for the right to train. */
export interface AcquireTrainingLease {
  readonly trigger: TrainingTrigger;
  readonly policy: TrainingPolicy;
  readonly actor: string;
  /** A person accepts to go beyond the budget. */
  readonly force?: boolean;
}

/**
 * Gives the training lease with the next fence, if no run holds it and the policy allows one now.
 * Whatever was pending is part of this run, so the pending flag is cleared.
 */
export function acquireTrainingLease(head: Head, command: AcquireTrainingLease, now: Date): Transition {
  if (head.trainingLease !== null) {
    return rejected(
      "training.lease-held",
      `run ${head.trainingLease.runId} has trained ${head.model} since ${head.trainingLease.startedAt}`,
    );
  }
  const refusal = refuseTraining(head, command.policy, command.trigger.kind, now, command.force);
  if (refusal !== null) return refusal;
  const fence = head.trainingFence + 1;
  const startedAt = now.toISOString();
  return changed(
    head,
    {
      trainingLease: { runId: makeRunId(fence, now), fence, trigger: command.trigger, startedAt },
      trainingFence: fence,
      trainingPending: null,
      lastTrainingAt: startedAt,
      runsByDay: { day: dayOf(now), count: runsToday(head, now) + 1 },
    },
    "TrainingStarted",
    { actor: command.actor, reason: command.trigger.reason },
    now,
  );
}

/** Remembers that another run is wanted, for the moment when the lease or the policy allows it. The first reason stays. */
export function notePendingTraining(head: Head, cause: Cause, now: Date): Transition {
  if (head.trainingPending !== null) return unchanged(head);
  return changed(
    head,
    { trainingPending: { reason: cause.reason, since: now.toISOString() } },
    "TrainingPostponed",
    cause,
    now,
  );
}

/** Gives the lease back. */
export interface ReleaseTrainingLease {
  readonly runId: string;
  readonly fence: number;
  readonly outcome: "succeeded" | "failed" | "nothing-to-train";
  readonly reason: string;
}

/**
 * Ends the lease of a run; repeated or late calls change nothing. A run that found nothing to train does not count against
 * the day's ceiling. Whether to start the next one: look at `trainingPending` of the head.
 */
export function releaseTrainingLease(head: Head, command: ReleaseTrainingLease, now: Date): Transition {
  if (head.trainingLease?.runId !== command.runId || head.trainingLease.fence !== command.fence) return unchanged(head);
  const refund = command.outcome === "nothing-to-train" && head.runsByDay.day === dayOf(now) ? 1 : 0;
  return changed(
    head,
    {
      trainingLease: null,
      runsByDay: { day: head.runsByDay.day, count: Math.max(0, head.runsByDay.count - refund) },
    },
    "TrainingEnded",
    { actor: `run ${command.runId}`, reason: `${command.outcome}: ${command.reason}` },
    now,
  );
}

/** Adds what a training job took to the month's account. The caller makes sure that it happens once for each run. */
export function recordSpend(head: Head, command: { runId: string; usd: number }, now: Date): Transition {
  if (command.usd === 0) return unchanged(head);
  return changed(
    head,
    { spendByMonth: { month: monthOf(now), usd: spendThisMonthUsd(head, now) + command.usd } },
    "SpendRecorded",
    { actor: `run ${command.runId}`, reason: `training took $${command.usd.toFixed(4)}` },
    now,
  );
}

/** Checks that a run still holds the lease, before it writes anything that others rely on. */
export function holdsTrainingLease(head: Head, runId: string, fence: number): boolean {
  return head.trainingLease?.runId === runId && head.trainingLease.fence === fence;
}
