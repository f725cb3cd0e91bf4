import type { Feature } from "../../definition/schema.ts";
import { timePart } from "../../definition/time-parts.ts";
import { type BatchRule, percent } from "../batch-facts.ts";
import { oneFeatureSkill } from "../one-feature-skill.ts";
import { wholeReason } from "../reason.ts";
import { shownValue } from "../text.ts";
import { wordsOf } from "../words.ts";

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
    const feature = data.features[name];
    if (feature === undefined) return [];
    const isNumber = feature.type === "number";
    const best = seenByModel(values, feature)
      .map((seen) => ({ ...seen, skill: oneFeatureSkill({ values: seen.values, targets, isNumber }, isRegression) }))
      .reduce((a, b) => (b.skill > a.skill ? b : a));
    const { skill } = best;
    if (skill < data.rules.leakage.skill) return [];
    const isEqual = values.every((value, row) => value === targets[row]);
    const found = isEqual
      ? "the feature equals the target"
      : `${best.what} alone explains ${percent(skill)} of the target`;
    const message = `${found} in ${values.length} sampled rows; it probably is known only after the outcome: a model that uses it is useless, remove it from data.features`;
    return [{ ...wholeReason("leakage", message, name), count: values.length, severe: true }];
  });
};

/** Most frequent words of a text feature that are looked at. */
const WORDS = 50;

/**
 * What a model can tell rows apart by: of a time the parts that it sees (not the trends: neighbours in time are alike without a leak),
 * of a text all of it and each of its frequent words, else the value.
 */
function seenByModel(values: readonly string[], feature: Feature): { what: string; values: readonly string[] }[] {
  if (feature.type === "timestamp") {
    const parts = feature.parts.filter((part) => part !== "elapsed-days");
    const seen = values.map((value) =>
      value === "" ? "" : parts.map((part) => timePart(part, Date.parse(value))).join(" "),
    );
    return [{ what: `the ${parts.join(", ")} of the time`, values: seen }];
  }
  const whole = { what: "the feature", values };
  if (feature.type !== "text") return [whole];
  const texts = values.map((value) => new Set(wordsOf(value)));
  const counts = new Map<string, number>();
  for (const words of texts) for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const frequent = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, WORDS);
  const words = frequent.map(([word]) => ({
    what: `whether the text has the word ${JSON.stringify(shownValue(word))}`,
    values: texts.map((set) => (set.has(word) ? "yes" : "no")),
  }));
  return [whole, ...words];
}

function minority(targets: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const target of targets) counts.set(target, (counts.get(target) ?? 0) + 1);
  return targets.length - Math.max(0, ...counts.values());
}
