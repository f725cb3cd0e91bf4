import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import colors from "picocolors";
import { tableSource } from "../../app/support/table-source.ts";
import { MODEL_NAME_PATTERN } from "../../core/definition/schema.ts";
import { definitionYaml, type Proposal, proposeFromTable } from "../../core/definition-from-data/index.ts";
import { isMlopsError } from "../../core/errors/mlops-error.ts";
import { Failure } from "../support/failure.ts";
import { fileObjects } from "../support/file-objects.ts";
import { printResult } from "../support/print.ts";
import { table } from "../support/table.ts";

/** Options of {@link initModel}. */
export interface InitModelOptions {
  readonly target?: string;
  readonly name?: string;
  readonly out?: string;
  readonly force: boolean;
  readonly json: boolean;
}

/** `mlops init-model <file>`: looks at a data file and writes a model definition that a person only has to read through. */
export async function initModel(file: string, options: InitModelOptions): Promise<void> {
  if (!existsSync(file) || !statSync(file).isFile()) throw new Failure(`${file} is not a file.`, 2);
  const name = options.name ?? nameOf(file);
  if (!MODEL_NAME_PATTERN.test(name)) {
    throw new Failure(
      `"${name}" is no model name: a lower-case letter, then up to 29 lower-case letters, digits or hyphens. Give one with --name.`,
      2,
    );
  }
  const out = resolve(options.out ?? join("models", name, "model.yaml"));
  if (existsSync(out) && !options.force) {
    throw new Failure(`${out} exists. Write elsewhere with --out, or replace it with --force.`, 2);
  }
  const { proposal, text } = await propose(file, name, options.target);
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, text);
  printResult(options.json, { file: out, ...proposal }, () => render(proposal, out, file));
}

async function propose(
  file: string,
  name: string,
  target: string | undefined,
): Promise<{ proposal: Proposal; text: string }> {
  try {
    const source = await tableSource({ objects: fileObjects(file) }, { bucket: "", key: basename(file) });
    if (source === null) throw new Failure(`${file} vanished.`);
    const proposal = await proposeFromTable(source, { name, target });
    return { proposal, text: definitionYaml(proposal, basename(file)) };
  } catch (error) {
    if (isMlopsError(error, "input.invalid")) throw new Failure(`${file}: ${error.message}`);
    throw error;
  }
}

/** `Bird Strikes (2001).csv` gives `bird-strikes-2001`. */
function nameOf(file: string): string {
  const [stem = ""] = basename(file).split(".");
  const name = stem
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^[^a-z]+|-+$/g, "")
    .slice(0, 30)
    .replace(/-+$/, "");
  return name === "" ? "model" : name;
}

function render(proposal: Proposal, out: string, file: string): string {
  const { target, key, time, features, ignore, warnings } = proposal;
  const rows = [
    ["target", target.column, `${target.problem}; ${target.why}`],
    ["key", key.columns.join(", ") || "(the whole row)", key.why],
    ...(time === null ? [] : [["time", time.column, time.why]]),
    ...features.map((feature) => [feature.type, feature.name, feature.remark ?? ""]),
    ...ignore.map(({ column, why }) => [colors.dim("ignored"), column, why]),
  ];
  const shown = rows.map(([role = "", column = "", why = ""]) => [role, column, why.slice(0, 110)]);
  const minds = warnings.map((warning) => `\n${colors.yellow("!")} ${warning}`).join("");
  return `${table(["role", "column", "why"], shown)}\n${minds}\n${colors.green("✓")} ${out}\nRead it through, then check the file against it: npx mlops validate ${file} --model ${out.endsWith(join("models", proposal.name, "model.yaml")) ? proposal.name : out}`;
}
