import { type BatchRule, percent } from "../batch-facts.ts";
import { wholeReason } from "../reason.ts";

/** Sampled rows with a value, and without one, that are needed. */
const MINIMUM_ROWS = 30;
/** A class that nearly all rows have says nothing about the missing ones. */
const MAXIMUM_CLASS_SHARE = 0.8;

/** A feature is missing, or present, for rows of one class only: whoever fills it in knows the outcome. */
export const leakageMissing: BatchRule = ({ sample }, _context, { data, problem }) => {
  if (sample === null || problem === "regression") return [];
  const { purity } = data.rules["leakage-missing"];
  const names = Object.keys(data.features);
  const targets = sample.rows.map((row) => row[names.length] ?? "");
  return names.flatMap((name, index) => {
    for (const isMissing of [true, false]) {
      const rows = sample.rows.flatMap((row, at) =>
        ((row[index] ?? "") === "") === isMissing ? [targets[at] ?? ""] : [],
      );
      if (rows.length < MINIMUM_ROWS || targets.length - rows.length < MINIMUM_ROWS) continue;
      const [label, count] = mostFrequent(rows);
      const overall = targets.filter((target) => target === label).length / targets.length;
      if (count / rows.length < purity || overall > MAXIMUM_CLASS_SHARE) continue;
      const shown =
        problem === "binary-classification" ? (label === "1" ? "positive" : "negative") : JSON.stringify(label);
      const message = `${percent(count / rows.length)} of the ${rows.length} sampled rows ${isMissing ? "without" : "with"} a value are of the class ${shown}, which ${percent(overall)} of all rows are; it is probably filled in when the outcome is known: remove it from data.features, or fill it for all rows`;
      return [{ ...wholeReason("leakage-missing", message, name), count, severe: true }];
    }
    return [];
  });
};

function mostFrequent(labels: readonly string[]): [string, number] {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0] ?? ["", 0];
}
