import type { ColumnFacts } from "./column-survey.ts";
import { findTimeFormat } from "./time-format.ts";

/** What a column seems to hold. */
export type ColumnKind =
  | "empty"
  | "constant"
  | "nested"
  | "number"
  | "boolean"
  | "category"
  | "identifier"
  | "text"
  | "too-many"
  | "time"
  | "other-date";

/** Values that are needed before "no two are the same" means anything. */
const MIN_VALUES_FOR_IDENTIFIER = 20;
const UNIQUE = 0.999;
const MOSTLY_UNIQUE = 0.95;
/** Share of values of three words and more that makes a column free text. */
const WORDED_SHARE = 0.5;
const MAX_CATEGORY_LEVELS = 5_000;
const MAX_CATEGORY_UNIQUE_SHARE = 0.5;
const FEW_LEVELS = 50;

/** Whether a column's name says that it identifies something: `id`, `customer_id`, `orderId`, `uuid`, `Row number`. */
export function isNamedIdentifier(name: string): boolean {
  return (
    /(^|[^a-z])(id|uuid|guid|key|index|row ?(number|nr|no)?)$|[a-z](Id|ID|Uuid|UUID)$/i.test(name) &&
    !/(^|[^a-z])(valid|paid|bid|grid|solid|fluid|acid)$/i.test(name)
  );
}

/** Number of cells that hold numbers, or a placeholder such as "?" in a column that is otherwise all numbers. */
function isNumeric({ count, numbers, zeroPadded, placeholders }: ColumnFacts): boolean {
  if (numbers === 0 || zeroPadded > 0) return false;
  const placeholderCount = placeholders.reduce((sum, [, n]) => sum + n, 0);
  return numbers + placeholderCount === count;
}

function isSequence({ min, max, count, integers }: ColumnFacts): boolean {
  return integers === count && min !== null && max !== null && max - min + 1 <= count * 1.05;
}

/** Says what a column holds, from its facts alone. */
export function columnKind(facts: ColumnFacts): ColumnKind {
  const { count, levels, hasMoreLevels, uniqueShare } = facts;
  if (count === 0) return "empty";
  if (facts.nested > 0) return "nested";
  if (levels.length === 1 && !hasMoreLevels && facts.missing === 0) return "constant";
  const isUnique = count >= MIN_VALUES_FOR_IDENTIFIER && uniqueShare >= UNIQUE;
  if (facts.booleans === count && levels.length <= 2) return "boolean";
  const time = findTimeFormat(facts);
  if (time !== undefined) return "time";
  if (isNumeric(facts)) {
    const isWhole = facts.integers === facts.numbers;
    if (isWhole && isUnique && (isNamedIdentifier(facts.name) || isSequence(facts))) return "identifier";
    if (isWhole && isNamedIdentifier(facts.name) && levels.length > FEW_LEVELS) return "identifier";
    return "number";
  }
  if (facts.isoDates + facts.otherDates === count) return "other-date";
  if (facts.booleans === count) return "boolean";
  const isWorded = facts.worded >= WORDED_SHARE * count;
  if (count >= MIN_VALUES_FOR_IDENTIFIER && uniqueShare >= MOSTLY_UNIQUE) return isWorded ? "text" : "identifier";
  if (isNamedIdentifier(facts.name) && (hasMoreLevels || levels.length > FEW_LEVELS)) return "identifier";
  const tooMany = hasMoreLevels || levels.length > MAX_CATEGORY_LEVELS;
  if (tooMany || (levels.length > FEW_LEVELS && uniqueShare > MAX_CATEGORY_UNIQUE_SHARE)) {
    return isWorded ? "text" : "too-many";
  }
  return "category";
}
