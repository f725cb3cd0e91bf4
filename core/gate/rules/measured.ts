import { show, showPercent } from "../reason.ts";
import type { Comparison } from "../types.ts";
import type { RuleContext } from "./context.ts";

/** A comparison turned so that more is better: what the challenger gains over the champion. */
export interface Gain {
  readonly estimate: number;
  /** The worse end of the interval. */
  readonly low: number;
  readonly high: number;
}

/** Turns a difference of the gate's metric into a gain. */
export function gainOf(comparison: Comparison, higherIsBetter: boolean): Gain {
  const { difference, low, high } = comparison;
  return higherIsBetter ? { estimate: difference, low, high } : { estimate: -difference, low: -high, high: -low };
}

/** First half of the sentence of a comparison rule. */
export function showComparison(context: RuleContext, comparison: Comparison): string {
  const { difference, low, high, test } = comparison;
  const confidence = showPercent(context.gate.champion.confidence);
  return `${context.metric.id} of the challenger minus the champion is ${show(difference)}, ${confidence} interval ${show(low)} to ${show(high)} (${test}, ${context.metric.higherIsBetter ? "higher" : "lower"} is better)`;
}
