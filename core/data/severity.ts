import type { ModelDefinition } from "../definition/schema.ts";
import type { RuleId } from "./reason.ts";

/** What follows when a rule is broken. */
export type Severity = "reject" | "warn" | "off";

/** Severity of a rule by the definition; rules that `data.rules` does not name always reject. */
export function severityOf({ data }: ModelDefinition, rule: RuleId): Severity {
  const rules: Readonly<Partial<Record<RuleId, { readonly severity: Severity }>>> = data.rules;
  return rules[rule]?.severity ?? "reject";
}
