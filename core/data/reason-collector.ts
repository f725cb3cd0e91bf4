import { listed, type Reason, type RuleId } from "./reason.ts";
import { shownValue } from "./text.ts";

const MAX_REASONS_PER_RULE = 10;
const MAX_EXAMPLES = 5;

interface Finding {
  rule: RuleId;
  column: string | undefined;
  row: number;
  /** Makes the text of the value that was found; called for the first examples only. */
  value: () => string;
  /** Makes the message from the first value that was found. */
  message: (value: string) => string;
}

/** Collects what is wrong in one pass: counts by rule and column, and the first examples of each. */
export class ReasonCollector {
  private readonly reasons = new Map<string, Reason>();

  /** Whether nothing is wrong so far. */
  get isEmpty(): boolean {
    return this.reasons.size === 0;
  }

  /** Adds one finding in a row. */
  note({ rule, column, row, value, message }: Finding): void {
    const key = column === undefined ? rule : `${rule}\n${column}`;
    const known = this.reasons.get(key);
    if (known !== undefined) {
      known.count++;
      if (known.examples.length < MAX_EXAMPLES) known.examples.push({ row, value: shownValue(value()) });
      return;
    }
    const shown = shownValue(value());
    const found = { message: message(shown), count: 1, examples: [{ row, value: shown }] };
    this.reasons.set(key, column === undefined ? { rule, ...found } : { rule, column, ...found });
  }

  /** Adds a reason about the file or a column as a whole. */
  add(reason: Reason): void {
    const key = reason.column === undefined ? reason.rule : `${reason.rule}\n${reason.column}`;
    if (!this.reasons.has(key)) this.reasons.set(key, reason);
  }

  /** All reasons in the order of discovery; of one rule at most ten in full, then one that names the other columns. */
  list(): Reason[] {
    const byRule = new Map<RuleId, Reason[]>();
    for (const reason of this.reasons.values()) {
      const list = byRule.get(reason.rule);
      if (list === undefined) byRule.set(reason.rule, [reason]);
      else list.push(reason);
    }
    return [...byRule.values()].flatMap((list) => {
      const rest = list.slice(MAX_REASONS_PER_RULE);
      const first = rest[0];
      if (first === undefined) return list;
      const columns = rest.flatMap((reason) => (reason.column === undefined ? [] : [reason.column]));
      const summary: Reason = {
        rule: first.rule,
        message: `the same rule is broken in ${rest.length} more columns: ${listed(columns)}`,
        count: rest.reduce((sum, reason) => sum + reason.count, 0),
        examples: [],
      };
      return [...list.slice(0, MAX_REASONS_PER_RULE), summary];
    });
  }
}
