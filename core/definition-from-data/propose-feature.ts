import type { ColumnKind } from "./column-kind.ts";
import type { ColumnFacts } from "./column-survey.ts";
import { allowedNullFraction, rangeWithSlack, roomForCharacters, roomForLevels } from "./nice-numbers.ts";
import type { ProposedFeature } from "./proposal.ts";
import { findTimeFormat } from "./time-format.ts";

/** A closed list of levels is proposed for at most so many, ... */
const MAX_CLOSED_LEVELS = 12;
/** ... when the file has so many rows ... */
const MIN_ROWS_FOR_CLOSED = 1_000;
/** ... and each level at least this share of them: rarer ones suggest that others are still to come. */
const MIN_CLOSED_SHARE = 0.005;
const FEW_CODES = 10;

/** Texts of a number or boolean column that mean "no value" and are none of the definition's defaults. */
export function extraMissing(facts: ColumnFacts, kind: ColumnKind): string[] {
  return kind === "number" ? facts.placeholders.map(([text]) => text) : [];
}

/** The feature that a column makes; undefined when its kind cannot be an input of the model. */
export function proposeFeature(facts: ColumnFacts, kind: ColumnKind, rows: number): ProposedFeature | undefined {
  const { name } = facts;
  const placeholderCount = facts.placeholders.reduce((sum, [, n]) => sum + n, 0);
  const missing = facts.missing + (kind === "number" ? placeholderCount : 0);
  const maxNullFraction = allowedNullFraction(missing / rows);
  if (kind === "boolean") return { name, type: "boolean", maxNullFraction };
  if (kind === "number" && facts.min !== null && facts.max !== null) {
    const integer = facts.integers === facts.numbers;
    const codes = integer && !facts.hasMoreLevels && facts.levels.length <= FEW_CODES && facts.levels.length > 2;
    return {
      name,
      type: "number",
      ...rangeWithSlack(facts.min, facts.max, integer),
      integer,
      maxNullFraction,
      remark: `seen: ${facts.min} to ${facts.max}${codes ? `, ${facts.levels.length} different; if these are codes, make it a category` : ""}`,
    };
  }
  if (kind === "time") {
    const { format, why } = findTimeFormat(facts) ?? { format: undefined, why: "" };
    const parts = "the model sees hour, weekday and month; name others under parts";
    return { name, type: "timestamp", format, maxNullFraction, remark: `${why}; ${parts}` };
  }
  if (kind === "text") {
    const remark = `free text of up to ${facts.longestCharacters} characters; the model sees its words`;
    return { name, type: "text", maxLength: roomForCharacters(facts.longestCharacters), maxNullFraction, remark };
  }
  if (kind !== "category") return undefined;
  const levels = facts.levels.map(([text]) => text);
  const rarest = facts.levels.at(-1)?.[1] ?? 0;
  const closed =
    levels.length <= MAX_CLOSED_LEVELS &&
    levels.length > 1 &&
    rows >= MIN_ROWS_FOR_CLOSED &&
    rarest >= MIN_CLOSED_SHARE * rows &&
    levels.every((level) => level.trim() === level);
  const mixed = facts.numbers > 0 && facts.numbers >= 0.9 * facts.count;
  const odd = mixed ? facts.levels.find(([text]) => !Number.isFinite(Number(text)))?.[0] : undefined;
  const remark =
    odd === undefined
      ? `${levels.length} different${closed ? "; others are refused: use maxLevels when new ones may come" : ""}`
      : `${facts.count - facts.numbers} of ${facts.count} values are no numbers, such as ${JSON.stringify(odd)}: mend them if this is a number`;
  return {
    name,
    type: "category",
    levels: closed && odd === undefined ? [...levels].sort() : null,
    maxLevels: roomForLevels(levels.length),
    maxNullFraction,
    remark,
  };
}
