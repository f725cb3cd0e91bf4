import type { ModelDefinition } from "../definition/schema.ts";
import type { BatchContext, BatchFacts, BatchFinding, BatchRule } from "./batch-facts.ts";
import { listed, type RuleId } from "./reason.ts";
import { batchDrift } from "./rules/batch-drift.ts";
import { fileRepeated } from "./rules/file-repeated.ts";
import { knownKeys } from "./rules/known-keys.ts";
import { leakage } from "./rules/leakage.ts";
import { leakageMissing } from "./rules/leakage-missing.ts";
import { newLevels } from "./rules/new-levels.ts";
import { repeatedKeys } from "./rules/repeated-keys.ts";
import { rowCount } from "./rules/row-count.ts";
import { schemaChange } from "./rules/schema-change.ts";
import { targetBalance } from "./rules/target-balance.ts";
import { timeOrder } from "./rules/time-order.ts";
import { timeRangeRule } from "./rules/time-range.ts";
import { severityOf } from "./severity.ts";

/** Rules about whole batches, most important first. */
const RULES: readonly (readonly [RuleId, BatchRule])[] = [
  ["leakage", leakage],
  ["leakage-missing", leakageMissing],
  ["target-balance", targetBalance],
  ["file-repeated", fileRepeated],
  ["known-keys", knownKeys],
  ["repeated-keys", repeatedKeys],
  ["row-count", rowCount],
  ["time-range", timeRangeRule],
  ["time-order", timeOrder],
  ["new-levels", newLevels],
  ["batch-drift", batchDrift],
  ["schema-change", schemaChange],
];

/** Findings of one rule that are told in full. */
const MAX_FINDINGS_PER_RULE = 10;

/** What the rules about whole batches have found, by what follows from it. */
export interface BatchJudgement {
  rejections: BatchFinding[];
  warnings: BatchFinding[];
}

/** Judges a batch whose rows are all right, against the definition and the batches before it. */
export function judgeBatch(definition: ModelDefinition, facts: BatchFacts, context: BatchContext): BatchJudgement {
  const judgement: BatchJudgement = { rejections: [], warnings: [] };
  for (const [id, rule] of RULES) {
    const severity = severityOf(definition, id);
    if (severity === "off") continue;
    const findings = shortened(rule(facts, context, definition));
    (severity === "reject" ? judgement.rejections : judgement.warnings).push(...findings);
  }
  return judgement;
}

function shortened(findings: BatchFinding[]): BatchFinding[] {
  const rest = findings.slice(MAX_FINDINGS_PER_RULE);
  const first = rest[0];
  if (first === undefined) return findings;
  const columns = rest.flatMap(({ column }) => (column === undefined ? [] : [column]));
  const message = `the same rule is broken in ${rest.length} more columns: ${listed(columns)}`;
  return [...findings.slice(0, MAX_FINDINGS_PER_RULE), { rule: first.rule, message, count: rest.length, examples: [] }];
}
