import { neededRows, showNeeded } from "../needed-rows.ts";
import { reason, show } from "../reason.ts";
import type { GateReason } from "../types.ts";
import type { RuleContext } from "./context.ts";
import { gainOf, showComparison } from "./measured.ts";

/**
 * Rule `non-inferiority`: the whole confidence interval of the gain lies at or above minus the margin, so a challenger
 * that is worse by the margin passes in at most (1 - confidence) / 2 of all cases. Broken when already the estimate is
 * below; undecided when the estimate holds but the interval reaches below.
 * Source: Piaggio et al. 2012 (CONSORT for non-inferiority trials), https://doi.org/10.1001/jama.2012.87802
 */
export function nonInferiority(context: RuleContext): GateReason[] {
  const { comparison, metric, gate } = context;
  if (!context.hasChampion) return [];
  const margin = gate.champion.nonInferiorityMargin;
  if (comparison === null) {
    const message = `${metric.id} cannot be compared on these ${context.rows} rows; add data`;
    return [reason("non-inferiority", "undecided", metric.id, message)];
  }
  const gain = gainOf(comparison, metric.higherIsBetter);
  const measured = showComparison(context, comparison);
  if (gain.low >= -margin) {
    const message = `${measured}: not worse than the champion by more than the margin ${show(margin)}`;
    return [reason("non-inferiority", "held", metric.id, message)];
  }
  if (gain.estimate < -margin) {
    const message = `${measured}: worse than the champion by more than the margin ${show(margin)}; keep the champion and improve the data or the training`;
    return [reason("non-inferiority", "broken", metric.id, message)];
  }
  const needed = neededRows(context.rows, context.positives, gain.estimate - gain.low, gain.estimate + margin);
  const message = `${measured}: worse by more than the margin ${show(margin)} is still possible; ${showNeeded(needed, context.rows)}, or widen the margin`;
  return [reason("non-inferiority", "undecided", metric.id, message, needed)];
}
