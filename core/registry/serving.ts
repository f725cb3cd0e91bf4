import { type Rejected, rejected } from "./transition.ts";
import type { Challenger, DeliveryRequest, Head, ServingVariant, Verdict } from "./types.ts";

/** What the registry knows about a version that is to be delivered. */
export interface DeliveryEvidence {
  readonly version: number;
  readonly verdict: Verdict;
  /** SHA-256 of the artifact that the verdict is about; 64 hex digits. */
  readonly artifactSha256: string;
}

/** Who serves after a delivery. */
export interface Serving {
  readonly champion: number;
  readonly previousChampion: number | null;
  readonly challenger: Challenger | null;
}

/** The members of a delivery request that decide who serves. */
export type ServingChange = Pick<DeliveryRequest, "action" | "version" | "weightPercent" | "forced">;

/**
 * Computes who serves after a delivery, or why it is not allowed: production takes only a version whose gate verdict is on
 * record for an artifact, and as champion only one that passed, unless a person answers for it.
 */
export function servingAfter(head: Head, change: ServingChange, evidence: DeliveryEvidence): Serving | Rejected {
  const { model } = head;
  const deny = (why: string): Rejected => rejected("delivery.not-allowed", `${model}: ${why}`);
  if (evidence.version !== change.version || change.version < 1 || change.version > head.lastVersion) {
    return deny(`there is no version ${change.version}; the newest is ${head.lastVersion}`);
  }
  if (!/^[0-9a-f]{64}$/.test(evidence.artifactSha256)) {
    return deny(`version ${change.version} has no artifact hash on record`);
  }
  const others = head.challenger?.version === change.version ? null : head.challenger;
  switch (change.action) {
    case "promote": {
      if (evidence.verdict !== "passed" && !change.forced && head.champion !== change.version) {
        return deny(
          `the gate's verdict on version ${change.version} is ${evidence.verdict}; a person can answer for it with "force": true and a reason (operations function)`,
        );
      }
      const previousChampion = head.champion === change.version ? head.previousChampion : head.champion;
      return { champion: change.version, previousChampion, challenger: others };
    }
    case "rollback": {
      if (head.previousChampion === null || head.previousChampion !== change.version) {
        return deny(
          `version ${change.version} is not the previous champion (${head.previousChampion ?? "there is none"}), so there is nothing to roll back to`,
        );
      }
      return { champion: change.version, previousChampion: head.champion, challenger: others };
    }
    case "add-challenger": {
      if (head.champion === null) return deny("there is no champion to put a challenger beside");
      if (head.champion === change.version) return deny(`version ${change.version} is the champion itself`);
      if (evidence.verdict === "failed" && !change.forced) {
        return deny(
          `the gate failed version ${change.version}; a person can answer for it with "force": true and a reason (operations function)`,
        );
      }
      const weightPercent = change.weightPercent;
      if (weightPercent === null || !Number.isInteger(weightPercent) || weightPercent < 1 || weightPercent > 99) {
        return deny(`a challenger's share must be a whole number from 1 to 99 percent, got ${weightPercent}`);
      }
      return {
        champion: head.champion,
        previousChampion: head.previousChampion,
        challenger: { version: change.version, weightPercent },
      };
    }
    case "remove-challenger": {
      if (head.champion === null) return deny("there is no champion, hence no experiment");
      if (head.challenger !== null && head.challenger.version !== change.version) {
        return deny(`the challenger is version ${head.challenger.version}, not ${change.version}`);
      }
      return { champion: head.champion, previousChampion: head.previousChampion, challenger: null };
    }
  }
}

/** The production variants of a serving state; weights add up to 100. */
export function variantsOf(serving: Pick<Serving, "champion" | "challenger">): ServingVariant[] {
  const share = serving.challenger?.weightPercent ?? 0;
  const variants: ServingVariant[] = [{ name: "champion", version: serving.champion, weightPercent: 100 - share }];
  if (serving.challenger !== null) {
    variants.push({ name: "challenger", version: serving.challenger.version, weightPercent: share });
  }
  return variants;
}
