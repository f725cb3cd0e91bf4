import { operatorOf } from "./condition-operators.ts";
import type { Condition, RequestContextKeys } from "./policy.ts";
import { replaceVariables } from "./policy-variables.ts";

/** Whether all conditions of a statement hold: conditions and keys are joined by AND, the values of a key by OR. */
export function conditionsHold(
  conditions: readonly Condition[],
  context: RequestContextKeys,
  hasVariables: boolean,
): boolean {
  return conditions.every((condition) => holds(condition, context, hasVariables));
}

function holds(condition: Condition, context: RequestContextKeys, hasVariables: boolean): boolean {
  const present = context.get(condition.key);
  const given = present === undefined ? [] : typeof present === "string" ? [present] : present;
  if (condition.operator === "Null") {
    return condition.values.some((value) => (value.toLowerCase() === "true") === (given.length === 0));
  }
  const { compare, negated } = operatorOf(condition.operator);
  const wanted = hasVariables
    ? condition.values.map((value) => replaceVariables(value, context)).filter((value) => value !== undefined)
    : condition.values;
  const matches = (value: string): boolean => wanted.some((pattern) => compare(value, pattern)) !== negated;
  if (given.length === 0) {
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
    if (condition.quantifier === "ForAllValues") return true;
    if (condition.quantifier === "ForAnyValue") return false;
    return condition.ifExists || negated;
  }
  if (condition.quantifier === "ForAllValues") return given.every(matches);
  if (condition.quantifier === "ForAnyValue") return given.some(matches);
  return negated ? given.every(matches) : given.some(matches);
}
