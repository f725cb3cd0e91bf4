/** Everything that can be wrong with an upload; the rules are one file each in rules/. */
export const RULE_IDS = [
  "empty-file",
  "header-only",
  "encoding",
  "not-csv",
  "column-missing",
  "column-duplicate",
  "column-unknown",
  "ragged-row",
  "unbalanced-quote",
  "field-too-long",
  "type",
  "range",
  "null-fraction",
  "level-count",
  "target-missing",
  "target-value",
  "target-constant",
  "compressed",
  "key-path",
  "too-few-rows",
  "no-such-model",
  "file-too-large",
  "format",
  "repeated-keys",
  "file-repeated",
  "known-keys",
  "row-count",
  "time-range",
  "time-order",
  "new-levels",
  "batch-drift",
  "target-balance",
  "leakage",
  "leakage-missing",
  "schema-change",
] as const;

/** A rule that an upload can break. */
export type RuleId = (typeof RULE_IDS)[number];

/** A value that breaks a rule. `row` is the data row, 1 = first; the value is cut at 80 characters. */
export interface ReasonExample {
  row: number;
  value: string;
}

/** Why an upload is quarantined: one entry of the quarantine report. */
export interface Reason {
  rule: RuleId;
  column?: string;
  /** What was found, what is expected, what to do. */
  message: string;
  /** How many times the rule is broken (rows, or 1 for the file as a whole). */
  count: number;
  examples: ReasonExample[];
}

/** A reason about the file or a column as a whole, without examples. */
export function wholeReason(rule: RuleId, message: string, column?: string): Reason {
  return { rule, ...(column === undefined ? {} : { column }), message, count: 1, examples: [] };
}

/** Names in quotes for messages, at most ten of them. */
export function listed(names: readonly string[]): string {
  const shown = names
    .slice(0, 10)
    .map((name) => JSON.stringify(name))
    .join(", ");
  return names.length > 10 ? `${shown} and ${names.length - 10} more` : shown;
}
