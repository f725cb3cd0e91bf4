import { runsToday, spendThisMonthUsd } from "./head.ts";
import { type Rejected, rejected } from "./transition.ts";
import type { Head, TriggerKind } from "./types.ts";

/** The part of a model definition that limits training. */
export interface TrainingPolicy {
  /** Triggers that may start a run by themselves. */
  readonly on: readonly ("data" | "drift" | "schedule")[];
  readonly cooldownMinutes: number;
  readonly maxRunsPerDay: number;
  readonly maxUsdPerMonth: number;
}

/**
 * Says why a run may not start now, or null when it may.
 *
 * - A person's command passes everything but the budget (and that too with `force`).
 * - New data and what is pending pass the cooldown: people who upload data expect a model from it; the daily ceiling still holds.
 * - Drift and schedule obey the cooldown: the same drift is seen at every look.
 */
export function refuseTraining(
  head: Head,
  policy: TrainingPolicy,
  trigger: TriggerKind,
  now: Date,
  force = false,
): Rejected | null {
  const { model } = head;
  if (trigger !== "command" && trigger !== "pending" && !policy.on.includes(trigger)) {
    return rejected(
      "training.not-enabled",
      `retraining.on of ${model} is [${policy.on.join(", ")}], which does not include ${trigger}; start it with: mlops retrain ${model}`,
    );
  }
  const spentUsd = spendThisMonthUsd(head, now);
  if (!force && spentUsd >= policy.maxUsdPerMonth) {
    return rejected(
      "training.budget",
      `training of ${model} has taken $${spentUsd.toFixed(2)} this month, the ceiling is $${policy.maxUsdPerMonth} (retraining.maxUsdPerMonth); raise it in the definition and deploy`,
    );
  }
  if (trigger === "command") return null;
  const runs = runsToday(head, now);
  if (runs >= policy.maxRunsPerDay) {
    return rejected(
      "training.runs-per-day",
      `${model} has trained ${runs} times today, the ceiling is ${policy.maxRunsPerDay} (retraining.maxRunsPerDay); it goes on tomorrow, or start it with: mlops retrain ${model}`,
    );
  }
  if ((trigger === "drift" || trigger === "schedule") && head.lastTrainingAt !== null) {
    const readyAt = Date.parse(head.lastTrainingAt) + policy.cooldownMinutes * 60_000;
    if (now.getTime() < readyAt) {
      return rejected(
        "training.cooldown",
        `${model} trained at ${head.lastTrainingAt}; the cooldown of ${policy.cooldownMinutes} minutes ends at ${new Date(readyAt).toISOString()}`,
      );
    }
  }
  return null;
}
