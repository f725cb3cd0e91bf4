import { type BatchRule, percent } from "../batch-facts.ts";
import { oneFeatureSkill } from "../one-feature-skill.ts";
import { wholeReason } from "../reason.ts";

/** Sampled rows, and rows outside of the most frequent class, that are needed to call it leakage. */
const MINIMUM_ROWS = 200;
const MINIMUM_MINORITY = 20;

/** One feature alone gives the target away: it equals it, or is known only once the outcome is. */
export const leakage: BatchRule = ({ sample }, _context, { data, problem }) => {
  if (sample === null || sample.rows.length < MINIMUM_ROWS) return [];
  const names = Object.keys(data.features);
  const targets = sample.rows.map((row) => row[names.length] ?? "");
  const isRegression = problem === "regression";
  if (!isRegression && minority(targets) < MINIMUM_MINORITY) return [];
  return names.flatMap((name, index) => {
    const values = sample.rows.map((row) => row[index] ?? "");
    const isNumber = data.features[name]?.type === "number";
    const skill = oneFeatureSkill({ values, targets, isNumber }, isRegression);
    if (skill < data.rules.leakage.skill) return [];
    const isEqual = values.every((value, row) => value === targets[row]);
    const found = isEqual
      ? "the feature equals the target"
      : `the feature alone explains ${percent(skill)} of the target`;
    const message = `${found} in ${values.length} sampled rows; it probably is known only after the outcome: a model that uses it is useless, remove it from data.features`;
    return [{ ...wholeReason("leakage", message, name), count: values.length, severe: true }];
  });
};

function minority(targets: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const target of targets) counts.set(target, (counts.get(target) ?? 0) + 1);
  return targets.length - Math.max(0, ...counts.values());
}
