import { monthOf, spendThisMonthUsd } from "./head.ts";
import { holdsTrainingLease } from "./training-lease.ts";
import { changed, rejected, type Transition } from "./transition.ts";
import type { Head, Verdict, VersionStatus } from "./types.ts";

/** Records the candidate that a run has made, and what its training took. */
export interface RecordVersion {
  readonly runId: string;
  readonly fence: number;
  readonly verdict: Verdict;
  readonly spendUsd: number;
  readonly summary: string;
}

/**
 * Gives the next version number (`lastVersion` of the new head) to the run's candidate.
 * Only the run that holds the training lease may do so; the caller writes the version item in the same transaction.
 */
export function recordVersion(head: Head, command: RecordVersion, now: Date): Transition {
  if (!holdsTrainingLease(head, command.runId, command.fence)) {
    return rejected(
      "training.lease-lost",
      `run ${command.runId} (fence ${command.fence}) does not hold the training lease of ${head.model}; the lease is ${describeLease(head)}`,
    );
  }
  const version = head.lastVersion + 1;
  return changed(
    head,
    {
      lastVersion: version,
      spendByMonth: { month: monthOf(now), usd: spendThisMonthUsd(head, now) + command.spendUsd },
    },
    "VersionRegistered",
    { actor: `run ${command.runId}`, reason: `version ${version}, gate ${command.verdict}: ${command.summary}` },
    now,
  );
}

function describeLease(head: Head): string {
  return head.trainingLease === null
    ? "free"
    : `held by ${head.trainingLease.runId} (fence ${head.trainingLease.fence})`;
}

/** A version's status: its role in the head, otherwise what the gate said. */
export function versionStatus(head: Head, version: number, verdict: Verdict): VersionStatus {
  if (head.champion === version) return "champion";
  if (head.challenger?.version === version) return "challenger";
  if (head.previousChampion === version) return "previous-champion";
  return verdict === "passed" ? "candidate" : "refused";
}
