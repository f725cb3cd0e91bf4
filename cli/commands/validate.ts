import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import colors from "picocolors";
import type { AcceptedFile, RejectedFile } from "../../app/use-cases/read-upload.ts";
import { validateFile } from "../../app/use-cases/validate-file.ts";
import { reportPage } from "../../core/data/report/report-page.ts";
import { parseDefinition } from "../../core/definition/parse.ts";
import type { ModelDefinition } from "../../core/definition/schema.ts";
import { isMlopsError } from "../../core/errors/mlops-error.ts";
import { type EarlierBatches, earlierBatches } from "../support/earlier-batches.ts";
import { Failure } from "../support/failure.ts";
import { fileObjects } from "../support/file-objects.ts";
import { printResult } from "../support/print.ts";
import { table } from "../support/table.ts";

/** Options of {@link validate}. */
export interface ValidateOptions {
  readonly model: string;
  /** Directory of the definitions. */
  readonly models: string;
  readonly json: boolean;
  /** Stage whose batches the file is compared with. */
  readonly stage: string;
  readonly aws?: boolean;
  readonly offline: boolean;
  /** Files to compare with instead of a stage's batches, the oldest first. */
  readonly after?: readonly string[];
  /** Where to write the report as a page with charts. */
  readonly html?: string;
}

/**
 * `mlops validate <file> --model <name>`: the verdict that an upload of the file would get, compared with the batches of a stage that can be reached, or
 * with files that are given. Exit code 1 when it would be quarantined.
 */
export async function validate(file: string, options: ValidateOptions): Promise<void> {
  const after = options.after ?? [];
  for (const path of [file, ...after]) {
    if (!existsSync(path) || !statSync(path).isFile()) throw new Failure(`${path} is not a file.`, 2);
  }
  const definition = readDefinition(options);
  const now = new Date();
  const earlier = await earlierBatches(definition, { ...options, after }, now);
  const local = { name: basename(file), objects: fileObjects(file) };
  const { result, report } = await validateFile(local, definition, now, earlier.context);
  if (options.html !== undefined) writeFileSync(options.html, reportPage(report));
  if (!result.accepted) process.exitCode = 1;
  const { source, notJudged, leftOut } = earlier;
  const { length: batches } = earlier.context.batches;
  const comparison = {
    comparedWith: source === null ? null : { source, batches, rows: earlier.context.profile?.rows ?? 0, leftOut },
    notJudged,
  };
  printResult(options.json, { ...summary(file, definition, result), ...comparison }, () =>
    [render(file, definition, result), ...comparisonLines(earlier)].join("\n"),
  );
}

function comparisonLines({ source, context, notJudged, leftOut }: EarlierBatches): string[] {
  const { batches, profile } = context;
  const count = batches.length === 1 ? "1 earlier batch" : `${batches.length} earlier batches`;
  const compared =
    batches.length === 0 ? [] : [colors.dim(`compared with ${count} (${profile?.rows ?? 0} rows) of ${source}`)];
  return [
    ...leftOut.map(
      ({ name, rules }) =>
        `${colors.yellow("!")} ${name} would be quarantined itself (${rules.join(", ")}), so it was left out of the comparison`,
    ),
    ...compared,
    ...(notJudged === null
      ? []
      : [
          `${colors.yellow("!")} not judged: ${notJudged.rules.join(", ")} (they need earlier batches; ${notJudged.why})`,
        ]),
  ];
}

function readDefinition({ model, models }: ValidateOptions): ModelDefinition {
  const path = model.endsWith(".yaml") || model.endsWith(".yml") ? model : join(models, model, "model.yaml");
  if (!existsSync(path)) {
    throw new Failure(
      `${path} does not exist. Name a model below ${models}/, or the path of a definition; "npx mlops init-model" makes one.`,
      2,
    );
  }
  try {
    return parseDefinition(readFileSync(path, "utf8"), path);
  } catch (error) {
    if (isMlopsError(error, "definition.invalid")) throw new Failure(error.message);
    throw error;
  }
}

function summary(file: string, { name }: ModelDefinition, result: AcceptedFile | RejectedFile): object {
  if (!result.accepted)
    return {
      file,
      model: name,
      verdict: "quarantined",
      rows: result.rows,
      reasons: result.reasons,
      warnings: result.warnings ?? [],
    };
  const { rows, timeRange, profile, sha256 } = result;
  return {
    file,
    model: name,
    verdict: "accepted",
    rows,
    timeRange,
    sha256,
    reasons: [],
    warnings: result.warnings ?? [],
    profile,
  };
}

function render(file: string, { name }: ModelDefinition, result: AcceptedFile | RejectedFile): string {
  if (result.accepted) {
    const { rows, timeRange } = result;
    const range = timeRange === null ? "" : `, ${timeRange.from} to ${timeRange.to}`;
    return `${colors.green("✓")} ${file} would be accepted for ${name}: ${rows.total} rows (train ${rows.train}, validation ${rows.validation}, test ${rows.test})${range}${warningLines(result)}`;
  }
  const lines = result.reasons.map((reason) => [
    reason.rule,
    reason.column ?? "",
    reason.count,
    reason.examples
      .map(({ row, value }) => `${row}: ${JSON.stringify(value.slice(0, 24))}`)
      .slice(0, 3)
      .join(", "),
  ]);
  const messages = result.reasons.map(
    (reason) =>
      `${colors.bold(reason.rule)}${reason.column === undefined ? "" : ` (${reason.column})`}: ${reason.message}`,
  );
  return `${colors.red("✗")} ${file} would be quarantined for ${name}; ${result.rows} rows were read\n\n${table(["rule", "column", "times", "rows"], lines)}\n\n${messages.join("\n")}${warningLines(result)}`;
}

function warningLines({ warnings = [] }: AcceptedFile | RejectedFile): string {
  return warnings
    .map(
      ({ rule, column, message }) =>
        `\n${colors.yellow("!")} ${rule}${column === undefined ? "" : ` (${column})`}: ${message}`,
    )
    .join("");
}
