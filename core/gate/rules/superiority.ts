import { neededRows, showNeeded } from "../needed-rows.ts";
import { reason } from "../reason.ts";
import type { GateReason } from "../types.ts";
import type { RuleContext } from "./context.ts";
import { gainOf, showComparison } from "./measured.ts";

/**
 * Rule `superiority` (only with `superiority: true`): the whole confidence interval of the gain lies above 0 and the
 * two-sided test rejects equality. A claim that is not proven is broken, not undecided: an equal model fails in at
 * least 1 - (1 - confidence) / 2 of all cases.
 */
export function superiority(context: RuleContext): GateReason[] {
  const { comparison, metric, gate } = context;
  if (!gate.champion.superiority || !context.hasChampion || comparison === null) return [];
  const gain = gainOf(comparison, metric.higherIsBetter);
  const measured = showComparison(context, comparison);
  if (gain.low > 0 && comparison.pValue <= 1 - gate.champion.confidence) {
    return [reason("superiority", "held", metric.id, `${measured}: significantly better than the champion`)];
  }
  const needed = neededRows(context.rows, context.positives, gain.estimate - gain.low, gain.estimate);
  const advice = gain.estimate > 0 ? showNeeded(needed, context.rows) : "improve the data or the training";
  const message = `${measured}: not significantly better than the champion, as superiority requires; ${advice}`;
  return [reason("superiority", "broken", metric.id, message, needed)];
}
