import { closest } from "../definition/closest.ts";
import { MlopsError } from "../errors/mlops-error.ts";
import { type ColumnKind, columnKind } from "./column-kind.ts";
import type { ColumnFacts } from "./column-survey.ts";
import { threeDigits } from "./nice-numbers.ts";
import type { ProposedTarget } from "./proposal.ts";
import type { Survey } from "./survey.ts";

const EXACT_NAMES = /^(target|label|class|y|outcome|response|ground[ _]?truth)$/i;
const TELLING_WORDS =
  /(target|label|outcome|class$|diagnosis|damage|churn|default|fraud|delayed|survived|converted|failure|failed|price|quality|species|risk|income|result|grade|rating|approved|cancelled|won$|sold)/i;
const NEGATIVE_WORDS = /^(no|none|false|0|n|f|never|negative|benign|healthy|normal|ok|absent|low|loss)$/i;
const POSITIVE_WORDS = /^(yes|true|1|y|t|positive|malignant|sick|fraud|bad|present|high|win|died|churned)$/i;

/** Largest number of different whole numbers that are taken for classes and not for a quantity. */
const MAX_NUMERIC_CLASSES = 10;
const MAX_CLASSES = 100;
const MAX_LISTED_CLASSES = 50;

/**
 * Chooses the column to predict (the wished one, else the one whose name, place and values look most like an answer) and the kind of
 * prediction.
 *
 * @throws MlopsError `input.invalid` when there is no such column or it cannot be predicted
 */
export function proposeTarget(survey: Survey, wish: string | undefined): ProposedTarget {
  const { facts, why } = wish === undefined ? guess(survey) : find(survey, wish);
  return { column: facts.name, why, ...describe(facts, survey) };
}

function find({ columns }: Survey, wish: string): { facts: ColumnFacts; why: string } {
  const facts = columns.find(({ name }) => name === wish);
  if (facts !== undefined) return { facts, why: "as ordered" };
  const names = columns.map(({ name }) => name);
  const near = closest(wish, names);
  throw new MlopsError(
    "input.invalid",
    `the file has no column ${JSON.stringify(wish)}${near === undefined ? "" : `; did you mean ${JSON.stringify(near)}?`} It has: ${names.join(", ")}`,
  );
}

function score(facts: ColumnFacts, kind: ColumnKind, isLast: boolean): { points: number; signs: string[] } {
  const signs: string[] = [];
  let points = 0;
  const add = (n: number, sign: string) => {
    points += n;
    signs.push(sign);
  };
  if (EXACT_NAMES.test(facts.name)) add(10, "its name says so");
  else if (TELLING_WORDS.test(facts.name)) add(5, "its name sounds like an answer");
  if (isLast) add(3, "it is the last column");
  if (kind === "boolean") add(3, "it has two values");
  else if (kind === "category" && facts.levels.length <= 20) add(2, `it has ${facts.levels.length} values`);
  if (facts.missing > 0) points -= 4;
  return { points, signs };
}

function guess({ columns }: Survey): { facts: ColumnFacts; why: string } {
  const candidates = columns
    .map((facts, index) => ({ facts, kind: columnKind(facts), isLast: index === columns.length - 1 }))
    .filter(({ kind, facts }) => ["number", "boolean", "category"].includes(kind) && facts.levels.length > 1)
    .map(({ facts, kind, isLast }) => ({ facts, ...score(facts, kind, isLast) }))
    .sort((a, b) => b.points - a.points);
  const [best, second] = candidates;
  if (best === undefined) {
    throw new MlopsError(
      "input.invalid",
      "no column looks like something to predict; name one with --target (a column with two or more values in every row)",
    );
  }
  const rival =
    second === undefined || second.points < best.points - 2 ? "" : `; ${second.facts.name} is possible, too`;
  return { facts: best.facts, why: `GUESSED: ${best.signs.join(", ") || "nothing better was found"}${rival}` };
}

const BINARY_FLOOR = { metric: "auc", value: 0.6, why: "0.5 is guessing; raise it to what the use needs" } as const;

type Description = Omit<ProposedTarget, "column" | "why">;

function describe(facts: ColumnFacts, survey: Survey): Description {
  const { levels, count, numbers, integers, hasMoreLevels } = facts;
  const distinct = levels.length;
  if (distinct < 2) {
    throw new MlopsError(
      "input.invalid",
      `column ${JSON.stringify(facts.name)} has ${distinct === 0 ? "no value" : `the same value in all rows`}; there is nothing to predict, name another with --target`,
    );
  }
  const majority = (levels[0]?.[1] ?? 0) / count;
  if (distinct === 2 && !hasMoreLevels) return describeBinary(levels.map(([text]) => text));
  const isNumber = numbers === count;
  if (isNumber && (integers < numbers || distinct > MAX_NUMERIC_CLASSES)) return describeNumber(facts, survey);
  if (!hasMoreLevels && distinct <= MAX_CLASSES) {
    const texts = levels.map(([text]) => text);
    const [usual = "", ...rest] = texts;
    if (majority >= 0.5 && NEGATIVE_WORDS.test(usual) && distinct <= MAX_LISTED_CLASSES) {
      return {
        problem: "binary-classification",
        whyProblem: `${JSON.stringify(usual)} or one of ${rest.length} others; to tell those apart, use multiclass-classification with classes: [...]`,
        positive: [...rest].sort(),
        negative: [usual],
        floor: BINARY_FLOOR,
      };
    }
    return {
      problem: "multiclass-classification",
      whyProblem: `${distinct} different values${isNumber ? "; if they are quantities, use regression" : "; for a question of yes or no use binary-classification with positive: [...]"}`,
      ...(distinct <= MAX_LISTED_CLASSES ? { classes: [...texts].sort() } : {}),
      floor: {
        metric: "accuracy",
        value: threeDigits(majority),
        why: "what always saying the most frequent class reaches; raise it to what the use needs",
      },
    };
  }
  throw new MlopsError(
    "input.invalid",
    `column ${JSON.stringify(facts.name)} has ${hasMoreLevels ? "more than 10,000" : distinct} different texts, which is neither a class (at most ${MAX_CLASSES}) nor a number; name another with --target`,
  );
}

function describeBinary(texts: readonly string[]): Description {
  // The rarer value is what people look for, unless the words say otherwise.
  const [frequent = "", rare = ""] = texts;
  const swapped =
    (NEGATIVE_WORDS.test(rare) && !NEGATIVE_WORDS.test(frequent)) ||
    (POSITIVE_WORDS.test(frequent) && !POSITIVE_WORDS.test(rare));
  const [positive, negative] = swapped ? [frequent, rare] : [rare, frequent];
  return {
    problem: "binary-classification",
    whyProblem: "two different values",
    positive: [positive],
    negative: [negative],
    floor: BINARY_FLOOR,
  };
}

function describeNumber(facts: ColumnFacts, { columns, sample }: Survey): Description {
  const index = columns.indexOf(facts);
  const values = sample.flatMap((row) => (row[index] === null ? [] : [Number(row[index])]));
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
  return {
    problem: "regression",
    whyProblem: `numbers with ${facts.hasMoreLevels ? "more than 10,000" : facts.levels.length} different values`,
    floor: {
      metric: "rmse",
      value: threeDigits(deviation),
      why: "what always saying the mean reaches; lower it to what the use needs",
    },
  };
}
