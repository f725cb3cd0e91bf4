import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import colors from "picocolors";
import type { AcceptedFile, RejectedFile } from "../../app/use-cases/read-upload.ts";
import { validateFile } from "../../app/use-cases/validate-file.ts";
import { reportPage } from "../../core/data/report/report-page.ts";
import { parseDefinition } from "../../core/definition/parse.ts";
import type { ModelDefinition } from "../../core/definition/schema.ts";
import { isMlopsError } from "../../core/errors/mlops-error.ts";
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
  /** Where to write the report as a page with charts. */
  readonly html?: string;
}

/** `mlops validate <file> --model <name>`: the verdict that an upload of the file would get, without a cloud. Exit code 1 when it would be quarantined. */
export async function validate(file: string, options: ValidateOptions): Promise<void> {
  if (!existsSync(file) || !statSync(file).isFile()) throw new Failure(`${file} is not a file.`, 2);
  const definition = readDefinition(options);
  const { result, report } = await validateFile(fileObjects(file), definition, basename(file), new Date());
  if (options.html !== undefined) writeFileSync(options.html, reportPage(report));
  if (!result.accepted) process.exitCode = 1;
  printResult(options.json, summary(file, definition, result), () => render(file, definition, result));
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
