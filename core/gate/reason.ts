import type { GateReason, Outcome, RuleId } from "./types.ts";

/** Makes a reason; `code` and `ok` follow from the rule and the outcome. */
export function reason(
  rule: RuleId,
  outcome: Outcome,
  metric: string | null,
  message: string,
  needed?: GateReason["needed"],
): GateReason {
  const made: GateReason = { rule, code: `${rule}.${outcome}`, metric, outcome, ok: outcome === "held", message };
  return needed === undefined ? made : { ...made, needed };
}

/** A number for a sentence: four significant digits, without trailing zeros. */
export function show(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : String(value);
}

/** A share for a sentence, for example 0.95 as "95 %". */
export function showPercent(share: number): string {
  return `${show(share * 100)} %`;
}
