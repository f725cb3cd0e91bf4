import { MlopsError } from "../errors/mlops-error.ts";
import { type ColumnKind, columnKind, isNamedIdentifier } from "./column-kind.ts";
import type { ColumnFacts } from "./column-survey.ts";
import { findCompositeKey } from "./composite-key.ts";
import { leakageSuspicion } from "./leakage.ts";
import type { Proposal, ProposedFeature } from "./proposal.ts";
import { extraMissing, proposeFeature } from "./propose-feature.ts";
import { proposeTarget } from "./propose-target.ts";
import type { Survey } from "./survey.ts";
import { findTimeFormat } from "./time-format.ts";

/** Why columns of some kinds are no features. */
const IGNORED_KINDS: Partial<Record<ColumnKind, (facts: ColumnFacts) => string>> = {
  empty: () => "has no value in any row",
  constant: (facts) => `always ${JSON.stringify(facts.levels[0]?.[0] ?? "")}: there is nothing to learn from it`,
  nested: () => "holds arrays or objects: derive numbers or categories beforehand",
  identifier: (facts) =>
    `identifies rows (${(facts.uniqueShare * 100).toFixed(1)} % different values): a model would learn it by heart`,
  "too-many": () => "too many different values: derive numbers or categories beforehand",
  "other-date": (facts) =>
    `dates such as ${JSON.stringify(facts.levels[0]?.[0] ?? "")} in no single format: write them as ISO 8601 (2001-12-31)`,
};

interface Judged {
  readonly facts: ColumnFacts;
  readonly kind: ColumnKind;
}

/**
 * Turns what was found in a file into a definition with a reason for every decision.
 *
 * @param options.target column to predict; guessed when it is not given
 * @param options.refusedKeys keys of several columns that repeat in the whole file, or `all` of them
 * @throws MlopsError `input.invalid` when nothing can be predicted, or nothing is left to predict it from
 */
export function proposeDefinition(
  survey: Survey,
  options: { name: string; target?: string | undefined; refusedKeys?: readonly (readonly string[])[] | "all" },
): Proposal {
  const target = proposeTarget(survey, options.target);
  const others = survey.columns
    .filter(({ name }) => name !== target.column)
    .map((facts): Judged => ({ facts, kind: columnKind(facts) }));
  const time = chooseTime(others, survey.rows);
  const key = chooseKey(others, survey, options.refusedKeys ?? []);
  // A date or a place may name a row together with others, and be learnt from as well.
  const identifying = others.filter(
    ({ facts, kind }) => key.columns.includes(facts.name) && kind !== "category" && kind !== "time",
  );
  const used = new Set([...identifying.map(({ facts }) => facts.name), ...(time === null ? [] : [time.column])]);
  const features: ProposedFeature[] = [];
  const ignore: { column: string; why: string }[] = [];
  const missing = new Set<string>();
  const column = (name: string) => {
    const index = survey.columns.findIndex((facts) => facts.name === name);
    return survey.sample.map((row) => row[index] ?? null);
  };
  const answers = column(target.column);
  for (const { facts, kind } of others) {
    if (used.has(facts.name)) continue;
    const suspicion = leakageSuspicion(column(facts.name), answers, target.problem, kind === "number");
    const feature = suspicion === null ? proposeFeature(facts, kind, survey.rows) : undefined;
    if (feature === undefined) {
      const why =
        suspicion === null
          ? IGNORED_KINDS[kind]?.(facts)
          : `LEAK? ${suspicion}; make it a feature if it is known when a prediction is asked for`;
      ignore.push({ column: facts.name, why: why ?? "cannot be an input of the model" });
      continue;
    }
    features.push(feature);
    for (const text of extraMissing(facts, kind)) missing.add(text);
  }
  if (features.length === 0) {
    throw new MlopsError(
      "input.invalid",
      `no column is left to predict ${JSON.stringify(target.column)} from:\n${ignore.map(({ column: name, why }) => `  ${name}: ${why}`).join("\n")}`,
    );
  }
  return {
    name: options.name,
    rows: survey.rows,
    format: survey.format,
    delimiter: survey.delimiter,
    target,
    key,
    time,
    features,
    ignore,
    missing: [...missing],
    warnings: warningsOf(survey, target.column),
  };
}

function chooseTime(others: readonly Judged[], rows: number): Proposal["time"] {
  const candidates = others.filter(({ kind, facts }) => kind === "time" && facts.count === rows);
  const named = candidates.find(({ facts }) => /date|time|timestamp|created|occurred|day/i.test(facts.name));
  const chosen = named ?? candidates[0];
  if (chosen === undefined) return null;
  const rest = candidates.length > 1 ? ` (one of ${candidates.length} such columns)` : "";
  const { format, why } = findTimeFormat(chosen.facts) ?? { format: undefined, why: "" };
  const use =
    "windows in days and the order of rows go by it; list it under features, too, to learn from hour, weekday and month";
  return { column: chosen.facts.name, format, why: `${why}${rest}; ${use}` };
}

/** One column whose values are all different, else one that is named like an identifier and groups rows, else two or three together. */
function chooseKey(
  others: readonly Judged[],
  survey: Survey,
  refused: readonly (readonly string[])[] | "all",
): Proposal["key"] {
  const identifiers = others.filter(({ kind, facts }) => kind === "identifier" && facts.missing === 0);
  const grouping = identifiers.find(({ facts }) => isNamedIdentifier(facts.name) && facts.uniqueShare < 0.9);
  if (grouping !== undefined) {
    return {
      columns: [grouping.facts.name],
      why: "repeats: all rows of one value stay on one side, so that no model is tested on what it has seen",
    };
  }
  const unique = identifiers.filter(({ facts }) => facts.uniqueShare >= 0.999);
  const chosen = unique.find(({ facts }) => isNamedIdentifier(facts.name)) ?? unique[0];
  if (chosen !== undefined) return { columns: [chosen.facts.name], why: "different in every row" };
  const indexOf = (name: string) => survey.columns.findIndex((facts) => facts.name === name);
  const composite = refused === "all" ? null : findCompositeKey(others, survey.sample, indexOf, refused);
  if (composite !== null) {
    return {
      columns: composite,
      why: "no column identifies a row, but these together do; if rows of one thing must stay on one side, name only the columns of that thing",
    };
  }
  return {
    columns: [],
    why: "no column identifies a row: the whole row does. Name the columns that belong to one thing (a customer, a flight), so that its rows stay on one side",
  };
}

function warningsOf(survey: Survey, target: string): string[] {
  const warnings: string[] = [];
  if (survey.unreadableRows > 0) {
    warnings.push(
      `${survey.unreadableRows} rows could not be read (another number of fields, wrong quotes); ingest refuses the file until they are mended`,
    );
  }
  const missing = survey.columns.find(({ name }) => name === target)?.missing ?? 0;
  if (missing > 0) {
    warnings.push(
      `${missing} rows have no value of ${JSON.stringify(target)}; ingest refuses the file until they are completed or left out`,
    );
  }
  if (survey.rows < 500) warnings.push(`${survey.rows} rows are few: the gate needs 100 held-out rows for a verdict`);
  return warnings;
}
