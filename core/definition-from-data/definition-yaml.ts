import { DEFAULT_MISSING } from "../definition/data-schema.ts";
import { parseDefinition } from "../definition/parse.ts";
import type { Proposal, ProposedFeature } from "./proposal.ts";

const RESERVED = /^(true|false|null|yes|no|on|off|y|n|~)$/i;

/** A text as a YAML scalar that stays a text, also within [ ] and { }. */
function scalar(text: string): string {
  const plain = /^[A-Za-z][A-Za-z0-9 _/().%$+-]*$/.test(text) && !text.endsWith(" ") && !RESERVED.test(text);
  return plain ? text : JSON.stringify(text);
}

function list(texts: readonly string[]): string {
  return `[${texts.map(scalar).join(", ")}]`;
}

/** A remark on one line; what comes from the file may hold line breaks. */
function comment(text: string): string {
  return `# ${text.replaceAll(/[\r\n\u0085\u2028\u2029]+/g, " ").slice(0, 300)}`;
}

function featureLine(feature: ProposedFeature): string {
  const members = [`type: ${feature.type}`];
  if (feature.type === "number") {
    members.push(`min: ${feature.min}`, `max: ${feature.max}`);
    if (feature.integer) members.push("integer: true");
  }
  if (feature.type === "category") {
    members.push(feature.levels === null ? `maxLevels: ${feature.maxLevels}` : `levels: ${list(feature.levels)}`);
  }
  if (feature.type === "timestamp" && feature.format !== undefined) {
    members.push(`format: ${JSON.stringify(feature.format)}`);
  }
  if (feature.type === "text") members.push(`maxLength: ${feature.maxLength}`);
  members.push(`maxNullFraction: ${feature.maxNullFraction}`);
  const remark = feature.remark === undefined ? "" : `  ${comment(feature.remark)}`;
  return `    ${scalar(feature.name)}: { ${members.join(", ")} }${remark}`;
}

function targetLines({ target }: Proposal): string[] {
  const lines = ["  target:", `    column: ${scalar(target.column)}`];
  if (target.positive !== undefined)
    lines.push(
      `    positive: ${list(target.positive)}  ${comment("what the probability is of; check that it is not the other way round")}`,
    );
  if (target.negative !== undefined) lines.push(`    negative: ${list(target.negative)}`);
  if (target.classes !== undefined) lines.push(`    classes: ${list(target.classes)}`);
  return lines;
}

/**
 * Writes a proposal as the text of a `model.yaml` with the reasons as comments. What comes out is parsed once before it is given out.
 *
 * @param source name of the file that it was made from
 * @throws MlopsError `definition.invalid` when the text is not a valid definition
 */
export function definitionYaml(proposal: Proposal, source: string): string {
  const { target, key, time, features, ignore } = proposal;
  const small = proposal.rows * 0.2 < 120;
  const lines = [
    "# yaml-language-server: $schema=../model.schema.generated.json",
    comment(
      `Made from ${source} (${proposal.rows} rows) by "mlops init-model". Read it through, above all what is marked GUESSED and LEAK?, then delete the remarks.`,
    ),
    ...proposal.warnings.map((warning) => comment(`MIND: ${warning}`)),
    "schemaVersion: 1",
    `name: ${proposal.name}`,
    `description: ${scalar(`Predicts ${target.column}`)}  ${comment("say what the model answers")}`,
    `owner: ""  ${comment("who is asked about it")}`,
    `problem: ${target.problem}  ${comment(target.whyProblem)}`,
    "data:",
    `  format: ${proposal.format}`,
    ...(proposal.delimiter === "," ? [] : [`  delimiter: ${JSON.stringify(proposal.delimiter)}`]),
    `  ${comment(`target: ${target.why}`)}`,
    ...targetLines(proposal),
    ...(key.columns.length === 0
      ? [`  ${comment(`key: ${key.why}`)}`]
      : [`  key: ${list(key.columns)}  ${comment(key.why)}`]),
    ...(time === null ? [] : [`  time: ${scalar(time.column)}  ${comment(time.why)}`]),
    ...(time?.format === undefined ? [] : [`  timeFormat: ${JSON.stringify(time.format)}`]),
    ...(proposal.missing.length === 0
      ? []
      : [`  missing: [${[...DEFAULT_MISSING, ...proposal.missing].map((text) => JSON.stringify(text)).join(", ")}]`]),
    ...(ignore.length === 0
      ? []
      : ["  ignore:", ...ignore.map(({ column, why }) => `    - ${scalar(column)}  ${comment(why)}`)]),
    `  ${comment("ranges are wider than what was seen: correct them to what is possible")}`,
    "  features:",
    ...features.map(featureLine),
    "  split: { validation: 0.1, test: 0.2 }",
    "training:",
    "  recipe: xgboost",
    "  hyperparameters: { max_depth: 4, eta: 0.1, num_round: 300, early_stopping_rounds: 30, seed: 1 }",
    "gate:",
    `  metric: ${target.floor.metric}`,
    `  floors: { ${target.floor.metric}: ${target.floor.value} }  ${comment(target.floor.why)}`,
    ...(target.problem === "regression"
      ? [
          `  champion: { nonInferiorityMargin: ${Number((target.floor.value * 0.01).toPrecision(2))} }  ${comment(`in units of ${target.floor.metric}`)}`,
        ]
      : []),
    ...(small
      ? [
          `  minimumRows: ${Math.max(20, Math.floor(proposal.rows * 0.1))}  ${comment("the file is small; a verdict on few rows is a weak one")}`,
        ]
      : []),
    "endpoint:",
    "  instance: { type: ml.m5.large, min: 1, max: 1 }",
    "retraining: { on: [data, drift], maxRunsPerDay: 4, maxUsdPerMonth: 50 }",
  ];
  const text = `${lines.join("\n")}\n`;
  parseDefinition(text, "the proposed model.yaml");
  return text;
}
