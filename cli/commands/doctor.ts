import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import colors from "picocolors";
import type { ModelDefinition } from "../../core/definition/schema.ts";
import { parseStageSettings } from "../../core/settings/parse-stage-settings.ts";
import { readDefinitions } from "../../lib/catalog-asset.ts";
import { checkBootstrap, checkCredentials, checkRegion, withoutCredentials } from "../doctor/account.ts";
import { type Check, ok, problem } from "../doctor/check.ts";
import { clientSettings } from "../doctor/client-settings.ts";
import { checkNode, checkPython } from "../doctor/machine.ts";
import { neededQuotas } from "../doctor/needed-quotas.ts";
import { checkQuotas } from "../doctor/quotas.ts";
import { configuredRegion } from "../doctor/region.ts";
import { findLocalCloud, localEnvironment } from "../support/local-cloud.ts";
import { note, printResult } from "../support/print.ts";

/** Options of {@link doctor}. */
export interface DoctorOptions {
  readonly stage: string;
  readonly aws?: boolean;
  readonly json: boolean;
  /** Directory of the definitions; the stage's setting when absent. */
  readonly models?: string;
}

/**
 * `mlops doctor`: looks for what would stop a first deployment or a first run. Each line is ok, a problem with what to do, or not
 * checked with the reason. Exit code 1 when there is a problem.
 */
export async function doctor(options: DoctorOptions): Promise<void> {
  if (!process.env["AWS_ENDPOINT_URL"] && options.aws !== true) {
    const local = findLocalCloud();
    if (local !== undefined) {
      Object.assign(process.env, localEnvironment(local));
      if (!options.json) note(`local cloud at ${local.endpoint} (--aws looks at AWS)`);
    }
  }
  const checks = await diagnose(options);
  const healthy = checks.every((check) => check.status !== "problem");
  if (!healthy) process.exitCode = 1;
  printResult(options.json, { healthy, checks }, () => checks.map(render).join("\n"));
}

/** All checks, in the order in which their problems are best mended. */
export async function diagnose(options: Pick<DoctorOptions, "stage" | "models">): Promise<Check[]> {
  const region = await configuredRegion();
  const read = definitionsOf(options);
  const checks = [checkNode(), await checkPython(), read.check, checkRegion(region)];
  // Credentials can be tried in any region; the rest is looked up where the stack is to be.
  const settings = clientSettings(region ?? "us-east-1");
  const credentials = await checkCredentials(settings);
  checks.push(credentials);
  if (credentials.status !== "ok" || region === undefined) {
    return [...checks, withoutCredentials("CDK bootstrap"), withoutCredentials("quotas")];
  }
  return [...checks, await checkBootstrap(settings), ...(await checkQuotas(settings, neededQuotas(read.definitions)))];
}

function definitionsOf({ stage, models }: Pick<DoctorOptions, "stage" | "models">): {
  readonly check: Check;
  readonly definitions: readonly ModelDefinition[];
} {
  const name = "models";
  const file = `stages/${stage}.yaml`;
  if (models === undefined && !existsSync(file)) {
    const check = problem(
      name,
      `there is no ${file}`,
      "Run the command in the project, or choose a stage with --stage.",
    );
    return { check, definitions: [] };
  }
  try {
    const directory = models ?? parseStageSettings(readFileSync(file, "utf8"), file).modelsDirectory;
    const definitions = readDefinitions(resolve(directory));
    const names = definitions.map((definition) => definition.name).join(", ");
    return { check: ok(name, names === "" ? "none yet, which is fine" : names), definitions };
  } catch (error) {
    return {
      check: problem(name, (error as Error).message, "Mend the file; the synthesis would stop here."),
      definitions: [],
    };
  }
}

function render({ name, status, found, advice }: Check): string {
  const sign = { ok: colors.green("✓"), problem: colors.red("✗"), "not checked": colors.yellow("?") }[status];
  const label = status === "ok" ? name : `${name} (${status})`;
  return `${sign} ${label}: ${found}${advice === null ? "" : `\n    ${colors.dim(advice)}`}`;
}
