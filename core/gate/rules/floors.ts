import { neededRows, showNeeded } from "../needed-rows.ts";
import { reason, show, showPercent } from "../reason.ts";
import type { GateReason } from "../types.ts";
import type { FloorMeasurement, RuleContext } from "./context.ts";

/**
 * Rule `floor`: the challenger's value reaches each floor; with `floorBound: confidence` the worse end of its interval
 * does. A value on the floor holds it.
 */
export function floors(context: RuleContext): GateReason[] {
  return context.floors.map((measurement) => judge(measurement, context));
}

function judge({ metric, floor, value, interval }: FloorMeasurement, context: RuleContext): GateReason {
  const bound = metric.higherIsBetter ? "at least" : "at most";
  if (Number.isNaN(value)) {
    const message = `${metric.id} cannot be computed on these ${context.rows} rows (a class has no row), ${bound} ${show(floor)} is required; add data`;
    return reason("floor", "undecided", metric.id, message);
  }
  const advantage = metric.higherIsBetter ? value - floor : floor - value;
  if (advantage < 0) {
    const message = `${metric.id} is ${show(value)}, ${bound} ${show(floor)} is required; improve the data or the training, or lower the floor`;
    return reason("floor", "broken", metric.id, message);
  }
  if (context.gate.floorBound === "estimate") {
    return reason("floor", "held", metric.id, `${metric.id} is ${show(value)}, ${bound} ${show(floor)} is required`);
  }
  const confidence = showPercent(context.gate.champion.confidence);
  if (interval === null) {
    const message = `${metric.id} is ${show(value)}, but has no ${confidence} interval on these rows; add data`;
    return reason("floor", "undecided", metric.id, message);
  }
  const worse = metric.higherIsBetter ? interval.low : interval.high;
  const measured = `${metric.id} is ${show(value)} with a ${confidence} interval from ${show(interval.low)} to ${show(interval.high)}`;
  if (metric.higherIsBetter ? worse >= floor : worse <= floor) {
    return reason("floor", "held", metric.id, `${measured}, all of it ${bound} the floor ${show(floor)}`);
  }
  const needed = neededRows(context.rows, context.positives, Math.abs(value - worse), advantage);
  const message = `${measured}, and all of it must be ${bound} ${show(floor)}; ${showNeeded(needed, context.rows)}`;
  return reason("floor", "undecided", metric.id, message, needed);
}
