import { type BatchRule, percent } from "../batch-facts.ts";
import { wholeReason } from "../reason.ts";
import { shownValue } from "../text.ts";

/** Rows that a feature needs in the batch, and earlier, before new levels say something. */
const MINIMUM_ROWS = 100;
const SHOWN_LEVELS = 5;

/** Many values of a category were never seen before: another spelling, another source, or free text. */
export const newLevels: BatchRule = ({ profile }, { profile: earlier }, { data }) => {
  const { maxFraction } = data.rules["new-levels"];
  if (earlier === null) return [];
  return Object.entries(profile.features).flatMap(([name, feature]) => {
    const before = Object.hasOwn(earlier.features, name) ? earlier.features[name] : undefined;
    if (feature.type !== "category" || before?.type !== "category") return [];
    if (before.distinctOverflow || feature.count < MINIMUM_ROWS || before.count < MINIMUM_ROWS) return [];
    const unseen = Object.entries(feature.levels)
      .filter(([level]) => !Object.hasOwn(before.levels, level))
      .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    const count = unseen.reduce((sum, [, rows]) => sum + rows, 0);
    if (count / feature.count <= maxFraction) return [];
    const shown = unseen
      .slice(0, SHOWN_LEVELS)
      .map(([level, rows]) => `${JSON.stringify(shownValue(level))} (${rows})`);
    const more = unseen.length > SHOWN_LEVELS ? ` and ${unseen.length - SHOWN_LEVELS} more` : "";
    const message = `${percent(count / feature.count)} of the values have never been seen before: ${shown.join(", ")}${more}; the batches before have ${Object.keys(before.levels).length} levels: check spelling and source, or let the next training learn them`;
    return [{ ...wholeReason("new-levels", message, name), count }];
  });
};
