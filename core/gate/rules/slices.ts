import { reason, show } from "../reason.ts";
import type { GateReason } from "../types.ts";
import type { RuleContext } from "./context.ts";

/** Rule `slices`: on no level of a declared feature is the challenger significantly worse by more than the margin. */
export function slices(context: RuleContext): GateReason[] {
  if (context.gate.slices.length === 0 || !context.hasChampion) return [];
  const metric = context.metric.id;
  const skipped = context.skippedLevels === 0 ? "" : `; ${context.skippedLevels} levels have too few rows to be tested`;
  const worse = context.slices.filter((slice) => slice.worse);
  if (worse.length === 0) {
    const message = `${metric} is not significantly worse on any of ${context.slices.length} tested levels of ${context.gate.slices.join(", ")}${skipped}`;
    return [reason("slices", "held", metric, message)];
  }
  return worse.map((slice) => {
    const message = `on ${slice.feature} = ${slice.level} (${slice.rows} rows) ${metric} differs by ${show(slice.difference)} for the worse, adjusted p ${show(slice.adjustedPValue)}, more than the margin ${show(context.gate.champion.nonInferiorityMargin)}; look at the data of this level, or drop the slice from the definition${skipped}`;
    return reason("slices", "broken", metric, message);
  });
}
